import TangoCore

extension AdminDevice {
    /// LockDevice, UnLockDevice, ReLockDevices, DevLockStatus.
    static func locking(_ server: ServerReference) -> [CommandDefinition] {
        [
            CommandDefinition(
                CommandInfo(
                    name: "LockDevice", inType: .longStringArray, outType: .void,
                    inDescription: "Str[0] = Device name. Lg[0] = Lock validity"),
                handler: .async { call, argument in
                    try await Self.lock(argument, call, server)
                    return .void
                }),
            CommandDefinition(
                CommandInfo(
                    name: "UnLockDevice", inType: .longStringArray, outType: .long,
                    inDescription: "Str[x] = Device name(s). Lg[0] = Force flag", outDescription: "Device global lock counter"),
                handler: .async { call, argument in .long(try await Self.unlock(argument, call, server)) }),
            CommandDefinition(
                CommandInfo(name: "ReLockDevices", inType: .stringArray, outType: .void, inDescription: "Device(s) name"),
                handler: .async { call, argument in
                    try await Self.relock(argument, call, server)
                    return .void
                }),
            CommandDefinition(
                CommandInfo(
                    name: "DevLockStatus", inType: .string, outType: .longStringArray, inDescription: "Device name",
                    outDescription: "Device locking status"),
                handler: .async { call, argument in .longStringArray(try await Self.status(argument, call, server)) }),
        ]
    }

    /// - Throws: `API_ClientTooOld` for callers that do not say who they are.
    private static func client(_ call: MemberCall, _ verb: String) throws(DevFailed) -> LockClient {
        if let client = call.caller?.lockClient { return client }
        throw DevFailed(
            "API_ClientTooOld",
            "Your client cannot \(verb) devices. You are using a too old Tango release. Please, update to tango V7 or more",
            origin: "DServer::\(call.name)")
    }

    private static func wrongCount(_ call: MemberCall) -> DevFailed {
        DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: "DServer::\(call.name)")
    }

    private static func lock(_ argument: CommandData, _ call: MemberCall, _ server: ServerReference) async throws {
        guard case .longStringArray(let pair) = argument, let name = pair.strings.first, let validity = pair.longs.first else {
            throw Self.wrongCount(call)
        }
        let client = try Self.client(call, "lock")
        let runtime = try await server.device(name)
        func unlockable(_ what: String) -> DevFailed {
            DevFailed("API_DeviceUnlockable", "Impossible to lock \(what) device", origin: "DServer::lock_device")
        }
        guard runtime !== call.context.runtime else { throw unlockable("device server administration") }
        guard runtime.deviceClass.name.tangoFolded != "database" else { throw unlockable("database") }
        let isFirst = try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
            let isFirst = lock.hold(now: now) == nil
            try lock.lock(by: client, for: validity, now: now, device: runtime.name.text)
            return isFirst
        }
        guard runtime.hasRoots else { return }
        do {
            if isFirst { try await runtime.lockRoots(for: validity) } else { await runtime.relockRoots() }
        } catch {
            _ = try? runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                try lock.unlock(by: client, force: false, now: now, device: runtime.name.text)
            }
            throw error
        }
    }

    private static func unlock(_ argument: CommandData, _ call: MemberCall, _ server: ServerReference) async throws -> Int32 {
        guard case .longStringArray(let pair) = argument, !pair.strings.isEmpty, let force = pair.longs.first.map({ $0 != 0 }) else {
            throw Self.wrongCount(call)
        }
        let client = force ? call.caller?.lockClient : try Self.client(call, "un-lock")
        // All are looked up first: a wrong name leaves nothing half done.
        var runtimes: [DeviceRuntime] = []
        for name in pair.strings { runtimes.append(try await server.device(name)) }
        var count: Int32 = 0
        for runtime in runtimes {
            var wasLocked = false
            count = try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                wasLocked = lock.hold(now: now) != nil
                return try lock.unlock(by: client, force: force, now: now, device: runtime.name.text)
            }
            if wasLocked, count == 0, runtime.hasRoots { await runtime.unlockRoots() }
        }
        return runtimes.count == 1 ? count : 0
    }

    /// All that can be locked again are; the errors of the others come together.
    private static func relock(_ argument: CommandData, _ call: MemberCall, _ server: ServerReference) async throws {
        guard case .stringArray(let names) = argument else { throw Self.wrongCount(call) }
        let client = try Self.client(call, "re_lock")
        var errors: [DevError] = []
        for name in names {
            do {
                let runtime = try await server.device(name)
                try runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
                    try lock.relock(by: client, now: now, device: runtime.name.text)
                }
                if runtime.hasRoots { await runtime.relockRoots() }
            } catch {
                errors.append(DevFailed(wrapping: error).rootCause)
            }
        }
        if !errors.isEmpty { throw DevFailed(errors: errors) }
    }

    private static func status(_ argument: CommandData, _ call: MemberCall, _ server: ServerReference) async throws -> LongStringArray {
        guard case .string(let name) = argument else { throw Self.wrongCount(call) }
        let runtime = try await server.device(name)
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

extension ServerReference {
    /// A device of the server, the admin device included, by its name or alias.
    /// - Throws: `API_DeviceNotFound`.
    func device(_ name: String) async throws(DevFailed) -> DeviceRuntime {
        if let found = await self.server?.findDevice(name) { return found }
        throw DevFailed(.deviceNotFound, "Device \(name) not found", origin: "Util::get_device_by_name()")
    }
}
