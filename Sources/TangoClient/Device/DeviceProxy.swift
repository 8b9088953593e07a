import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A device somewhere in a control system. Survives restarts of its server: lost connections and stale references are renewed.
public final class DeviceProxy: Sendable {
    /// How the device is found.
    enum Origin: Sendable {
        case database(DatabaseClient)
        /// At an address, without a database.
        case corbaloc(TangoHost, objectKey: String)
    }

    /// `domain/family/member` as the database spells it.
    public let name: String
    let origin: Origin
    let system: ControlSystem
    private let cached = Mutex<ObjectReference?>(nil)
    private let timeoutStore: Mutex<Duration>
    /// The database device itself, for the reasons of connection failures.
    package let isDatabase: Bool
    /// Who decides whether the user may write; `nil` without a database, where everything is allowed.
    let accessControl: AccessControl?
    private let isWriter: Atomic<Bool>
    private let rightStore = Mutex<AccessRight?>(nil)
    private let adminStore = Mutex<DeviceProxy?>(nil)

    init(
        name: String, origin: Origin, system: ControlSystem, timeout: Duration, isDatabase: Bool = false,
        accessControl: AccessControl? = nil
    ) {
        self.name = name
        self.origin = origin
        self.system = system
        self.timeoutStore = Mutex(timeout)
        self.isDatabase = isDatabase
        self.accessControl = accessControl
        self.isWriter = Atomic(accessControl == nil)
    }

    /// Whether everything is known to be allowed.
    var mayWrite: Bool { self.isWriter.load(ordering: .relaxed) }

    /// What the access service said; forgotten with the reference, as the incumbents' clients do.
    var cachedRight: AccessRight? {
        get { self.rightStore.withLock { $0 } }
        set {
            self.rightStore.withLock { $0 = newValue }
            if case .write? = newValue { self.isWriter.store(true, ordering: .relaxed) }
        }
    }

    var cachedAdmin: DeviceProxy? {
        get { self.adminStore.withLock { $0 } }
        set { if newValue !== self { self.adminStore.withLock { $0 = newValue } } }
    }

    /// Limit of a call.
    public var timeout: Duration {
        get { self.timeoutStore.withLock { $0 } }
        set { self.timeoutStore.withLock { $0 = newValue } }
    }

    /// The locator that leads here from anywhere.
    public var locator: TRL {
        switch self.origin {
        case .database(let database): TRL(host: database.host, device: self.name)
        case .corbaloc(let host, _): TRL(host: host, device: self.name, usesDatabase: false)
        }
    }

    /// The database the device is in; `nil` for `#dbase=no`.
    public var database: DatabaseClient? {
        if case .database(let database) = self.origin { database } else { nil }
    }

    private static let pid = UInt32(truncatingIfNeeded: getpid())

    /// Who we say we are: the plain form, which servers of every release accept, or with a trace to a device that understands one.
    static func identity(_ version: Int) -> ClientIdentity {
        ClientIdentity(pid: Self.pid, trace: version >= 6 ? TraceContext.current : nil)
    }

    /// Newest interface the device offers (1 to 6).
    public func interfaceVersion() async throws(DevFailed) -> Int {
        try await self.reference().version
    }

    // MARK: - Calling

    /// Where the device is now; asks the database, or the device which interfaces it has, once.
    func reference() async throws(DevFailed) -> ObjectReference {
        if let reference = self.cached.withLock({ $0 }) { return reference }
        var reference: ObjectReference
        switch self.origin {
        case .database(let database):
            let imported = try await database.importDevice(self.name)
            guard imported.isExported else {
                throw DevFailed(
                    .deviceNotExported, "Device \(self.name) is not exported (hint: try to start the device server)", origin: "DeviceProxy")
            }
            reference = try ObjectReference(ior: imported.ior, deviceName: self.name)
        case .corbaloc(let host, let objectKey):
            reference = ObjectReference(
                endpoint: Endpoint(host: host.host, port: host.port, version: .v1_0), objectKey: objectKey, version: 0)
        }
        if reference.version == 0 { reference.version = try await self.probeVersion(reference) }
        let found = reference
        self.cached.withLock { $0 = found }
        return found
    }

    /// Takes what the database just said, so that it need not be asked again.
    func adopt(_ imported: DatabaseImport) {
        guard imported.isExported, let reference = try? ObjectReference(ior: imported.ior, deviceName: self.name), reference.version > 0
        else { return }
        self.cached.withLock { $0 = reference }
    }

    private func probeVersion(_ reference: ObjectReference) async throws(DevFailed) -> Int {
        do {
            for version in stride(from: ObjectReference.newestVersion, through: 2, by: -1) {
                let call = DeviceCall.isA("IDL:Tango/Device_\(version):1.0")
                let answer = try await self.send(call, to: reference)
                if case .boolean(true) = answer { return version }
            }
            return 1
        } catch {
            throw DevFailed.from(error, calling: self.name, timeout: self.timeout, isDatabase: self.isDatabase)
        }
    }

    /// Over the network; straight in where a handler calls a device of its own server, which the timeout does not limit.
    private func send(_ call: DeviceCall, to reference: ObjectReference) async throws -> DeviceResult {
        if let server = HandlerTask.server, server.serves(reference.endpoint) {
            return try await server.call(objectKey: reference.objectKey, call)
        }
        guard let observer = self.system.callObserver else {
            return try await self.system.connections.call(
                reference.endpoint, objectKey: reference.objectKey, call, timeout: self.timeout)
        }
        let start = ContinuousClock.now
        do {
            let result = try await self.system.connections.call(
                reference.endpoint, objectKey: reference.objectKey, call, timeout: self.timeout)
            observer.callEnded(after: ContinuousClock.now - start, isDatabase: self.isDatabase, failure: nil)
            return result
        } catch {
            let failure = DevFailed.from(error, calling: self.name, timeout: self.timeout, isDatabase: self.isDatabase)
            observer.callEnded(after: ContinuousClock.now - start, isDatabase: self.isDatabase, failure: failure)
            throw error
        }
    }

    /// Calls the device; `make` is given the interface version. A stale reference is renewed and the call repeated, once.
    func call(_ make: (Int) -> DeviceCall) async throws(DevFailed) -> DeviceResult {
        do {
            return try await self.rawCall(make)
        } catch {
            throw DevFailed.from(error, calling: self.name, timeout: self.timeout, isDatabase: self.isDatabase)
        }
    }

    /// As `call`, with the transport's own errors.
    func rawCall(_ make: (Int) -> DeviceCall) async throws -> DeviceResult {
        var isSecondTry = false
        while true {
            let wasCached = self.cached.withLock { $0 != nil }
            let reference = try await self.reference()
            do {
                return try await self.send(make(reference.version), to: reference)
            } catch TransportError.forwarded(let ior) where !isSecondTry {
                isSecondTry = true
                let forwarded = try ObjectReference(ior: ior.text, deviceName: self.name)
                self.cached.withLock { $0 = forwarded }
            } catch let error as TransportError {
                guard error.meansStaleReference else { throw error }
                self.cached.withLock { $0 = nil }
                self.forgetRight()
                if self.system.locks.isInUse {
                    let failure = DevFailed.from(error, calling: self.name, timeout: self.timeout, isDatabase: self.isDatabase)
                    let call = make(reference.version)
                    let told = self.lockLost(failure, while: call)
                    if told != failure { throw told }
                }
                // Connection refused with a fresh reference is a server that is down; with an old one it may have moved.
                guard error.requestWasNotExecuted, wasCached, !isSecondTry else { throw error }
                isSecondTry = true
            }
        }
    }

    private func forgetRight() {
        guard self.accessControl != nil else { return }
        self.isWriter.store(false, ordering: .relaxed)
        self.rightStore.withLock { $0 = nil }
    }

    private func unexpected() -> DevFailed {
        DevFailed(.communicationFailed, "Device \(self.name) sent an answer of another kind", origin: "DeviceProxy")
    }

    private func string(_ call: DeviceCall) async throws(DevFailed) -> String {
        guard case .string(let text) = try await self.call({ _ in call }) else { throw self.unexpected() }
        return text
    }

    // MARK: - Identity

    /// Round-trip time of an empty call.
    @discardableResult
    public func ping() async throws(DevFailed) -> Duration {
        let start = ContinuousClock.now
        _ = try await self.call { _ in .ping }
        return ContinuousClock.now - start
    }

    public func state() async throws(DevFailed) -> DevState {
        guard case .state(let state) = try await self.call({ _ in .state }) else { throw self.unexpected() }
        return state
    }

    public func status() async throws(DevFailed) -> String { try await self.string(.status) }
    public func deviceDescription() async throws(DevFailed) -> String { try await self.string(.description) }
    /// Name of the admin device of its server.
    public func adminName() async throws(DevFailed) -> String { try await self.string(.adminName) }
    /// Name as the device itself tells it.
    public func reportedName() async throws(DevFailed) -> String { try await self.string(.name) }

    public func info() async throws(DevFailed) -> DeviceInfo {
        guard case .info(let info) = try await self.call({ .info(version: $0 >= 6 ? 6 : $0 >= 3 ? 3 : 1) }) else { throw self.unexpected() }
        return info
    }

    /// The last requests to the device, newest first.
    /// - Throws: `API_BlackBoxArgument`, `API_BlackBoxEmpty`.
    public func blackBox(_ count: Int) async throws(DevFailed) -> [String] {
        guard case .strings(let lines) = try await self.call({ _ in .blackBox(Int32(clamping: count)) }) else { throw self.unexpected() }
        return lines
    }

    // MARK: - Commands

    public func commandList() async throws(DevFailed) -> [CommandInfo] {
        guard case .commandInfos(let infos) = try await self.call({ .commandList(version: min($0, 2)) }) else { throw self.unexpected() }
        return infos
    }

    /// - Throws: `API_CommandNotFound`.
    public func commandInfo(_ name: String) async throws(DevFailed) -> CommandInfo {
        guard case .commandInfo(let info) = try await self.call({ .commandInfo(name, version: min($0, 2)) }) else {
            throw self.unexpected()
        }
        return info
    }

    /// Executes a command.
    /// - Throws: `API_ReadOnlyMode` when the user may only read, `API_DeviceLocked`, `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_CommandNotAllowed`, what the device throws.
    @discardableResult
    public func command(_ name: String, _ argument: CommandData = .void) async throws(DevFailed) -> CommandData {
        try await self.refuseIfReadOnly(command: name)
        return try await self.uncheckedCommand(name, argument)
    }

    /// A command the library needs for itself, whatever the user may do.
    func uncheckedCommand(_ name: String, _ argument: CommandData) async throws(DevFailed) -> CommandData {
        let result = try await self.call { version in
            .command(
                name, argument, source: .cacheDevice, identity: version >= 4 ? Self.identity(version) : nil,
                version: version >= 4 ? 4 : version >= 2 ? 2 : 1)
        }
        guard case .command(let data) = result else { throw self.unexpected() }
        return data
    }

    /// The last results of a polled command, oldest first.
    /// - Throws: `API_CmdNotPolled`, `API_NoDataYet`; `API_NotSupported` below interface 4.
    public func commandHistory(_ name: String, count: Int) async throws(DevFailed) -> [CommandHistoryRecord] {
        try await self.require(4)
        let result = try await self.call { _ in .commandHistory(name, count: Int32(clamping: count), version: 4) }
        guard case .commandHistory(let history) = result else { throw self.unexpected() }
        return history.records
    }

    // MARK: - Attributes

    /// Configuration of the named attributes; of all, State and Status last, without names.
    /// - Throws: `API_AttrNotFound`.
    public func attributeConfigs(_ names: [String]? = nil) async throws(DevFailed) -> [AttributeConfig] {
        let result = try await self.call { version in
            .attributeConfigs(
                names ?? [version >= 3 ? "All attributes_3" : "All attributes"], version: version >= 5 ? 5 : version >= 3 ? 3 : version)
        }
        guard case .attributeConfigs(let configs) = result else { throw self.unexpected() }
        return configs
    }

    /// - Throws: `API_AttrNotFound`.
    public func attributeConfig(_ name: String) async throws(DevFailed) -> AttributeConfig {
        guard let config = try await self.attributeConfigs([name]).first else { throw self.unexpected() }
        return config
    }

    public func setAttributeConfigs(_ configs: [AttributeConfig]) async throws(DevFailed) {
        _ = try await self.call { version in
            .setAttributeConfigs(
                configs, identity: version >= 4 ? Self.identity(version) : nil,
                version: version >= 5 ? 5 : version >= 4 ? 4 : version == 3 ? 3 : 1)
        }
    }

    /// Reads several attributes in one request: a failure of one is in its `errors`. Order and count are those of `names`.
    ///
    /// A name given twice is asked for once: incumbent servers dead-lock otherwise.
    public func readAttributes(_ names: [String], source: DevSource = .cacheDevice) async throws(DevFailed) -> [AttributeValue] {
        var unique: [String] = []
        var positions: [String: Int] = [:]
        for name in names where positions[name.tangoFolded] == nil {
            positions[name.tangoFolded] = unique.count
            unique.append(name)
        }
        let asked = unique
        let result = try await self.call { version in
            .readAttributes(asked, source: source, identity: version >= 4 ? Self.identity(version) : nil, version: min(version, 5))
        }
        guard case .attributeValues(let values) = result, values.count == unique.count else { throw self.unexpected() }
        if unique.count == names.count { return values }
        return names.compactMap { name in positions[name.tangoFolded].map { values[$0] } }
    }

    /// Reads one attribute; its failure is thrown.
    public func readAttribute(_ name: String, source: DevSource = .cacheDevice) async throws(DevFailed) -> AttributeValue {
        guard let value = try await self.readAttributes([name], source: source).first else { throw self.unexpected() }
        if let failure = value.failure { throw failure }
        return value
    }

    private static func wireValues(_ writes: [AttributeWrite], version: Int) -> [AttributeValue] {
        writes.map { write in
            AttributeValue(
                name: write.name, data: write.data, format: .unknown, type: nil, time: .zero,
                readDimension: version >= 4 ? .zero : write.dimension, writeDimension: write.dimension)
        }
    }

    /// Writes one attribute; its failure is thrown.
    public func writeAttribute(_ write: AttributeWrite) async throws(DevFailed) {
        if let failure = try await self.writeAttributes([write]).first ?? nil { throw failure }
    }

    /// Writes several in one request: the failure of each, `nil` where it succeeded. Throws only when the call as a whole fails.
    public func writeAttributes(_ writes: [AttributeWrite]) async throws(DevFailed) -> [DevFailed?] {
        try await self.refuseWriteIfReadOnly()
        do {
            _ = try await self.rawCall { version in
                .writeAttributes(
                    Self.wireValues(writes, version: version), identity: version >= 4 ? Self.identity(version) : nil,
                    version: version >= 4 ? 4 : version >= 3 ? 3 : 1)
            }
            return Array(repeating: nil, count: writes.count)
        } catch TransportError.user(.multiDevFailed(let failed)) {
            var outcomes = [DevFailed?](repeating: nil, count: writes.count)
            for error in failed.errors where outcomes.indices.contains(Int(error.index)) {
                outcomes[Int(error.index)] = DevFailed(errors: error.errors)
            }
            return outcomes
        } catch {
            throw DevFailed.from(error, calling: self.name, timeout: self.timeout, isDatabase: self.isDatabase)
        }
    }

    /// Writes, then reads, without another request in between. A failing write fails the call.
    /// - Throws: `API_NotSupported` below interface 4.
    public func writeReadAttributes(_ writes: [AttributeWrite], read: [String]) async throws(DevFailed) -> [AttributeValue] {
        try await self.require(4)
        try await self.refuseWriteIfReadOnly()
        let result = try await self.call { version in
            .writeReadAttributes(
                Self.wireValues(writes, version: 4), read: read, identity: Self.identity(version), version: min(version, 5))
        }
        guard case .attributeValues(let values) = result else { throw self.unexpected() }
        return values
    }

    /// The last values of a polled attribute, oldest first.
    /// - Throws: `API_AttrNotPolled`, `API_NoDataYet`; `API_NotSupported` below interface 4 (older histories crash incumbent servers).
    public func attributeHistory(_ name: String, count: Int) async throws(DevFailed) -> AttributeHistory {
        try await self.require(4)
        let result = try await self.call { .attributeHistory(name, count: Int32(clamping: count), version: min($0, 5)) }
        guard case .attributeHistory(let history) = result else { throw self.unexpected() }
        return history
    }

    // MARK: - Pipes

    /// Configuration of the named pipes, of all without names.
    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`.
    public func pipeConfigs(_ names: [String]? = nil) async throws(DevFailed) -> [PipeConfig] {
        try await self.require(5)
        guard case .pipeConfigs(let configs) = try await self.call({ _ in .pipeConfigs(names ?? ["All pipes"]) }) else {
            throw self.unexpected()
        }
        return configs
    }

    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`.
    public func readPipe(_ name: String) async throws(DevFailed) -> PipeValue {
        try await self.require(5)
        guard case .pipe(let value) = try await self.call({ .readPipe(name, identity: Self.identity($0)) }) else {
            throw self.unexpected()
        }
        return value
    }

    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`, `API_PipeNotWritable`.
    public func writePipe(_ name: String, _ blob: PipeBlob) async throws(DevFailed) {
        try await self.require(5)
        _ = try await self.call { .writePipe(PipeValue(name: name, time: .zero, blob: blob), identity: Self.identity($0)) }
    }

    /// Writes, then reads, without another request in between.
    public func writeReadPipe(_ name: String, _ blob: PipeBlob) async throws(DevFailed) -> PipeValue {
        try await self.require(5)
        let result = try await self.call { .writeReadPipe(PipeValue(name: name, time: .zero, blob: blob), identity: Self.identity($0)) }
        guard case .pipe(let value) = result else { throw self.unexpected() }
        return value
    }

    private func require(_ version: Int) async throws(DevFailed) {
        let offered = try await self.reference().version
        guard offered >= version else {
            throw DevFailed(
                .notSupported, "Device \(self.name) offers interface \(offered); this call needs interface \(version)",
                origin: "DeviceProxy")
        }
    }
}

extension TransportError {
    /// Whether the device should be looked up anew before the next call.
    fileprivate var meansStaleReference: Bool {
        switch self {
        case .hostNotFound, .connectionRefused, .connectTimedOut, .connectFailed, .connectionLost, .closedByPeer: true
        case .system(let exception): exception.name == "OBJECT_NOT_EXIST" || exception.name == "TRANSIENT"
        default: false
        }
    }

    /// Whether repeating the request cannot execute it twice.
    fileprivate var requestWasNotExecuted: Bool {
        if case .connectionLost = self { false } else { true }
    }
}
