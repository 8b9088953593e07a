import NIOCore
public import TangoCore
import TangoWire

extension DeviceProxy {
    private func string(_ call: DeviceCall, deadline: NIODeadline? = nil) async throws(DevFailed) -> String {
        guard case .string(let text) = try await self.call(deadline: deadline, { _ in call }) else { throw self.unexpected() }
        return text
    }

    /// Returns the round-trip time of an empty call.
    /// - Throws: `API_CantConnectToDevice`, `API_DeviceTimedOut`, `API_DeviceNotExported`.
    @discardableResult
    public func ping() async throws(DevFailed) -> Duration {
        let start = ContinuousClock.now
        _ = try await self.call { _ in .ping }
        return ContinuousClock.now - start
    }

    /// Reads the state.
    /// - Throws: what the device throws.
    public func state() async throws(DevFailed) -> DevState {
        guard case .state(let state) = try await self.call({ _ in .state }) else { throw self.unexpected() }
        return state
    }

    /// Reads the status.
    /// - Throws: what the device throws.
    public func status() async throws(DevFailed) -> String { try await self.string(.status) }

    /// Reads the description of the device, as its class gives it.
    public func deviceDescription() async throws(DevFailed) -> String { try await self.string(.description) }

    /// Returns the name of the admin device of the device's server.
    public func adminName() async throws(DevFailed) -> String { try await self.string(.adminName) }

    /// Returns the name as the device itself reports it.
    public func reportedName() async throws(DevFailed) -> String { try await self.string(.name) }

    func reportedName(deadline: NIODeadline?) async throws(DevFailed) -> String { try await self.string(.name, deadline: deadline) }

    /// Returns class, server, host and interface of the device.
    public func info() async throws(DevFailed) -> DeviceInfo {
        guard case .info(let info) = try await self.call({ .info(version: OperationFamily.info.newest(upTo: $0)) }) else {
            throw self.unexpected()
        }
        return info
    }

    /// Returns the last requests to the device, newest first, as lines of text.
    /// - Throws: `API_BlackBoxArgument`, `API_BlackBoxEmpty`.
    public func blackBox(_ count: Int) async throws(DevFailed) -> [String] {
        guard case .strings(let lines) = try await self.call({ _ in .blackBox(Int32(clamping: count)) }) else { throw self.unexpected() }
        return lines
    }
}
