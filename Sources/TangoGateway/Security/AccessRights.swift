import HTTPTypes
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

    /// Whether the class of the device allows the command to every user.
    func allows(_ command: String, on device: DeviceReference, in database: DatabaseClient) async throws(HTTPFailure) -> Bool {
        let deviceClass = try await upstream(.resolving) { () async throws(DevFailed) in
            try await database.deviceClass(of: device.name)
        }
        return await database.accessControl.allows(command, ofClass: deviceClass, maximumAge: self.lifetime)
    }
}

extension ResourceRequest {
    /// Makes sure that the user of the request may change a device, or execute a command on it.
    /// - Throws: 403 with `API_ReadOnlyMode`.
    func authorize(_ device: DeviceReference, command: String? = nil) async throws(HTTPFailure) {
        guard let rights = self.services.accessRights else { return }
        // These two commands only read.
        if let command, ["state", "status"].contains(command.tangoFolded) { return }
        let database = try self.database(device.host)
        let caller = AccessCaller(user: self.http.user ?? AccessCaller.anonymous, address: self.http.clientAddress)
        var reason: DevFailed?
        do {
            if try await rights.mayWrite(caller, device, in: database) { return }
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            reason = DevFailed(wrapping: error)
        }
        if let command, reason == nil, try await rights.allows(command, on: device, in: database) { return }
        let refusal = AccessControl.refusal(
            command: command, on: device.name.tangoFolded, because: reason, origin: self.origin)
        var failure = HTTPFailure(refusal, while: .calling)
        failure.status = .forbidden
        failure.headers[.retryAfter] = nil
        throw failure
    }

    /// Makes sure that the user of the request may change a resource of a device.
    /// - Throws: 403 with `API_ReadOnlyMode`.
    func authorize(_ device: DeviceReference, _ member: DevicePath) async throws(HTTPFailure) {
        if case .command(let name) = member {
            try await self.authorize(device, command: name)
        } else {
            try await self.authorize(device)
        }
    }
}
