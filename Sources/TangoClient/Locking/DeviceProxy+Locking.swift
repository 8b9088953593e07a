public import TangoCore
import TangoWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension DeviceProxy {
    /// Validity of a lock when none is given, in seconds.
    public static let defaultLockValidity = 10
    /// Shortest validity of a lock, in seconds.
    public static let minimumLockValidity = 2

    /// Locks the device: until `unlock()` no other client can change anything on it. Locks nest.
    ///
    /// The lock is confirmed in the background for as long as it is held, so it ends by its validity only when this program dies or loses
    /// its connection: servers know the owner of a lock by its connection.
    /// - Parameter validity: seconds the lock outlives its last confirmation, at least 2.
    /// - Throws: `API_MethodArgument` for a shorter validity or another one than that of the lock already held, `API_DeviceLocked` when
    ///   another client holds it, `API_DeviceUnlockable` for admin devices.
    public func lock(validity: Int = DeviceProxy.defaultLockValidity) async throws(DevFailed) {
        guard validity >= Self.minimumLockValidity else {
            throw DevFailed(
                .methodArgument, "Lock validity can not be lower than \(Self.minimumLockValidity) seconds", origin: "DeviceProxy::lock")
        }
        let validity = Int32(clamping: validity)
        let admin = try await self.adminDevice()
        if let held = self.system.locks.lock(on: self.name, admin: admin), held.validity != validity {
            throw DevFailed(
                .methodArgument, "Device \(self.name) is already locked with another lock validity (\(held.validity) sec)",
                origin: "DeviceProxy::lock")
        }
        try await admin.command("LockDevice", .longStringArray(LongStringArray(longs: [validity], strings: [self.name])))
        self.system.locks.locked(self.name, validity: validity, admin: admin)
    }

    /// Releases one `lock()`.
    /// - Parameter force: releases the lock of any client, however often it was locked.
    /// - Throws: `API_DeviceLocked` when another client holds it, unless forced.
    public func unlock(force: Bool = false) async throws(DevFailed) {
        let admin = try await self.adminDevice()
        let argument = LongStringArray(longs: [force ? 1 : 0], strings: [self.name])
        guard case .long(let remaining) = try await admin.command("UnLockDevice", .longStringArray(argument)) else {
            throw DevFailed(.communicationFailed, "UnLockDevice of \(admin.name) answered with another type", origin: "DeviceProxy::unlock")
        }
        self.system.locks.unlocked(self.name, remaining: force ? 0 : remaining, admin: admin)
    }

    /// Returns what the server says about the device's lock, as text.
    public func lockingStatus() async throws(DevFailed) -> String { try await self.lockStatus().text }

    /// Returns whether any client holds the device's lock.
    public func isLocked() async throws(DevFailed) -> Bool { try await self.lockStatus().locker != nil }

    /// Returns whether this program holds the device's lock.
    public func isLockedByMe() async throws(DevFailed) -> Bool {
        guard let locker = try await self.lockStatus().locker, locker.client == .cpp(pid: UInt32(truncatingIfNeeded: getpid())) else {
            return false
        }
        return locker.host == "localhost" || locker.host.hasPrefix("127.") || LocalAddresses.all.contains(locker.host)
    }

    /// Returns the holder of the device's lock; `nil` when there is none.
    public func lockInfo() async throws(DevFailed) -> LockerInfo? { try await self.lockStatus().locker }

    private func lockStatus() async throws(DevFailed) -> LockStatus {
        try LockStatus(try await self.adminDevice().command("DevLockStatus", .string(self.name)))
    }

    /// Returns a proxy of the admin device of the device's server.
    package func adminDevice() async throws(DevFailed) -> DeviceProxy {
        if let admin = self.cachedAdmin { return admin }
        let name = try await self.adminName()
        let admin: DeviceProxy =
            switch self.origin {
            case .database(let database): try await self.system.device("tango://\(database.host)/\(name)")
            case .corbaloc(let host, _, _) where self.isDatabase: try await self.system.device("tango://\(host)/\(name)")
            case .corbaloc(let host, _, _): try await self.system.device("tango://\(host)/\(name)#dbase=no")
            }
        self.cachedAdmin = admin
        return admin
    }

    /// Removes the caller's lock on the device after a call failed because the connection was lost: the lock is lost with it.
    /// - Returns: the failure that says so; `nil` when the caller held no lock.
    func lockLost(_ failure: DevFailed, while call: DeviceCall) -> DevFailed? {
        guard let admin = self.cachedAdmin, self.system.locks.connectionLost(device: self.name, admin: admin) else { return nil }
        let activity = if case .command(let name, _, _, _, _) = call { "command \(name)" } else { call.operation.name }
        return failure.rethrowing(
            .deviceUnlocked, "Device \(self.name) has lost your lock(s) (server re-start?) while executing \(activity)",
            origin: "DeviceProxy")
    }
}
