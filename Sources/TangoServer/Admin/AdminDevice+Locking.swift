import TangoCore
import TangoIIOP

extension AdminDevice {
    /// LockDevice, UnLockDevice, ReLockDevices, DevLockStatus.
    static func locking(_ server: ServerReference) -> [AdminCommand] {
        [
            AdminCommand(
                "LockDevice", server, inDescription: "Str[0] = Device name. Lg[0] = Lock validity"
            ) { (call, argument: LongStringArray) in
                try await LockingCommand(call).lock(argument)
            },
            AdminCommand(
                "UnLockDevice", server, inDescription: "Str[x] = Device name(s). Lg[0] = Force flag",
                outDescription: "Device global lock counter"
            ) { (call, argument: LongStringArray) in
                try await LockingCommand(call).unlock(argument)
            },
            AdminCommand("ReLockDevices", server, inDescription: "Device(s) name") { (call, names: [String]) in
                try await LockingCommand(call).relock(names)
            },
            AdminCommand(
                "DevLockStatus", server, inDescription: "Device name", outDescription: "Device locking status", refusal: .constString
            ) { (call, name: String) in
                try await LockingCommand(call).status(ofDevice: name)
            },
        ]
    }
}

/// One call of a command about locking.
private struct LockingCommand {
    private let call: AdminCommand.Call

    init(_ call: AdminCommand.Call) {
        self.call = call
    }

    /// - Throws: `API_ClientTooOld` for callers without identity.
    private func client(_ verb: String) throws(DevFailed) -> LockClient {
        if let client = self.call.request.caller?.lockClient { return client }
        throw DevFailed(
            "API_ClientTooOld",
            "Your client cannot \(verb) devices. You are using a too old Tango release. Please, update to tango V7 or more",
            origin: "DServer::\(self.call.request.name)")
    }

    private var wrongCount: DevFailed {
        DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: "DServer::\(self.call.request.name)")
    }

    /// Locks a device.
    /// - Parameter argument: the device and the seconds the lock is valid.
    /// - Throws: `API_WrongNumberOfArgs`, `API_ClientTooOld`, `API_DeviceNotFound`, `API_DeviceUnlockable`, `API_DeviceLocked`, what the
    ///   root devices of forwarded attributes throw.
    func lock(_ argument: LongStringArray) async throws {
        guard let name = argument.strings.first, let validity = argument.longs.first else { throw self.wrongCount }
        let client = try self.client("lock")
        let runtime = try await self.call.device(name)
        func unlockable(_ what: String) -> DevFailed {
            DevFailed("API_DeviceUnlockable", "Impossible to lock \(what) device", origin: "DServer::lock_device")
        }
        guard runtime !== self.call.request.context.runtime else { throw unlockable("device server administration") }
        guard runtime.deviceClass.name.tangoFolded != "database" else { throw unlockable("database") }
        let isFirst = try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
            let isFirst = lock.hold(now: now) == nil
            try lock.lock(by: client, for: validity, now: now, device: runtime.name.text)
            return isFirst
        }
        guard runtime.locking.ofRoots.areNeeded else { return }
        do {
            if isFirst { try await runtime.locking.ofRoots.lock(for: validity) } else { await runtime.locking.ofRoots.relock() }
        } catch {
            _ = try? runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                try lock.unlock(by: client, force: false, now: now, device: runtime.name.text)
            }
            throw error
        }
    }

    /// Unlocks devices.
    /// - Parameter argument: the devices, and whether locks of other clients end too.
    /// - Returns: the counter of the lock that remains, where there is one device.
    /// - Throws: `API_WrongNumberOfArgs`, `API_ClientTooOld`, `API_DeviceNotFound`, `API_DeviceLocked`.
    func unlock(_ argument: LongStringArray) async throws -> Int32 {
        guard !argument.strings.isEmpty, let force = argument.longs.first.map({ $0 != 0 }) else { throw self.wrongCount }
        let client = force ? self.call.request.caller?.lockClient : try self.client("un-lock")
        // All are looked up first, so that a wrong name changes nothing.
        var runtimes: [DeviceRuntime] = []
        for name in argument.strings { runtimes.append(try await self.call.device(name)) }
        var count: Int32 = 0
        for runtime in runtimes {
            var wasLocked = false
            count = try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                wasLocked = lock.hold(now: now) != nil
                return try lock.unlock(by: client, force: force, now: now, device: runtime.name.text)
            }
            if wasLocked, count == 0, runtime.locking.ofRoots.areNeeded { await runtime.locking.ofRoots.unlock() }
        }
        return runtimes.count == 1 ? count : 0
    }

    /// Renews locks.
    /// - Throws: the errors of all devices that could not be locked again; the others are. `API_ClientTooOld`.
    func relock(_ names: [String]) async throws {
        let client = try self.client("re_lock")
        var errors: [DevError] = []
        for name in names {
            do {
                let runtime = try await self.call.device(name)
                try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                    try lock.relock(by: client, now: now, device: runtime.name.text)
                }
                if runtime.locking.ofRoots.areNeeded { await runtime.locking.ofRoots.relock() }
            } catch {
                errors.append(DevFailed(wrapping: error).rootCause)
            }
        }
        if !errors.isEmpty { throw DevFailed(errors: errors) }
    }

    /// Returns who holds the lock of a device (Compatibility 18.8).
    /// - Throws: `API_DeviceNotFound`.
    func status(ofDevice name: String) async throws -> LongStringArray {
        let runtime = try await self.call.device(name)
        let hold = try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in lock.hold(now: now) }
        guard let hold else {
            return LongStringArray(
                longs: [0, 0, 0, 0, 0, 0], strings: ["Device \(runtime.name) is not locked", "Not defined", "Not defined"])
        }
        let host = await runtime.server.hosts.name(of: hold.client.peer.host)
        let address = hold.client.peer.giopText
        switch hold.client.identity {
        case .cpp(let pid), .cpp6(let pid, _, _):
            return LongStringArray(
                longs: [1, Int32(bitPattern: pid), 0, 0, 0, 0],
                strings: [
                    "Device \(runtime.name) is locked by CPP or Python client with PID \(pid) from host \(host)", address, "Not defined",
                ])
        case .java(let main, let uuid), .java6(let main, let uuid, _, _):
            let words = [uuid.0 >> 32, uuid.0, uuid.1 >> 32, uuid.1].map { Int32(truncatingIfNeeded: $0) }
            return LongStringArray(
                longs: [1, 0] + words,
                strings: ["Device \(runtime.name) is locked by JAVA client class \(main) from host \(host)", address, main])
        }
    }
}
