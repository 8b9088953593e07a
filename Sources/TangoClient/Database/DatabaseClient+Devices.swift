import NIOCore
public import TangoCore

extension DatabaseClient {
    /// Returns where a device is, by name or alias: `DbImportDevice`.
    /// - Throws: `DB_DeviceNotDefined`.
    public func importDevice(_ name: String) async throws(DevFailed) -> DatabaseImport {
        try await self.importDevice(name, deadline: nil)
    }

    func importDevice(_ name: String, deadline: NIODeadline?) async throws(DevFailed) -> DatabaseImport {
        guard
            case .longStringArray(let answer) = try await self.uncheckedCommand(
                "DbImportDevice", .name(name, .devices), deadline: deadline),
            answer.longs.count >= 2, answer.strings.count >= 5
        else { throw self.wrongAnswer("DbImportDevice") }
        let strings = answer.strings
        return DatabaseImport(
            name: strings[0], isExported: answer.longs[0] != 0, pid: answer.longs[1], ior: strings[1], version: strings[2],
            server: strings[3], host: strings[4], deviceClass: strings.count > 5 ? strings[5] : "")
    }

    /// Returns what the database knows of a device: `DbGetDeviceInfo`.
    /// - Throws: `DB_DeviceNotDefined`.
    public func deviceInfo(_ name: String) async throws(DevFailed) -> DatabaseDeviceInfo {
        guard case .longStringArray(let answer) = try await self.command("DbGetDeviceInfo", .name(name, .devices)),
            answer.longs.count >= 2, answer.strings.count >= 7
        else { throw self.wrongAnswer("DbGetDeviceInfo") }
        let strings = answer.strings
        return DatabaseDeviceInfo(
            name: (try? await self.declaredName(ofDevice: name)) ?? strings[0], isExported: answer.longs[0] != 0, ior: strings[1],
            version: strings[2], pid: answer.longs[1],
            server: strings[3], host: strings[4], deviceClass: strings.count > 7 ? strings[7] : "", started: strings[5], stopped: strings[6]
        )
    }

    /// Returns the name of a device as it was declared; `nil` for a device that is not defined. What the database says of one device has the
    /// name in lower case.
    package func declaredName(ofDevice name: String) async throws(DevFailed) -> String? {
        try await self.declaredName(ofDevice: name, deadline: nil)
    }

    func declaredName(ofDevice name: String, deadline: NIODeadline?) async throws(DevFailed) -> String? {
        let command = "DbGetDeviceWideList"
        guard case .stringArray(let names) = try await self.uncheckedCommand(command, .name(name, .devices), deadline: deadline) else {
            throw self.wrongAnswer(command)
        }
        // The name may be a pattern.
        return names.first { $0.tangoFolded == name.tangoFolded }
    }

    /// Returns names of devices; `*` in the pattern stands for any text.
    public func devices(matching wildcard: String = "*", exportedOnly: Bool = false) async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, exportedOnly ? "DbGetDeviceExportedList" : "DbGetDeviceWideList")
    }

    /// Returns first fields of devices' names; `*` in the pattern stands for any text.
    public func domains(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetDeviceDomainList")
    }

    /// Returns second fields of devices' names; `*` in the pattern stands for any text.
    public func families(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetDeviceFamilyList")
    }

    /// Returns third fields of devices' names; `*` in the pattern stands for any text.
    public func members(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetDeviceMemberList")
    }

    /// Returns servers, as `Executable/instance`; `*` in the pattern stands for any text.
    public func servers(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetServerList")
    }

    /// Returns device classes; `*` in the pattern stands for any text.
    public func classes(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetClassList")
    }

    /// Declares a server `Executable/instance` with its devices.
    public func addServer(_ server: String, devices: [(name: String, deviceClass: String)]) async throws(DevFailed) {
        try await self.command(
            "DbAddServer",
            [.name(server, .servers)] + devices.flatMap { [.name($0.name, .devices), .name($0.deviceClass, .classes)] })
    }

    /// Declares a device of a server.
    public func addDevice(_ device: String, server: String, deviceClass: String) async throws(DevFailed) {
        try await self.command(
            "DbAddDevice", [.name(server, .servers), .name(device, .devices), .name(deviceClass, .classes)])
    }

    /// Removes a device with its properties.
    public func deleteDevice(_ device: String) async throws(DevFailed) {
        try await self.command("DbDeleteDevice", .name(device, .devices))
    }

    /// Removes a server with its devices.
    public func deleteServer(_ server: String) async throws(DevFailed) {
        try await self.command("DbDeleteServer", .name(server, .servers))
    }
}
