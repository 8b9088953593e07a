import Logging
import NIOCore
import Synchronization
import TangoClient
package import TangoCore
import TangoIIOP

/// A device as the kernel runs it: its name, the gate that serializes its requests, the user's object, and the parts that hold its state.
///
/// Sendable for one reason: `device` and `context` are touched only by the holder of the gate. Everything else is immutable or a part that
/// is Sendable itself.
package final class DeviceRuntime: @unchecked Sendable {  // ok: only the gate's holder touches `device` and `context`
    // MARK: Identity

    package let name: DeviceName
    /// What the devices of the class have in common.
    let classRuntime: ClassRuntime
    package var deviceClass: DeviceClass {
        _read { yield self.classRuntime.deviceClass }
    }
    /// What the devices of the server have in common.
    let server: ServerContext
    /// Object key: the device's name in lower case, or the well-known key of a well-known object.
    package let objectKey: String
    package let interfaceVersion = 6
    package let adminName: String

    // MARK: Gate

    /// Serializes all requests; `nil` if the class does not want that.
    let gate: Gate?
    /// For a device without a gate: serializes writing and configuration all the same.
    private let writeGate: Gate?

    // MARK: Parts

    /// Level and targets of the device's log.
    package let log: DeviceLog
    /// Writes to the log; used by the device's own code.
    let logger: Logger
    let blackBox: BlackBox
    /// Properties and the queue of work for the database.
    let database: DatabaseSynchronizer
    /// Attributes, commands and pipes.
    let members: DeviceMembers
    let stateAndStatus: StateAndStatus
    /// Announces changes of the interface.
    let announcement: InterfaceAnnouncement
    /// Lock and polling: handed to the object that replaces this one.
    let persistentState: PersistentDeviceState

    /// Adds and removes members at run time.
    var interface: DeviceInterface { DeviceInterface(runtime: self) }
    /// Finds the roots of forwarded attributes.
    var forwarding: ForwardingResolver { ForwardingResolver(runtime: self) }
    /// Checks and applies the locks of clients.
    package var locking: DeviceLocking { DeviceLocking(runtime: self) }
    /// Which attributes and commands are polled.
    var pollConfiguration: PollConfiguration { PollConfiguration(runtime: self) }
    /// Sends events of the device's values.
    var events: DeviceEvents { DeviceEvents(runtime: self) }
    /// Values that polling has read.
    var pollCache: PollCache { PollCache(runtime: self) }
    /// Takes the values that polling reads.
    var pollRecorder: PollRecorder { PollRecorder(runtime: self) }

    // MARK: The user's object

    /// The user's object; `nil` before the start, after the end, and if it could not be made. Only for the holder of the gate.
    private(set) var device: (any Device)?
    /// The kernel as the user's object sees it. Only for the holder of the gate.
    private(set) var context: DeviceContext?

    // MARK: Life

    private enum Phase: UInt8, AtomicRepresentable {
        case new
        /// Initialized, memorized values written.
        case started
        /// Started; members added from now on are polled at once, and not with all the others when the server has started.
        case polling
        case ended
    }

    private let phase = Atomic<Phase>(.new)
    /// Whether the start is over, memorized values included.
    var isStarted: Bool { self.phase.load(ordering: .acquiring) != .new }
    /// Whether members added from now on are polled at once.
    var isPollingConfigured: Bool { self.phase.load(ordering: .acquiring) == .polling }
    /// Whether the device was stopped; nothing may run on it any more.
    var isEnded: Bool { self.phase.load(ordering: .acquiring) == .ended }

    /// Notes that polling is configured.
    func markPollingConfigured() { self.advance(from: .started, to: .polling) }

    /// Goes to the next phase, unless the device has ended meanwhile.
    private func advance(from old: Phase, to new: Phase) {
        _ = self.phase.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing)
    }

    init(
        name: DeviceName, classRuntime: ClassRuntime, server: ServerContext, configuration: DeviceConfiguration, gate: Gate?,
        objectKey: String? = nil, persistentState: PersistentDeviceState = PersistentDeviceState(), log: DeviceLog? = nil
    ) {
        self.name = name
        self.classRuntime = classRuntime
        self.server = server
        self.objectKey = objectKey ?? name.folded
        self.adminName = "dserver/\(server.serverID)"
        self.gate = gate
        self.writeGate = gate == nil ? Gate() : nil
        self.log = log ?? server.log.makeLog(name, configuration.properties)
        self.logger = self.log.logger()
        self.blackBox = BlackBox(depth: configuration.properties["blackbox_depth"]?.first.flatMap { Int($0) })
        self.database = DatabaseSynchronizer(
            device: name, deviceClass: classRuntime.deviceClass.name, configuration: configuration, storage: server.storage, log: self.log,
            fallbackLogger: server.log.fallback, eventLoops: server.eventLoops, persistentState: persistentState)
        self.members = DeviceMembers()
        self.stateAndStatus = StateAndStatus(self.members) { [database] in
            database.statusText + (persistentState.polling?.statusText ?? "")
        }
        self.announcement = InterfaceAnnouncement(
            device: name, members: self.members, database: self.database, changes: server.changes, eventLoops: server.eventLoops)
        self.persistentState = persistentState
        classRuntime.attach(self)
    }

    // MARK: - Short ways to parts

    func attribute(_ name: String) -> AttributeRuntime? { self.members.attribute(name) }
    func command(_ name: String) -> ClassCommand? { self.members.command(name) }
    func pipe(_ name: String) -> PipeDefinition? { self.members.pipe(name) }
    var allAttributes: [AttributeRuntime] { self.members.allAttributes }
    /// The state as last computed.
    var state: DevState { self.stateAndStatus.state }
    var status: String { self.stateAndStatus.status }
    /// Properties of the device and its class, as read at the start and changed since.
    var configuration: DeviceConfiguration { self.database.configuration }

    /// For what the kernel has to log about the device: written to the server's log if the device has no target for it.
    var kernelLogger: Logger { self.log.logger(fallback: self.server.log.fallback) }

    // MARK: - Life

    /// Makes the user's object and initializes it, holding the gate. A failure leaves the device reachable, in FAULT, with the reason as
    /// its status.
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

    /// Completes the start: finds the roots of forwarded attributes and writes the memorized values; changes of the interface are
    /// announced from now on.
    /// - Parameter before: digest of the interface of the object it replaces.
    func complete(replacing before: Int? = nil) async {
        await self.forwarding.resolve()
        await self.writeMemorized()
        self.advance(from: .new, to: .started)
        self.announcement.release(comparedWith: before ?? self.members.digest)
    }

    private func make() async throws {
        let context = DeviceContext(self)
        self.context = context
        self.device = try self.deviceClass.make(context)
        try await self.device?.initialize()
    }

    /// Sets the user's object of a device made outside of a server.
    func attach(_ device: any Device, _ context: DeviceContext) {
        self.device = device
        self.context = context
    }

    private func fail(_ failure: DevFailed) {
        self.stateAndStatus.initializationFailed(failure)
        self.kernelLogger.error("initialization failed", metadata: ["error": "\(failure)"])
    }

    /// Ends the device after the request it is serving; requests after this find no object.
    /// - Returns: `false` when that request is not over in time: the device is then left as it is, since nobody else may touch it.
    func stop(within timeout: TimeAmount) async -> Bool {
        await self.withGate(within: timeout) {
            self.phase.store(.ended, ordering: .releasing)
            self.server.polling.remove(self)
            if self.members.hasForwarded { self.server.roots.release(self.name) }
            await self.device?.release()
            self.database.end()
            self.server.subDevices.forget(self.name)
            self.log.removeTargets { _ in true }
            // Without a gate, requests may still be running: the object then lives as long as this.
            guard self.gate != nil else { return }
            self.device = nil
            self.context = nil
            self.classRuntime.detach(self)
        }
    }

    /// Releases and initializes the device anew: the Init command.
    /// - Throws: the device's errors, then `API_InitThrowsException`.
    func reinitialize() async throws(DevFailed) {
        self.server.subDevices.forget(self.name)
        self.stateAndStatus.clearInitializationFailure()
        self.announcement.hold()
        defer { self.announcement.release() }
        await self.database.refreshProperties()
        do {
            if let device = self.device {
                await device.release()
                try await device.initialize()
            } else {
                try await self.make()
            }
            // The set values of before, not what the database remembers, as cppTango 9.3.4 does.
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

    // MARK: - Running

    /// Returns the gate the operation has to pass, if any.
    @inline(__always)
    func gate(for operation: some GatedOperation) -> Gate? {
        if let gate = self.gate { return operation.isSerialized ? gate : nil }
        return operation.isAlwaysSerialized ? self.writeGate : nil
    }

    /// The server as the device's handlers see it; `nil` outside of a server.
    var handlerServer: (any InProcessTarget)? { self.server.localServer == nil ? nil : InProcessHandlerTarget(runtime: self) }

    /// Runs the body with the gate held.
    /// - Returns: `false` if the gate is not acquired in time.
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
    /// - Throws: `API_CommandTimedOut`, `API_ShutdownInProgress`, the error of the body.
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

    /// Returns the argument of a handler. Only for the holder of the gate.
    /// - Throws: `API_DeviceNotInitialized` when the device ended or its object could not be made.
    func call(_ name: String) throws(DevFailed) -> MemberCall {
        guard let device = self.device, let context = self.context else {
            throw DevFailed("API_DeviceNotInitialized", self.status, origin: "DeviceRuntime")
        }
        return MemberCall(device: device, context: context, name: name)
    }
}
