import TangoClient
import TangoCore

/// The commands that a server sends to its database, as recorded of cppTango 9.3.4 (Compatibility W13).
struct DatabaseLink: DeviceStorage {
    let database: DatabaseClient
    let serverID: String
    let hostName: String
    let loadsDevicesIndividually: Bool

    /// Requests under way at once: enough for a database to write changes together, few enough for one that serves many servers.
    static let requestsAtOnce = 32

    /// Everything about the server in one request; single requests where that is wanted, or the database does not have that command.
    /// - Throws: `ServerStartError` when the server is not defined.
    func load() async throws -> ServerData {
        try await self.database.introduce()
        let proxy = try await self.database.device()
        _ = try? await proxy.readAttributes(["StoredProcedureRelease"], source: .device)
        if self.loadsDevicesIndividually { return try await self.loadOneByOne() }
        let items: [String]
        do {
            items = try await self.database.serverData(of: self.serverID, host: "\(self.hostName)%%10")
        } catch  where error.errors.contains(where: { Self.unreachable.contains($0.reason) }) {
            throw error
        } catch {
            return try await self.loadOneByOne()
        }
        var parser = ServerCacheParser(items)
        guard let data = try parser.parse() else { throw self.notDefined }
        self.database.adopt(services: data.controlSystemProperties["services"] ?? [])
        return data
    }

    private static let unreachable: Set<ErrorReason> = [.communicationFailed, .deviceTimedOut, .cantConnectToDatabase, .shutdownInProgress]

    private var notDefined: ServerStartError {
        ServerStartError("The device server \(self.serverID) is not defined in database. Exiting!")
    }

    private func loadOneByOne() async throws -> ServerData {
        // Each with its class behind it.
        let pairs = try await self.database.deviceClasses(ofServer: self.serverID)
        var entries: [ServerData.DeviceEntry] = []
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            entries.append(ServerData.DeviceEntry(name: pairs[index], deviceClass: pairs[index + 1]))
        }
        guard !entries.isEmpty else { throw self.notDefined }
        var classes: [String: DeviceConfiguration] = [:]
        for name in Set(entries.map(\.deviceClass)) {
            classes[name.tangoFolded] = try await self.completed(DeviceConfiguration(), withClass: name)
        }
        let known = classes
        entries = try await entries.concurrentMap(atMost: Self.requestsAtOnce) { entry in
            var entry = entry
            let configuration = known[entry.deviceClass.tangoFolded] ?? DeviceConfiguration()
            entry.configuration = try await self.completed(configuration, withDevice: entry.name)
            return entry
        }
        var data = ServerData()
        data.classProperties = classes.mapValues(\.classProperties)
        data.devices = entries.filter { $0.deviceClass.tangoFolded != "dserver" }
        if let admin = entries.first(where: { $0.deviceClass.tangoFolded == "dserver" }) {
            data.adminConfiguration = admin.configuration
            if let known = try? await self.database.importDevice(admin.name), known.isExported { data.runningAdmin = known.ior }
        }
        let names = (try? await self.database.strings("DbGetPropertyList", .stringArray(["CtrlSystem", "*"]))) ?? []
        for property in names.isEmpty ? [] : try await self.database.properties(ofObject: "CtrlSystem", names: names) {
            data.controlSystemProperties[property.name.tangoFolded] = property.values
        }
        self.database.adopt(services: data.controlSystemProperties["services"] ?? [])
        return data
    }

    func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] {
        let names = try await self.database.propertyNames(ofDevice: device)
        guard !names.isEmpty else { return [:] }
        var properties: [String: [String]] = [:]
        for property in try await self.database.properties(ofDevice: device, names: names) {
            properties[property.name.tangoFolded] = property.values
        }
        return properties
    }

    private func completed(_ configuration: DeviceConfiguration, withDevice device: String) async throws -> DeviceConfiguration {
        var configuration = configuration
        configuration.properties = try await self.properties(ofDevice: device)
        configuration.attributeProperties = try await self.attributeProperties(
            "DbGetDeviceAttributeList", "DbGetDeviceAttributeProperty2", device)
        return configuration
    }

    private func completed(_ configuration: DeviceConfiguration, withClass name: String) async throws -> DeviceConfiguration {
        var configuration = configuration
        let names = (try? await self.database.strings("DbGetClassPropertyList", .string(name))) ?? []
        if !names.isEmpty {
            for property in try await self.database.properties(ofClass: name, names: names) {
                configuration.classProperties[property.name.tangoFolded] = property.values
            }
        }
        configuration.classAttributeProperties = try await self.attributeProperties(
            "DbGetClassAttributeList", "DbGetClassAttributeProperty2", name)
        return configuration
    }

    private func attributeProperties(_ listCommand: String, _ getCommand: String, _ owner: String) async throws -> [String: [String:
        [String]]]
    {
        let names = (try? await self.database.strings(listCommand, .stringArray([owner, "*"]))) ?? []
        guard !names.isEmpty else { return [:] }
        return try Self.attributeProperties(try await self.database.strings(getCommand, .stringArray([owner] + names)), of: getCommand)
    }

    /// The properties of attributes, by attribute and property in lower case.
    static func attributeProperties(_ answer: [String], of command: String) throws(DevFailed) -> [String: [String: [String]]] {
        var result: [String: [String: [String]]] = [:]
        for attribute in try FlatAnswer.attributes(answer, of: command) {
            for property in attribute.properties {
                result[attribute.name.tangoFolded, default: [:]][property.name.tangoFolded] = property.values
            }
        }
        return result
    }

    /// Properties of one device, read anew for a restart.
    func configuration(of device: String, deviceClass: String) async throws -> DeviceConfiguration {
        try await self.completed(try await self.completed(DeviceConfiguration(), withClass: deviceClass), withDevice: device)
    }

    func export(device: String, ior: String, pid: Int32, version: Int) async throws(DevFailed) {
        try await self.database.command(
            "DbExportDevice", .stringArray([device, ior, self.hostName, String(pid), String(version)]))
    }

    func unexportServer() async throws(DevFailed) {
        try await self.database.command("DbUnExportServer", .string(self.serverID))
    }

    func unexportEventChannel() async throws(DevFailed) {
        try await self.database.command("DbUnExportEvent", .string("DServer/\(self.serverID)"))
    }

    /// Writes the class's documentation where the database has none.
    func putDocumentation(of deviceClass: DeviceClass, existing: [String: [String]]) async throws(DevFailed) {
        let missing = deviceClass.documentation.filter { existing[$0.key.tangoFolded] == nil }.sorted { $0.key < $1.key }
        guard !missing.isEmpty else { return }
        try await self.database.putProperties(ofClass: deviceClass.name, missing.map { (name: $0.key, values: $0.value) })
    }

    func forgetPollingThreads() async throws(DevFailed) {
        try await self.database.deleteProperties(ofDevice: "dserver/\(self.serverID)", names: ["polling_threads_pool_conf"])
    }

    func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    {
        try await self.database.putAttributeProperties(ofDevice: device, attribute: attribute, properties)
    }

    func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try await self.database.deleteAttributeProperties(ofDevice: device, attribute: attribute, names: names)
    }

    func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed) {
        try await self.database.command("DbDeleteAllDeviceAttributeProperty", .stringArray([device, attribute]))
    }

    func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.database.putProperties(ofDevice: device, properties)
    }

    func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {
        try await self.database.deleteProperties(ofDevice: device, names: names)
    }
}
