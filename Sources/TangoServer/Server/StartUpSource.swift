import TangoCore

/// Where the devices of a server and their properties come from.
protocol StartUpSource: Sendable {
    /// Stores what changes while the server runs; `nil` where nothing outlives the process.
    var storage: (any DeviceStorage)? { get }

    /// Reads everything the server starts with.
    /// - Throws: `ServerStartError` where the server cannot start with it.
    func load() async throws -> ServerData

    /// Reads the properties of one device anew, for DevRestart.
    /// - Returns: `nil` where they can only be those that the device has.
    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration?
}

/// `-nodb`: the devices that the command line names, without properties.
struct CommandLineSource: StartUpSource {
    let devices: [ServerArguments.NamedDevice]
    /// Classes of the server; devices that name none are of the last.
    let classes: [String]

    var storage: (any DeviceStorage)? { nil }

    func load() async throws -> ServerData {
        var data = ServerData()
        data.devices = self.devices.map { ServerData.DeviceEntry(name: $0.name, deviceClass: $0.deviceClass ?? self.classes.last ?? "") }
        guard self.devices.isEmpty else { return data }
        data.devices = self.classes.map { ServerData.DeviceEntry(name: DeviceName.unnamed.text, deviceClass: $0) }
        // Two of that name cannot be: cppTango 9.3.4 and 10.3 end with this error.
        guard self.classes.count < 2 else {
            throw ServerStartError("API_CantGetDevObjectId: Can't get CORBA reference Id for device \(DeviceName.unnamed)")
        }
        return data
    }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? { nil }
}

/// `-file=`: a property file.
struct FileSource: StartUpSource {
    let path: String
    let serverID: String
    let storage: (any DeviceStorage)?

    init(path: String, serverID: String) {
        self.path = path
        self.serverID = serverID
        self.storage = PropertyFileStorage(path: path)
    }

    func load() async throws -> ServerData {
        let data = try PropertyFile(contentsOf: self.path).serverData(serverID: self.serverID)
        guard Set(data.devices.map { $0.name.tangoFolded }).count == data.devices.count else {
            throw ServerStartError("Each device must have different name")
        }
        return data
    }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? { nil }
}

extension MemoryStorage: StartUpSource {
    var storage: (any DeviceStorage)? { self }

    func load() async throws -> ServerData { try self.serve { self.serverData } }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? {
        try self.serve { self.serverData.devices.first { $0.name.tangoFolded == name.folded }?.configuration }
    }
}

extension DatabaseLink: StartUpSource {
    var storage: (any DeviceStorage)? { self }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? {
        try await self.configuration(of: name.text, deviceClass: deviceClass)
    }
}

extension DeviceName {
    /// Name of the device of a server without a database that names none; no client can address it (cppTango 9.3.4).
    static let unnamed = DeviceName(unchecked: "NoName")
}
