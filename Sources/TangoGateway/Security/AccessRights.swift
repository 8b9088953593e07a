import HTTPTypes
import TangoClient
import TangoCore

/// What users may change, as the access services of the control systems say.
struct AccessRights: Sendable {
    private struct Question: Hashable, Sendable {
        var caller: AccessCaller
        var device: MemberKey
    }

    private let rights: TimedCache<Question, Bool, any Error>
    private let lifetime: Duration

    /// - Parameter lifetime: how long an answer holds.
    init(lifetime: Duration) {
        self.lifetime = lifetime
        self.rights = TimedCache(lifetime: lifetime)
    }

    /// Whether the caller may change the device.
    /// - Throws: `DevFailed` when the service does not answer, `HTTPFailure` when the database does not; both are asked again next time.
    func mayWrite(_ caller: AccessCaller, _ device: DeviceReference, in database: DatabaseClient) async throws -> Bool {
        try await self.rights.value(Question(caller: caller, device: MemberKey(device)), isFresh: false) { () async throws in
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

    /// Whether the class of the device lets everybody execute the command.
    func allows(_ command: String, on device: DeviceReference, in database: DatabaseClient) async throws(HTTPFailure) -> Bool {
        let deviceClass = try await upstream(.resolving) { () async throws(DevFailed) in
            try await database.deviceClass(of: device.name)
        }
        return await database.accessControl.allows(command, ofClass: deviceClass, maximumAge: self.lifetime)
    }
}

extension Exchange {
    /// Makes sure that the user of the request may change a device, or execute a command on it.
    /// - Throws: 403 with `API_ReadOnlyMode`.
    func authorize(_ device: DeviceReference, command: String? = nil) async throws(HTTPFailure) {
        guard let rights = self.services.accessRights else { return }
        // Reading, by another way.
        if let command, ["state", "status"].contains(command.tangoFolded) { return }
        let database = try self.database(device.host)
        let caller = AccessCaller(user: self.request.user ?? AccessCaller.anonymous, address: self.request.clientAddress)
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
            command: command, on: device.name.tangoFolded, because: reason, origin: "\(self.request.method.rawValue) \(self.request.path)")
        var failure = HTTPFailure(refusal, while: .calling)
        failure.status = .forbidden
        failure.headers[.retryAfter] = nil
        throw failure
    }

    /// The same for the resource of a device that the request changes; nothing for one that it reads.
    func authorize(_ device: DeviceReference, _ resource: DeviceResource) async throws(HTTPFailure) {
        switch self.request.method {
        case .get, .head: return
        default: break
        }
        if case .command(let name) = resource {
            try await self.authorize(device, command: name)
        } else {
            try await self.authorize(device)
        }
    }
}
