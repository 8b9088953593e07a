import NIOCore
public import TangoCore
import TangoWire

extension DeviceProxy {
    /// Returns the commands of the device.
    public func commandList() async throws(DevFailed) -> [CommandInfo] {
        let result = try await self.call { .commandList(version: OperationFamily.commandList.newest(upTo: $0)) }
        guard case .commandInfos(let infos) = result else { throw self.unexpected() }
        return infos
    }

    /// Returns types and texts of a command.
    /// - Throws: `API_CommandNotFound`.
    public func commandInfo(_ name: String) async throws(DevFailed) -> CommandInfo {
        let result = try await self.call { .commandInfo(name, version: OperationFamily.commandInfo.newest(upTo: $0)) }
        guard case .commandInfo(let info) = result else { throw self.unexpected() }
        return info
    }

    /// Executes a command.
    /// - Returns: what the command answers, `.void` when it has no result.
    /// - Throws: `API_ReadOnlyMode` when the user may only read, `API_DeviceLocked`, `API_CommandNotFound`,
    ///   `API_IncompatibleCmdArgumentType`, `API_CommandNotAllowed`, what the device throws.
    @discardableResult
    public func command(_ name: String, _ argument: CommandData = .void) async throws(DevFailed) -> CommandData {
        try await self.refuseIfReadOnly(command: name)
        return try await self.uncheckedCommand(name, argument)
    }

    /// Executes a command that the library needs for itself, whatever the user may do.
    func uncheckedCommand(_ name: String, _ argument: CommandData, deadline: NIODeadline? = nil) async throws(DevFailed) -> CommandData {
        let result = try await self.call(deadline: deadline) { version in
            .command(
                name, argument, source: .cacheDevice, identity: version >= 4 ? Self.identity(version) : nil,
                version: OperationFamily.command.newest(upTo: version))
        }
        guard case .command(let data) = result else { throw self.unexpected() }
        return data
    }
}
