import TangoClient
import TangoCore

/// Rights of the gateway's users to change devices, as the access services (TangoAccessControl) of the control systems give them.
struct AccessRights: Sendable {
    private struct Key: Hashable, Sendable {
        var caller: AccessCaller
        var device: MemberKey
    }

    private let rights: ExpiringCache<Key, Bool, any Error>
    private let lifetime: Duration

    /// - Parameter lifetime: how long an answer of the access service is valid.
    init(lifetime: Duration) {
        self.lifetime = lifetime
        self.rights = ExpiringCache(lifetime: lifetime)
    }

    /// Whether the caller may change the device.
    /// - Throws: `DevFailed` when the access service does not answer, `HTTPFailure` when the database does not. Neither is cached.
    func mayWrite(_ caller: AccessCaller, _ device: DeviceReference, in database: DatabaseClient) async throws -> Bool {
        try await self.rights.value(Key(caller: caller, device: MemberKey(device)), isFresh: false) { () async throws in
            try await Self.checkStoredName(of: device, in: database)
            let right = try await upstream(.database) { () async throws(DevFailed) in
                try await database.accessControl.right(of: caller, on: device.name.tangoFolded, maximumAge: self.lifetime)
            }
            switch right {
            case .write: return true
            case .read(because: nil): return false
            case .read(let failure?): throw failure
            }
        }
    }

    /// Checks that the name stands for one device, which has it: a database may find a device by a name that only resembles its own, as one
    /// with an accent, and the rules of the access service are about the name that is stored.
    /// - Throws: 404 unless the database lists the device under this name and no other.
    private static func checkStoredName(of device: DeviceReference, in database: DatabaseClient) async throws(HTTPFailure) {
        let stored = try await upstream(.database) { () async throws(DevFailed) in try await database.devices(matching: device.name) }
        guard !stored.isEmpty, stored.allSatisfy({ $0.tangoFolded == device.name.tangoFolded }) else {
            let failed = DevFailed(.databaseDeviceNotDefined, "device \(device.name) not defined in the database !", origin: "")
            throw HTTPFailure(failed, while: .resolving)
        }
    }

    /// Whether the class of the device allows the command to every user.
    func allows(_ command: String, on device: DeviceReference, in database: DatabaseClient) async throws(HTTPFailure) -> Bool {
        let deviceClass = try await upstream(.resolving) { () async throws(DevFailed) in
            try await database.deviceClass(of: device.name)
        }
        return await database.accessControl.allows(command, ofClass: deviceClass, maximumAge: self.lifetime)
    }
}
