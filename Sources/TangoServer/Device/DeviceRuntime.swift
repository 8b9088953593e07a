import Logging
import NIOCore
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// What a device needs of a database while it runs.
package protocol DeviceStorage: Sendable {
    func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed)
    func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed)
    func deleteProperties(_ device: String, names: [String]) async throws(DevFailed)
    /// Properties of a device as they are now, by name in lower case.
    func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]]
    /// Properties of an attribute as they are now, by name in lower case; `nil` where nobody but the server changes them.
    func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
        -> StoredAttributeProperties?
}

/// Properties of a device and its class as the database holds them.
package struct DeviceConfiguration: Sendable {
    /// By name in lower case.
    package var properties: [String: [String]] = [:]
    package var classProperties: [String: [String]] = [:]
    /// By attribute and property, both in lower case.
    package var attributeProperties: [String: [String: [String]]] = [:]
    package var classAttributeProperties: [String: [String: [String]]] = [:]

    package init() {}

    func source(ofAttribute name: String) -> StoredAttributeProperties {
        guard !self.attributeProperties.isEmpty || !self.classAttributeProperties.isEmpty else { return StoredAttributeProperties() }
        let key = name.tangoFolded
        return StoredAttributeProperties(
            device: self.attributeProperties[key] ?? [:], deviceClass: self.classAttributeProperties[key] ?? [:])
    }
}

/// A device as the kernel runs it: members, state, black box, and the gate that serializes its requests.
///
/// Sendable by promise, for one reason: `device` and `context` are touched only by the holder of the gate.
package final class DeviceRuntime: @unchecked Sendable {  // ok: see the line above; everything else is immutable or behind a Mutex
    package let name: DeviceName
    /// What the devices of the class have in common.
    let classRuntime: ClassRuntime
    package var deviceClass: DeviceClass {
        _read { yield self.classRuntime.deviceClass }
    }
    let server: ServerContext
    private let configurationStore: Mutex<DeviceConfiguration>
    let persistentState: PersistentDeviceState
    /// Level and targets of the device's log.
    package let log: DeviceLog
    /// Writes to the log; what the device's own code uses.
    let logger: Logger
    /// Serializes all requests; `nil` where the class does not want that.
    let gate: Gate?
    /// Of a device without a gate: what is serialized nevertheless, writing and configuration.
    private let writeGate: Gate?
    let blackBox: BlackBox
    let members: Mutex<Members>
    let condition = Mutex(Condition())
    let activeAlarms = ActiveAlarmCount()
    let announcement = Mutex(InterfaceAnnouncement())
    /// Object key: the device's name in lower case, or what a well-known object needs.
    package let objectKey: String
    package let interfaceVersion = 6
    package let adminName: String

    /// The last of the things the database is being told.
    private let telling = Mutex<Task<Void, Never>?>(nil)
    /// Added attributes the database was asked about and has not answered yet, in lower case. Where both are locked, after
    /// `configurationStore`.
    private let unread = Mutex<[String: Unread]>([:])

    private struct Unread {
        var questions = 0
        /// Properties changed meanwhile, in lower case: newer than any answer.
        var changed: Set<String> = []
    }
    /// Whether the database may not know everything yet.
    let isTelling = Atomic<Bool>(false)

    private let started = Atomic<Bool>(false)
    /// Whether the start is over, memorized values included.
    var isStarted: Bool { self.started.load(ordering: .acquiring) }

    private let ended = Atomic<Bool>(false)
    /// Whether the device was stopped; nothing may run on it any more.
    var isEnded: Bool { self.ended.load(ordering: .acquiring) }

    /// Whether members added from now on are polled at once, and not with all the others when the server has started.
    let isPollingConfigured = Atomic<Bool>(false)

    private(set) var device: (any Device)?
    private(set) var context: DeviceContext?

    init(
        name: DeviceName, classRuntime: ClassRuntime, server: ServerContext, configuration: DeviceConfiguration, gate: Gate?,
        objectKey: String? = nil, persistentState: PersistentDeviceState = PersistentDeviceState(), log: DeviceLog? = nil
    ) {
        self.name = name
        self.classRuntime = classRuntime
        self.server = server
        self.configurationStore = Mutex(configuration)
        self.persistentState = persistentState
        self.log = log ?? server.log.makeLog(name, configuration.properties)
        self.logger = self.log.logger()
        self.gate = gate
        self.writeGate = gate == nil ? Gate() : nil
        self.objectKey = objectKey ?? name.folded
        self.adminName = "dserver/\(server.serverID)"
        self.blackBox = BlackBox(depth: configuration.properties["blackbox_depth"]?.first.flatMap { Int($0) })
        self.members = Mutex(Members())
        classRuntime.attach(self)
    }

    /// Properties of the device and its class, as read at the start and changed since.
    var configuration: DeviceConfiguration { self.configurationStore.withLock { $0 } }

    func configuration(ofAttribute name: String) -> StoredAttributeProperties {
        self.configurationStore.withLock { $0.source(ofAttribute: name) }
    }

    /// Changes properties of the device: here, and in the database if there is one.
    func putProperties(_ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            for property in properties { configuration.properties[property.name.tangoFolded] = property.values }
        }
        try await self.server.storage?.putProperties(self.name.text, properties)
    }

    func deleteProperties(_ names: [String]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            for name in names { configuration.properties[name.tangoFolded] = nil }
        }
        try await self.server.storage?.deleteProperties(self.name.text, names: names)
    }

    /// Changes properties of an attribute; `nil` deletes one.
    func changeProperties(ofAttribute attribute: String, _ changes: [(name: String, values: [String]?)]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            self.unread.withLock { unread in
                guard !unread.isEmpty else { return }
                unread[attribute.tangoFolded]?.changed.formUnion(changes.map(\.name.tangoFolded))
            }
            for change in changes {
                configuration.attributeProperties[attribute.tangoFolded, default: [:]][change.name.tangoFolded] = change.values
            }
        }
        guard let storage = self.server.storage else { return }
        let put = changes.compactMap { change in change.values.map { (name: change.name, values: $0) } }
        let deleted = changes.filter { $0.values == nil }.map(\.name)
        if !put.isEmpty { try await storage.putAttributeProperties(self.name.text, attribute: attribute, put) }
        if !deleted.isEmpty { try await storage.deleteAttributeProperties(self.name.text, attribute: attribute, names: deleted) }
    }

    /// Asks the database for what it says of an attribute that was added to the running device, after all it is still to be told. A command
    /// that added it answers when that is known.
    func askForProperties(of attribute: AttributeRuntime) {
        self.ask(about: attribute.name) { [weak self] known in self?.begin(attribute, known) }
    }

    /// The same for a forwarded attribute, whose root the database names.
    func askForProperties(ofForwarded name: String) {
        self.ask(about: name) { [weak self] known in
            guard let self else { return }
            if let known, self.members.withLock({ $0.forwarded[name] != nil }) { _ = self.keep(known, ofAttribute: name) }
            await self.resolveForwarded()
        }
    }

    private func ask(about attribute: String, _ use: @escaping @Sendable (StoredAttributeProperties?) async -> Void) {
        guard let storage = self.server.storage else { return }
        let (name, deviceClass, key) = (self.name.text, self.deviceClass.name, attribute.tangoFolded)
        self.unread.withLock { $0[key, default: Unread()].questions += 1 }
        self.tellDatabase("properties not read", attribute) { [weak self] in
            defer { self?.answered(key) }
            do {
                await use(try await storage.properties(ofAttribute: attribute, device: name, deviceClass: deviceClass))
            } catch {
                await use(nil)
                throw error
            }
        }
    }

    private func answered(_ key: String) {
        self.unread.withLock { unread in
            unread[key]?.questions -= 1
            if unread[key]?.questions == 0 { unread[key] = nil }
        }
    }

    /// Remembers what the database says, save what was changed since it was asked.
    /// - Returns: what is known now; `nil` when nothing of it is new.
    private func keep(_ known: StoredAttributeProperties, ofAttribute attribute: String) -> StoredAttributeProperties? {
        let key = attribute.tangoFolded
        return self.configurationStore.withLock { configuration in
            let changed = self.unread.withLock { $0[key]?.changed ?? [] }
            let before = configuration.source(ofAttribute: attribute)
            var known = known
            for name in changed { known.device[name] = before.device[name] }
            guard before.device != known.device || before.deviceClass != known.deviceClass else { return nil }
            configuration.attributeProperties[key] = known.device
            configuration.classAttributeProperties[key] = known.deviceClass
            return known
        }
    }

    /// The added attribute as the database wants it; its memorized value is written where that is asked for.
    private func begin(_ attribute: AttributeRuntime, _ known: StoredAttributeProperties?) {
        if let known, self.members.withLock({ $0.attribute(attribute.name) === attribute }),
            let new = self.keep(known, ofAttribute: attribute.name)
        {
            attribute.reload(new, deviceName: self.name.text)
            self.updateAlarmIndex(for: attribute)
        }
        if attribute.definition.memorization == .memorizedWriteAtInit, attribute.writtenValue != nil {
            self.writeMemorizedLater([attribute])
        }
    }

    /// Forgets what the database knows of an attribute that is no more; tells the database later.
    func forgetProperties(ofAttribute attribute: String) {
        let names: [String] = self.configurationStore.withLock { configuration in
            guard !configuration.attributeProperties.isEmpty else { return [] }
            return (configuration.attributeProperties.removeValue(forKey: attribute.tangoFolded) ?? [:]).keys.sorted()
        }
        // Added so lately that nobody knows yet what the database has of it.
        let isUnread = self.unread.withLock { !$0.isEmpty && $0[attribute.tangoFolded] != nil }
        guard !names.isEmpty || isUnread, let storage = self.server.storage else { return }
        let (name, deviceClass) = (self.name.text, self.deviceClass.name)
        self.tellDatabase("properties not deleted", attribute) {
            var all = Set(names)
            if isUnread {
                let known = try await storage.properties(ofAttribute: attribute, device: name, deviceClass: deviceClass)
                all.formUnion(known?.device.keys.map { $0 } ?? [])
            }
            if !all.isEmpty { try await storage.deleteAttributeProperties(name, attribute: attribute, names: all.sorted()) }
        }
    }

    /// Tells the database something, after all that it is still to be told. A command that caused it answers when it is done.
    func tellDatabase(_ failure: String, _ subject: String, _ work: @escaping @Sendable () async throws -> Void) {
        self.telling.withLock { telling in
            let before = telling
            telling = Task { [logger = self.kernelLogger] in
                await before?.value
                do {
                    try await work()
                } catch {
                    logger.warning("\(failure)", metadata: ["subject": "\(subject)", "error": "\(error)"])
                }
            }
        }
        self.isTelling.store(true, ordering: .releasing)
    }

    /// Waits until the database knows all it was to be told.
    func databaseIsTold() async {
        let last = self.telling.withLock { $0 }
        self.isTelling.store(false, ordering: .releasing)
        await last?.value
    }

    // MARK: - Life

    /// For what the kernel has to say about the device: heard even when the device has no target for it.
    var kernelLogger: Logger { self.log.logger(fallback: self.server.log.fallback) }

    /// Makes the device's object and initializes it, holding the gate. A failure leaves the device reachable, in FAULT, saying why.
    /// - Returns: the failure, if there was one.
    @discardableResult
    func start() async -> DevFailed? {
        var failure: DevFailed?
        await self.server.log.addTargets(self.configuration.properties, to: self.log)
        _ = await self.withGate(within: .hours(24)) {
            do {
                try await self.make()
                self.logger.debug("initialized")
            } catch {
                let failed = DevFailed(wrapping: error)
                failure = failed
                self.fail(failed)
            }
        }
        return failure
    }

    /// The device is complete: what the database remembers is written to it, and from now on changes of its interface are told.
    /// - Parameter before: digest of the interface of the object it replaces.
    func complete(replacing before: Int? = nil) async {
        await self.resolveForwarded()
        await self.writeMemorized()
        self.started.store(true, ordering: .releasing)
        self.announceFromNow(comparedWith: before ?? self.interfaceDigest)
    }

    /// The server as the device's handlers see it; `nil` outside of a server.
    var handlerServer: (any InProcessTarget)? { self.server.localServer == nil ? nil : InProcessHandlerTarget(runtime: self) }

    private func make() async throws {
        let context = DeviceContext(self)
        self.context = context
        self.device = try self.deviceClass.make(context)
        try await self.device?.initialize()
    }

    /// For a device made outside of a server.
    func attach(_ device: any Device, _ context: DeviceContext) {
        self.device = device
        self.context = context
    }

    private func fail(_ failure: DevFailed) {
        self.condition.withLock { condition in
            condition.state = .fault
            condition.isInitializationFailure = true
            condition.status =
                "The device is in FAULT state.\nInitialization failed:\n" + failure.errors.map(\.description).joined(separator: "\n")
        }
        self.kernelLogger.error("initialization failed", metadata: ["error": "\(failure)"])
    }

    /// Ends the device after the request it is serving; requests after this find no object.
    ///
    /// - Returns: `false` when that request is not over in time: the device is then left as it is, since nobody else may touch it.
    func stop(within timeout: TimeAmount) async -> Bool {
        await self.withGate(within: timeout) {
            self.ended.store(true, ordering: .releasing)
            self.server.polling.remove(self)
            if self.hasRoots { self.server.roots.release(self.name) }
            await self.device?.release()
            self.server.subDevices.forget(self.name)
            self.log.removeTargets { _ in true }
            // Without a gate, requests may still be running: the object then lives as long as this.
            guard self.gate != nil else { return }
            self.device = nil
            self.context = nil
            self.classRuntime.detach(self)
        }
    }

    /// The Init command: releases and initializes anew.
    /// - Throws: the device's errors, then `API_InitThrowsException`.
    func reinitialize() async throws(DevFailed) {
        self.server.subDevices.forget(self.name)
        self.condition.withLock { condition in
            if condition.isInitializationFailure { condition = Condition() }
        }
        self.holdAnnouncements()
        defer { self.announceFromNow() }
        await self.readProperties()
        do {
            if let device = self.device {
                await device.release()
                try await device.initialize()
            } else {
                try await self.make()
            }
            // The set values of before, not what the database remembers (measured).
            await self.writeMemorized()
        } catch {
            let failure = DevFailed(wrapping: error)
            self.fail(failure)
            throw failure.rethrowing(
                "API_InitThrowsException",
                "Init command failed!!\nHINT: RESTART device with the Restart command of the device server adm. device\nDevice server adm. device name = \(self.adminName)",
                origin: "DeviceImpl::dev_init")
        }
    }

    /// Asks the database what the device's properties are now; those known stay when it does not answer.
    private func readProperties() async {
        guard let storage = self.server.storage else { return }
        do {
            let properties = try await storage.properties(ofDevice: self.name.text)
            self.configurationStore.withLock { $0.properties = properties }
        } catch {
            self.kernelLogger.warning("properties not read, those of before are used", metadata: ["error": "\(error)"])
        }
    }

    /// The gate the operation has to pass, if any.
    @inline(__always)
    func gate(for operation: some GatedOperation) -> Gate? {
        if let gate = self.gate { return operation.isSerialized ? gate : nil }
        return operation.isAlwaysSerialized ? self.writeGate : nil
    }

    /// Runs the body with the gate held; `false` when it is not had in time.
    private func withGate(within timeout: TimeAmount, _ body: () async -> Void) async -> Bool {
        guard let gate = self.gate, !gate.isHeldByTask else {
            await InProcess.$target.withValue(self.handlerServer) { await body() }
            return true
        }
        guard await gate.acquire(within: timeout, on: self.server.eventLoops.any()) else { return false }
        await gate.whileHeld { await InProcess.$target.withValue(self.handlerServer) { await body() } }
        gate.release()
        return true
    }

    /// Runs the device's own background work with the gate held.
    /// - Throws: `API_CommandTimedOut`, `API_ShutdownInProgress`, what the body throws.
    func withDevice<R: Sendable>(_ body: @escaping @concurrent @Sendable (any Device) async throws -> R) async throws -> R {
        if let gate = self.gate, !gate.isHeldByTask {
            guard await gate.acquire(within: self.server.gateTimeout, on: self.server.eventLoops.any()) else {
                throw DevFailed.gateTimedOut
            }
            defer { gate.release() }
            return try await gate.whileHeld { try await self.run(body) }
        }
        return try await self.run(body)
    }

    private func run<R: Sendable>(_ body: @concurrent @Sendable (any Device) async throws -> R) async throws -> R {
        guard let device = self.device else { throw DevFailed(.shutdownInProgress, "Device \(self.name) is not there any more") }
        return try await InProcess.$target.withValue(self.handlerServer) { try await body(device) }
    }

    /// What a handler is told. Only for the holder of the gate.
    /// - Throws: `API_ShutdownInProgress` when the device ended, `API_DeviceNotFound` when its object could not be made.
    func call(_ name: String) throws(DevFailed) -> MemberCall {
        guard let device = self.device, let context = self.context else {
            throw DevFailed("API_DeviceNotInitialized", self.status, origin: "DeviceRuntime")
        }
        return MemberCall(device: device, context: context, name: name)
    }
}
