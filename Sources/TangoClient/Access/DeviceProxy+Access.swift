import TangoCore

extension DeviceProxy {
    /// Refuses a command to a user who may only read, unless the device's class allows it to everybody.
    /// - Throws: `API_ReadOnlyMode`.
    @inline(__always)
    func refuseIfReadOnly(command name: String) async throws(DevFailed) {
        guard !self.mayWrite else { return }
        try await self.checkAccess(command: name)
    }

    /// Refuses writing to a user who may only read.
    /// - Throws: `API_ReadOnlyMode`.
    @inline(__always)
    func refuseWriteIfReadOnly() async throws(DevFailed) {
        guard !self.mayWrite else { return }
        try await self.checkAccess(command: nil)
    }

    private func checkAccess(command: String?) async throws(DevFailed) {
        guard let access = self.accessControl else { return }
        let name = self.isDatabase ? try await self.databaseDeviceName() : self.name.tangoFolded
        guard case .read(let failure) = await self.accessRight(access, name) else { return }
        if let command, failure == nil, await access.allows(command, ofClass: try await self.deviceClass()) { return }
        // A device that is not there is the more important news.
        _ = try await self.call { _ in .ping }
        throw AccessControl.refusal(
            command: command, on: name, because: failure, origin: command == nil ? "DeviceProxy" : "Connection")
    }

    private func accessRight(_ access: AccessControl, _ name: String) async -> AccessRight {
        if let right = self.cachedRight { return right }
        let right = await access.right(on: name)
        switch right {
        case .write, .read(because: nil): self.cachedRight = right
        // Asked again, the service may be back.
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
