import TangoCore
import TangoWire

extension DeviceProxy {
    /// Refuses a command to a user who may only read, unless the device's class allows it to all users.
    /// - Throws: `API_ReadOnlyMode`.
    @inline(__always)
    func refuseIfReadOnly(command name: String) async throws(DevFailed) {
        guard !self.rights.mayWrite else { return }
        try await self.checkAccess(command: name)
    }

    /// Refuses writing to a user who may only read.
    /// - Throws: `API_ReadOnlyMode`.
    @inline(__always)
    func refuseWriteIfReadOnly() async throws(DevFailed) {
        guard !self.rights.mayWrite else { return }
        try await self.checkAccess(command: nil)
    }

    private func checkAccess(command: String?) async throws(DevFailed) {
        guard let access = self.accessControl else { return }
        let name = self.isDatabase ? try await self.databaseDeviceName() : self.name.tangoFolded
        guard case .read(let failure) = await self.accessRight(access, name) else { return }
        if let command, failure == nil, await access.allows(command, ofClass: try await self.deviceClass()) { return }
        // A device that does not answer fails with that, not with the missing right.
        _ = try await self.call { _ in .ping }
        throw AccessControl.refusal(
            command: command, on: name, because: failure, origin: command == nil ? "DeviceProxy" : "Connection")
    }

    private func accessRight(_ access: AccessControl, _ name: String) async -> AccessRight {
        let (known, period) = self.rights.current
        if let known { return known }
        let right = await access.right(on: name)
        switch right {
        case .write, .read(because: nil): self.rights.keep(right, queriedIn: period)
        // The service did not answer; it may be back at the next call.
        case .read: break
        }
        return right
    }

    private func deviceClass() async throws(DevFailed) -> String {
        if self.isDatabase { return "Database" }
        guard let database = self.database else { return "" }
        return try await database.deviceClass(of: self.name)
    }

    private func databaseDeviceName() async throws(DevFailed) -> String {
        // The proxy is made before its name is known.
        self.name.contains("/") ? self.name.tangoFolded : try await self.reportedName().tangoFolded
    }
}
