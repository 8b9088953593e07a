import NIOCore
import Synchronization
public import TangoCore
import TangoIIOP
import TangoWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A device somewhere in a control system. Survives restarts of its server: lost connections and stale references are renewed.
///
/// A proxy does not change. `ControlSystem` returns the same one for a device each time; `withTimeout(_:)` makes another that
/// shares its connection.
public final class DeviceProxy: Sendable {
    /// What the proxies of a device share.
    private final class Shared: Sendable {
        let connection: DeviceConnection
        let rights: AccessRightCache
        let admin = Mutex<DeviceProxy?>(nil)
        /// Types of attributes, by name in lower case, as far as writing numbers needed them.
        let types = Mutex<[String: DataType]>([:])

        init(_ connection: DeviceConnection, _ rights: AccessRightCache) {
            self.connection = connection
            self.rights = rights
        }
    }

    /// `domain/family/member` as the database spells it.
    public let name: String
    /// Limit of a call: look-ups, connecting and repetitions included.
    public let timeout: Duration
    let origin: DeviceOrigin
    let system: ControlSystem
    private let target: CallTarget
    private let shared: Shared
    /// Decides whether the user may write; `nil` without a database, where everything is allowed.
    let accessControl: AccessControl?

    init(
        name: String, origin: DeviceOrigin, system: ControlSystem, timeout: Duration, isDatabase: Bool = false,
        keepsWireTexts: Bool = false, accessControl: AccessControl? = nil
    ) {
        self.name = name
        self.origin = origin
        self.system = system
        self.timeout = timeout
        self.target = CallTarget(
            name: name, isDatabase: isDatabase, keepsWireTexts: keepsWireTexts || system.options.keepsWireTexts)
        self.accessControl = accessControl
        self.shared = Shared(
            DeviceConnection(
                transport: DeviceTransport(system: system, target: self.target), source: DeviceLookUp(name: name, origin: origin)),
            AccessRightCache(isRestricted: accessControl != nil))
    }

    private init(_ other: DeviceProxy, timeout: Duration) {
        self.name = other.name
        self.origin = other.origin
        self.system = other.system
        self.timeout = timeout
        self.target = other.target
        self.accessControl = other.accessControl
        self.shared = other.shared
    }

    /// Returns a proxy of the same device, over the same connection, whose calls have another limit of time.
    public func withTimeout(_ timeout: Duration) -> DeviceProxy { DeviceProxy(self, timeout: timeout) }

    /// Whether it is a database device.
    package var isDatabase: Bool { self.target.isDatabase }

    /// What the access service said; forgotten with the reference, as cppTango 9.3.4 does.
    var rights: AccessRightCache { self.shared.rights }

    /// The admin device's proxy, once it is known.
    var cachedAdmin: DeviceProxy? {
        get { self.shared.admin.withLock { $0 } }
        set { if newValue?.shared !== self.shared { self.shared.admin.withLock { $0 = newValue } } }
    }

    /// The type of an attribute, where writing a number needed it; `nil` forgets it.
    func setKnownType(_ type: DataType?, ofAttribute name: String) { self.shared.types.withLock { $0[name.tangoFolded] = type } }

    func knownType(ofAttribute name: String) -> DataType? { self.shared.types.withLock { $0[name.tangoFolded] } }

    /// The TRL of the device, valid from anywhere.
    public var locator: TRL {
        switch self.origin {
        case .database(let database): TRL(host: database.host, device: self.name)
        case .corbaloc(let host, _, _): TRL(host: host, device: self.name, usesDatabase: false)
        }
    }

    /// The database the device is in; `nil` for `#dbase=no`.
    public var database: DatabaseClient? {
        if case .database(let database) = self.origin { database } else { nil }
    }

    private static let pid = UInt32(truncatingIfNeeded: getpid())

    /// The identity sent with calls: the plain form, which servers of every release accept, or with a trace to a device that understands
    /// one.
    static func identity(_ version: Int) -> ClientIdentity {
        ClientIdentity(pid: Self.pid, trace: version >= 6 ? TraceContext.current : nil)
    }

    /// Returns the newest interface the device offers, 1 to 6.
    /// - Throws: the failure of looking the device up.
    public func interfaceVersion() async throws(DevFailed) -> Int {
        do {
            return try await self.shared.connection.reference(deadline: .after(self.timeout)).version
        } catch {
            throw self.target.failure(error, timeout: self.timeout)
        }
    }

    /// Keeps where the device is, as the database has just said.
    func adopt(_ imported: DatabaseImport) {
        guard imported.isExported, let reference = try? ObjectReference(ior: imported.ior, deviceName: self.name) else { return }
        self.shared.connection.adopt(reference)
    }

    // MARK: - Calling

    /// Calls the device; `make` is given the interface version.
    func call(deadline: NIODeadline? = nil, _ make: (Int) -> DeviceCall) async throws(DevFailed) -> DeviceResult {
        switch try await self.callForEach(deadline: deadline, make) {
        case .success(let result): return result
        case .failure(let failed): throw DevFailed(errors: failed.errors.first?.errors ?? [])
        }
    }

    /// As `call`, but returns the failures of single attributes.
    func callForEach(
        deadline: NIODeadline? = nil, _ make: (Int) -> DeviceCall
    ) async throws(DevFailed) -> Result<DeviceResult, MultiDevFailed> {
        let timeout = deadline.map { min($0.remaining, self.timeout) } ?? self.timeout
        do {
            return .success(
                try await self.shared.connection.call(
                    deadline: .after(timeout), onStaleReference: { self.referenceIsStale($0, $1) }, make))
        } catch TransportError.user(.multiDevFailed(let failed)) {
            return .failure(failed)
        } catch {
            let failure = self.target.failure(error, timeout: timeout)
            // A lock belongs to the connection it was made on. Another one has taken its place, for example after a time-out.
            guard self.system.locks.isInUse,
                let reason = failure.errors.lazy.map(\.reason).first(where: { $0 == .deviceLocked || $0 == .deviceUnlocked }),
                let lost = self.lockLost(failure, while: make(ObjectReference.newestVersion))
            else { throw failure }
            throw reason == .deviceLocked ? lost : failure
        }
    }

    private func referenceIsStale(_ error: TransportError, _ call: DeviceCall) -> DevFailed? {
        self.rights.forget()
        return self.system.locks.isInUse ? self.lockLost(self.target.failure(error, timeout: self.timeout), while: call) : nil
    }

    func unexpected() -> DevFailed {
        DevFailed(.communicationFailed, "Device \(self.name) sent an answer of another kind", origin: "DeviceProxy")
    }

    /// Refuses a call that the device's interface does not have.
    /// - Throws: `API_NotSupported`.
    func require(_ version: Int) async throws(DevFailed) {
        let offered = try await self.interfaceVersion()
        guard offered >= version else {
            throw DevFailed(
                .notSupported, "Device \(self.name) offers interface \(offered); this call needs interface \(version)",
                origin: "DeviceProxy")
        }
    }
}
