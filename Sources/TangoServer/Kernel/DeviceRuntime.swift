import Logging
import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// What all devices of a process share.
package struct ServerEnvironment: Sendable {
    /// `Server/instance`.
    package var serverID: String
    package var hostName: String
    package var eventLoops: any EventLoopGroup
    package var pool: NIOThreadPool
    /// Longest wait for a device (the incumbents' 3.2 s).
    package var gateTimeout: TimeAmount = .milliseconds(3200)
    package var allowsNaN = false
    package var logger: Logger
    /// Where changes are kept; `nil` without a database.
    package var storage: (any DeviceStorage)?
    /// Who wants to know of changes.
    package var changes = ChangeHub()
    /// Who polls the devices.
    package var polling = PollDriver()
}

/// What a device needs of a database while it runs.
package protocol DeviceStorage: Sendable {
    func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed)
    func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed)
    func deleteProperties(_ device: String, names: [String]) async throws(DevFailed)
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
}

/// A device as the kernel runs it: members, state, black box, and the gate that serialises its requests.
///
/// Sendable by promise, for one reason: `device` and `context` are touched only by the holder of the gate.
package final class DeviceRuntime: @unchecked Sendable {  // ok: see the line above; everything else is immutable or behind a Mutex
    struct Members {
        var attributes = OrderedTable<AttributeRuntime>()
        var commands = OrderedTable<CommandDefinition>()
        var pipes = OrderedTable<PipeDefinition>()
        /// State and Status, always last in lists.
        var last: [AttributeRuntime] = []

        func attribute(_ name: String) -> AttributeRuntime? {
            self.attributes[name] ?? self.last.first { $0.name.tangoFolded == name.tangoFolded }
        }
    }

    struct Condition {
        var state = DevState.unknown
        /// Text set by the device; `nil` is the sentence about the state.
        var status: String?
        /// State and status are the kernel's words about a failed initialisation.
        var isInitialisationFailure = false
    }

    package let name: DeviceName
    package let deviceClass: DeviceClass
    let environment: ServerEnvironment
    private let configurationStore: Mutex<DeviceConfiguration>
    let tenure: DeviceTenure
    let gate: Gate?
    let blackBox: BlackBox
    let members: Mutex<Members>
    let condition = Mutex(Condition())
    /// Object key: the device's name in lower case, or what a well-known object needs.
    package let objectKey: String
    package let interfaceVersion = 6
    package let adminName: String

    private let ended = Atomic<Bool>(false)
    /// Whether the device was stopped; nothing may run on it any more.
    var isEnded: Bool { self.ended.load(ordering: .acquiring) }

    /// Whether members added from now on are polled at once, and not with all the others when the server has started.
    let isPollingConfigured = Atomic<Bool>(false)

    private(set) var device: (any Device)?
    private(set) var context: DeviceContext?

    init(
        name: DeviceName, deviceClass: DeviceClass, environment: ServerEnvironment, configuration: DeviceConfiguration, gate: Gate?,
        objectKey: String? = nil, tenure: DeviceTenure = DeviceTenure()
    ) {
        self.name = name
        self.deviceClass = deviceClass
        self.environment = environment
        self.configurationStore = Mutex(configuration)
        self.tenure = tenure
        self.gate = gate
        self.objectKey = objectKey ?? name.folded
        self.adminName = "dserver/\(environment.serverID)"
        self.blackBox = BlackBox(depth: configuration.properties["blackbox_depth"]?.first.flatMap(Int.init) ?? 50)
        self.members = Mutex(Members())
        let status = BuiltInMembers.attributes.map { AttributeRuntime($0, deviceName: name.text, properties: self.source(of: $0.name)) }
        self.members.withLock { $0.last = status }
        let own = Set(deviceClass.commands.map(\.info.name))
        let commands = (deviceClass.commands + BuiltInMembers.commands.filter { !own.contains($0.info.name) })
            .sorted { $0.info.name.utf8.lexicographicallyPrecedes($1.info.name.utf8) }
        self.members.withLock { members in
            for command in commands { members.commands.set(command, for: command.info.name) }
        }
        for attribute in deviceClass.attributes { self.insert(attribute) }
        for pipe in deviceClass.pipes { self.members.withLock { $0.pipes.set(pipe, for: pipe.config.name) } }
    }

    /// Properties of the device and its class, as read at the start and changed since.
    var configuration: DeviceConfiguration { self.configurationStore.withLock { $0 } }

    /// Changes properties of the device: here, and in the database if there is one.
    func putProperties(_ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            for property in properties { configuration.properties[property.name.tangoFolded] = property.values }
        }
        try await self.environment.storage?.putProperties(self.name.text, properties)
    }

    func deleteProperties(_ names: [String]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            for name in names { configuration.properties[name.tangoFolded] = nil }
        }
        try await self.environment.storage?.deleteProperties(self.name.text, names: names)
    }

    /// Changes properties of an attribute; `nil` deletes one.
    func changeProperties(ofAttribute attribute: String, _ changes: [(name: String, values: [String]?)]) async throws(DevFailed) {
        self.configurationStore.withLock { configuration in
            for change in changes {
                configuration.attributeProperties[attribute.tangoFolded, default: [:]][change.name.tangoFolded] = change.values
            }
        }
        guard let storage = self.environment.storage else { return }
        let put = changes.compactMap { change in change.values.map { (name: change.name, values: $0) } }
        let deleted = changes.filter { $0.values == nil }.map(\.name)
        if !put.isEmpty { try await storage.putAttributeProperties(self.name.text, attribute: attribute, put) }
        if !deleted.isEmpty { try await storage.deleteAttributeProperties(self.name.text, attribute: attribute, names: deleted) }
    }

    private func source(of attribute: String) -> AttributePropertySource {
        AttributePropertySource(
            device: self.configuration.attributeProperties[attribute.tangoFolded] ?? [:],
            deviceClass: self.configuration.classAttributeProperties[attribute.tangoFolded] ?? [:])
    }

    private func insert(_ definition: AttributeDefinition) {
        let attribute = AttributeRuntime(definition, deviceName: self.name.text, properties: self.source(of: definition.name))
        self.members.withLock { $0.attributes.set(attribute, for: definition.name) }
    }

    // MARK: - Members at run time

    /// Adds an attribute. The same definition again changes nothing.
    /// - Throws: `API_AttrNotFound` (the incumbents' reason) when another one has that name, State and Status included.
    func add(_ definition: AttributeDefinition) throws(DevFailed) {
        let new = AttributeRuntime(definition, deviceName: self.name.text, properties: self.source(of: definition.name))
        let existing: AttributeRuntime? = self.members.withLock { members in
            if let existing = members.attribute(definition.name) { return existing }
            members.attributes.set(new, for: definition.name)
            return nil
        }
        if let existing {
            let old = existing.definition
            guard old.type == definition.type, old.format == definition.format, old.access == definition.access, !existing.isBuiltIn else {
                throw DevFailed(
                    .attributeNotFound,
                    "Device \(self.name.text) -> Attribute \(definition.name) already exists for your device but with other definition\n(data type, data format or data write type)",
                    origin: "DeviceImpl::add_attribute")
            }
        } else {
            self.memberAdded(.attribute, definition.name, pollingPeriod: definition.pollingPeriod)
        }
    }

    /// - Throws: `API_AttrNotFound`.
    func removeAttribute(_ name: String) throws(DevFailed) {
        guard self.members.withLock({ $0.attributes.remove(name) }) != nil else {
            throw DevFailed(
                .attributeProperty, "Attribute \(name) not found in class attribute(s)", origin: "MultiClassAttribute::remove_attr"
            )
            .rethrowing(
                .attributeNotFound, "Attribute \(name) is not defined as attribute for your device.\nCan't remove it",
                origin: "DeviceImpl::remove_attribute")
        }
        self.memberRemoved(.attribute, name, cleansDatabase: false)
    }

    /// - Throws: `API_CommandNotFound` (the incumbents' reason) when another one has that name.
    func add(_ definition: CommandDefinition) throws(DevFailed) {
        let name = definition.info.name
        let existing: CommandDefinition? = self.members.withLock { members in
            if let existing = members.commands[name] { return existing }
            members.commands.set(definition, for: name)
            return nil
        }
        if let old = existing {
            guard old.info.inTypeNumber == definition.info.inTypeNumber, old.info.outTypeNumber == definition.info.outTypeNumber else {
                throw DevFailed(
                    .commandNotFound,
                    "Device \(self.name.text) -> Command \(name) already exists for your device but with other definition\n(command input data type or command output data type)",
                    origin: "DeviceImpl::add_command")
            }
        } else {
            self.memberAdded(.command, name, pollingPeriod: definition.pollingPeriod)
        }
    }

    /// - Throws: `API_CommandNotFound`.
    func removeCommand(_ name: String) throws(DevFailed) {
        let isBuiltIn = BuiltInMembers.commands.contains { $0.info.name.tangoFolded == name.tangoFolded }
        guard !isBuiltIn, self.members.withLock({ $0.commands.remove(name) }) != nil else {
            throw DevFailed(.commandNotFound, "\(name) command not found", origin: "DeviceClass::remove_command").rethrowing(
                .commandNotFound, "Command \(name) is not defined as a command for your device.\nCan't remove it",
                origin: "DeviceImpl::remove_command")
        }
        self.memberRemoved(.command, name, cleansDatabase: false)
    }

    func add(_ definition: PipeDefinition) { self.members.withLock { $0.pipes.set(definition, for: definition.config.name) } }

    /// - Throws: `API_PipeNotFound`.
    func removePipe(_ name: String) throws(DevFailed) {
        guard self.members.withLock({ $0.pipes.remove(name) }) != nil else {
            throw DevFailed(.pipeNotFound, "\(name) pipe not found", origin: "DeviceImpl::remove_pipe")
        }
    }

    func attribute(_ name: String) -> AttributeRuntime? {
        self.members.withLock { $0.attribute(name) }
    }

    /// The value a client gets of what a read handler answered: with the set value, where the attribute shows one.
    func value(of attribute: AttributeRuntime, from reading: AttributeReading?) -> AttributeValue {
        let setSource: AttributeRuntime? =
            switch attribute.definition.access {
            case .readWrite: attribute
            case .readWithWrite: attribute.definition.writeAttributeName.flatMap { self.attribute($0) }
            case .read, .write, .unknown: nil
            }
        return attribute.value(from: reading, setSource: setSource)
    }

    func command(_ name: String) -> CommandDefinition? { self.members.withLock { $0.commands[name] } }
    func pipe(_ name: String) -> PipeDefinition? { self.members.withLock { $0.pipes[name] } }
    var allAttributes: [AttributeRuntime] { self.members.withLock { $0.attributes.members + $0.last } }

    // MARK: - State

    var state: DevState {
        let hasWrongConfiguration = !self.wronglyConfigured.isEmpty
        let state = self.condition.withLock { $0.state }
        return hasWrongConfiguration && state != .fault ? .alarm : state
    }

    /// The status text, with a line for attributes whose configuration in the database is wrong (measured texts).
    var status: String {
        let wrong = self.wronglyConfigured
        let condition = self.condition.withLock { $0 }
        guard !wrong.isEmpty, condition.state != .fault else {
            return condition.status ?? "The device is in \(condition.state.name) state."
        }
        let subject =
            wrong.count == 1
            ? "Attribute \(wrong[0]) has wrong configuration" : "Attributes \(wrong.joined(separator: ", ")) have wrong configuration"
        return (condition.status ?? "The device is in ALARM state.")
            + "\n\(subject)\nTry accessing the faulty attribute(s) to get more information"
    }

    private var wronglyConfigured: [String] {
        guard self.mayHaveWrongConfiguration else { return [] }
        return self.allAttributes.filter { $0.configurationError != nil }.map(\.name)
    }

    /// Only attributes with properties in the database can be wrongly configured: keeps State cheap.
    private var mayHaveWrongConfiguration: Bool {
        !self.configuration.attributeProperties.isEmpty || !self.configuration.classAttributeProperties.isEmpty
    }

    // MARK: - Life

    /// Makes the device's object and initialises it, holding the gate. A failure leaves the device reachable, in FAULT, saying why.
    /// - Returns: the failure, if there was one.
    @discardableResult
    func start() async -> DevFailed? {
        var failure: DevFailed?
        _ = await self.withGate(within: .hours(24)) {
            do {
                let context = DeviceContext(self)
                self.context = context
                self.device = try self.deviceClass.make(context)
                try await self.device?.initialise()
            } catch {
                let failed = DevFailed(wrapping: error)
                failure = failed
                self.fail(failed)
            }
        }
        return failure
    }

    /// For a device made outside of a server.
    func attach(_ device: any Device, _ context: DeviceContext) {
        self.device = device
        self.context = context
    }

    private func fail(_ failure: DevFailed) {
        self.condition.withLock { condition in
            condition.state = .fault
            condition.isInitialisationFailure = true
            condition.status =
                "The device is in FAULT state.\nInitialisation failed:\n" + failure.errors.map(\.description).joined(separator: "\n")
        }
        self.environment.logger.error("initialisation failed", metadata: ["device": "\(self.name)", "error": "\(failure)"])
    }

    /// Ends the device after the request it is serving; requests after this find no object.
    ///
    /// - Returns: `false` when that request is not over in time: the device is then left as it is, since nobody else may touch it.
    func stop(within timeout: TimeAmount) async -> Bool {
        await self.withGate(within: timeout) {
            self.ended.store(true, ordering: .releasing)
            self.environment.polling.remove(self)
            await self.device?.release()
            // Without a gate, requests may still be running: the object then lives as long as this.
            guard self.gate != nil else { return }
            self.device = nil
            self.context = nil
        }
    }

    /// The Init command: releases and initialises anew.
    /// - Throws: the device's errors, then `API_InitThrowsException`.
    func reinitialise() async throws(DevFailed) {
        self.condition.withLock { condition in
            if condition.isInitialisationFailure { condition = Condition() }
        }
        do {
            if let device = self.device {
                await device.release()
                try await device.initialise()
            } else {
                let context = DeviceContext(self)
                self.context = context
                self.device = try self.deviceClass.make(context)
                try await self.device?.initialise()
            }
        } catch {
            let failure = DevFailed(wrapping: error)
            self.fail(failure)
            throw failure.rethrowing(
                "API_InitThrowsException",
                "Init command failed!!\nHINT: RESTART device with the Restart command of the device server adm. device\nDevice server adm. device name = \(self.adminName)",
                origin: "DeviceImpl::dev_init")
        }
    }

    /// Runs the body with the gate held; `false` when it is not had in time.
    private func withGate(within timeout: TimeAmount, _ body: () async -> Void) async -> Bool {
        guard let gate = self.gate, !gate.isHeldByTask else {
            await body()
            return true
        }
        guard await gate.acquire(within: timeout, on: self.environment.eventLoops.any()) else { return false }
        await gate.whileHeld { await body() }
        gate.release()
        return true
    }

    /// Runs the device's own background work with the gate held.
    /// - Throws: `API_CommandTimedOut`, `API_ShutdownInProgress`, what the body throws.
    func withDevice<R: Sendable>(_ body: @escaping @Sendable (any Device) async throws -> R) async throws -> R {
        if let gate = self.gate, !gate.isHeldByTask {
            guard await gate.acquire(within: self.environment.gateTimeout, on: self.environment.eventLoops.any()) else {
                throw Self.gateTimedOut
            }
            defer { gate.release() }
            return try await gate.whileHeld { try await self.run(body) }
        }
        return try await self.run(body)
    }

    private func run<R: Sendable>(_ body: (any Device) async throws -> R) async throws -> R {
        guard let device = self.device else { throw DevFailed(.shutdownInProgress, "Device \(self.name) is not there any more") }
        return try await body(device)
    }

    static let gateTimedOut = DevFailed(
        .commandTimedOut, "Not able to acquire serialization (dev, class or process) monitor", origin: "TangoMonitor::get_monitor")

    /// What a handler is told. Only for the holder of the gate.
    /// - Throws: `API_ShutdownInProgress` when the device ended, `API_DeviceNotFound` when its object could not be made.
    func call(_ name: String) throws(DevFailed) -> MemberCall {
        guard let device = self.device, let context = self.context else {
            throw DevFailed("API_DeviceNotInitialised", self.status, origin: "DeviceRuntime")
        }
        return MemberCall(device: device, context: context, name: name)
    }
}

extension AttributeRuntime {
    /// State or Status.
    var isBuiltIn: Bool { BuiltInMembers.attributes.contains { $0.name == self.name } }
}

/// What every device has.
enum BuiltInMembers {
    static let attributes: [AttributeDefinition] = [
        AttributeDefinition(
            name: "State", type: .state,
            reader: .sync { call in AttributeReading(.deviceState(call.context.runtime.state), dimension: .scalar) }),
        AttributeDefinition(
            name: "Status", type: .string,
            reader: .sync { call in AttributeReading(.string([call.context.runtime.status]), dimension: .scalar) }),
    ]

    static let commands: [CommandDefinition] = [
        CommandDefinition(
            CommandInfo(name: "Init", inType: .void, outType: .void),
            handler: .async { call, _ in
                try await call.context.runtime.reinitialise()
                return .void
            }),
        CommandDefinition(
            CommandInfo(name: "State", inType: .void, outType: .state, outDescription: "Device state"),
            handler: .sync { call, _ in .state(call.context.runtime.state) }),
        CommandDefinition(
            CommandInfo(name: "Status", inType: .void, outType: .string, outDescription: "Device status"),
            handler: .sync { call, _ in .string(call.context.runtime.status) }),
    ]
}
