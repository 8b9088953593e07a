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
    /// Class of devices that name none; the server's last.
    let defaultClass: String?

    var storage: (any DeviceStorage)? { nil }

    func load() async throws -> ServerData {
        var data = ServerData()
        data.devices = self.devices.map { ServerData.DeviceEntry(name: $0.name, deviceClass: $0.deviceClass ?? self.defaultClass ?? "") }
        if self.devices.isEmpty, let defaultClass { data.devices = [ServerData.DeviceEntry(name: "NoName", deviceClass: defaultClass)] }
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

    func load() async throws -> ServerData { self.serverData }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? {
        self.serverData.devices.first { $0.name.tangoFolded == name.folded }?.configuration
    }
}

extension DatabaseLink: StartUpSource {
    var storage: (any DeviceStorage)? { self }

    func configuration(ofDevice name: DeviceName, deviceClass: String) async throws -> DeviceConfiguration? {
        try await self.configuration(of: name.text, deviceClass: deviceClass)
    }
}
