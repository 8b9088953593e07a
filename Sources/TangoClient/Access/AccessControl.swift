import Foundation
import Synchronization
package import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The access rights of one control system, as its access service (TangoAccessControl) gives them to users on machines: to this
/// program's user on this machine, or to other users the program acts for.
///
/// Clients respect them; servers do not check. The service is looked up once in the database; without a service everything is allowed.
package final class AccessControl: Sendable {
    private struct Kept<Value: Sendable>: Sendable {
        var value: Value
        let time = ContinuousClock.now

        func isOlder(than age: Duration?) -> Bool {
            guard let age else { return false }
            return ContinuousClock.now - self.time > age
        }
    }

    private struct State {
        var service: Kept<Task<DeviceProxy?, any Error>>?
        /// Commands allowed to all users, by class; names in lower case.
        var allowedCommands: [String: Kept<Set<String>>] = [:]
    }

    private let state = Mutex(State())
    /// Reads property `Services` of the free object `CtrlSystem` from the database.
    private let services: @Sendable () async throws -> [String]
    private let makeProxy: @Sendable (TRL) throws -> DeviceProxy
    private let setting: @Sendable (String) -> String?

    /// - Parameters:
    ///   - services: reads property `Services` of the free object `CtrlSystem`.
    ///   - makeProxy: makes a proxy of the service that is not itself under access control.
    ///   - setting: looks up a setting such as `SUPER_TANGO`.
    init(
        services: @escaping @Sendable () async throws -> [String], makeProxy: @escaping @Sendable (TRL) throws -> DeviceProxy,
        setting: @escaping @Sendable (String) -> String? = { TangoEnvironment.value($0) }
    ) {
        self.services = services
        self.makeProxy = makeProxy
        self.setting = setting
    }

    /// Takes the values of `Services`, which a server's start-up data contain: no look-up is needed then.
    func adopt(services: [String]) {
        self.state.withLock { $0.service = Kept(value: Task { try self.proxy(services) }) }
    }

    /// Returns the device named by the first value that begins with `AccessControl/`, in any case.
    static func serviceDevice(_ services: [String]) -> String? {
        for service in services where service.tangoFolded.hasPrefix("accesscontrol/") {
            if let colon = service.firstIndex(of: ":") { return String(service[service.index(after: colon)...]).tangoFolded }
        }
        return nil
    }

    private func proxy(_ services: [String]) throws -> DeviceProxy? {
        guard let name = self.setting("ACCESS_DEVNAME") ?? Self.serviceDevice(services) else { return nil }
        return try self.makeProxy(try TRL(parsing: name))
    }

    /// - Parameter maximumAge: how old the look-up may be; `nil` for any age.
    private func service(maximumAge: Duration? = nil) async throws -> DeviceProxy? {
        let lookUp = self.state.withLock { state in
            if let service = state.service, !service.isOlder(than: maximumAge) { return service.value }
            let service = Task { try self.proxy(self.setting("ACCESS_DEVNAME") == nil ? try await self.services() : []) }
            state.service = Kept(value: service)
            return service
        }
        do {
            return try await lookUp.value
        } catch {
            self.state.withLock { state in if state.service?.value == lookUp { state.service = nil } }
            throw error
        }
    }

    /// Returns what this program's user may do on a device.
    func right(on device: String) async -> AccessRight {
        if self.setting("SUPER_TANGO")?.tangoFolded == "true" { return .write }
        let service: DeviceProxy
        do {
            // A database that does not answer fails by itself when it is used.
            guard let found = try await self.service() else { return .write }
            service = found
        } catch {
            return .write
        }
        guard let user = Self.userName else { return .read(because: nil) }
        return await Self.right(by: service, user, LocalAddresses.reachable, device)
    }

    /// Returns what a user the program acts for may do on a device.
    /// - Parameter maximumAge: how old the look-up of the service may be.
    /// - Throws: the failure of that look-up: it is unknown then whether there is a service.
    package func right(of caller: AccessCaller, on device: String, maximumAge: Duration) async throws(DevFailed) -> AccessRight {
        let service: DeviceProxy?
        do {
            service = try await self.service(maximumAge: maximumAge)
        } catch {
            throw DevFailed(wrapping: error)
        }
        guard let service else { return .write }
        return await Self.right(by: service, caller.user.tangoFolded, [caller.address], device)
    }

    private static func right(
        by service: DeviceProxy, _ user: String, _ addresses: [String], _ device: String
    ) async -> AccessRight {
        guard let first = addresses.first else { return .read(because: nil) }
        do {
            var answer: CommandData
            do {
                answer = try await service.command("GetAccessForMultiIP", .stringArray([user, device] + addresses))
            } catch  where error.reason == .commandNotFound {
                answer = try await service.command("GetAccess", .stringArray([user, first, device]))
            }
            return answer == .string("write") ? .write : .read(because: nil)
        } catch {
            return .read(because: Self.explained(error))
        }
    }

    /// Adds to the failure what follows from it.
    private static func explained(_ failure: DevFailed) -> DevFailed {
        guard failure.reason == .deviceNotExported || failure.reason == .databaseDeviceNotDefined else { return failure }
        var errors = failure.errors
        errors[0].description += "\nControlled access service defined in Db but unreachable --> Read access given to all devices..."
        return DevFailed(errors: errors)
    }

    /// Returns the failure of a change by a user who may only read.
    /// - Parameters:
    ///   - command: the command; `nil` for other changes.
    ///   - failure: why the service did not answer.
    package static func refusal(command: String?, on device: String, because failure: DevFailed?, origin: String) -> DevFailed {
        guard let command else {
            return DevFailed(.readOnlyMode, "Writing attribute(s) on device \(device) is not authorized", origin: origin)
        }
        var text = "Command \(command) on device \(device) is not authorized"
        if failure != nil { text += " because an error occurs while talking to the Controlled Access Service" }
        return DevFailed(.readOnlyMode, text, origin: origin)
    }

    /// Returns whether the class allows the command to all users.
    /// - Parameter maximumAge: how old the list of such commands may be; `nil` for any age.
    package func allows(_ command: String, ofClass deviceClass: String, maximumAge: Duration? = nil) async -> Bool {
        let key = deviceClass.tangoFolded
        if let allowed = self.state.withLock({ $0.allowedCommands[key] }), !allowed.isOlder(than: maximumAge) {
            return allowed.value.contains(command.tangoFolded)
        }
        guard let service = try? await self.service(maximumAge: maximumAge),
            case .stringArray(let names)? = try? await service.command("GetAllowedCommands", .string(deviceClass))
        else { return false }
        let allowed = Set(names.map(\.tangoFolded))
        self.state.withLock { $0.allowedCommands[key] = Kept(value: allowed) }
        return allowed.contains(command.tangoFolded)
    }

    /// Login name of the effective user, in lower case.
    private static var userName: String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else { return nil }
        return String(cString: name).tangoFolded
    }
}
