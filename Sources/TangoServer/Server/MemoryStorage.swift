import Synchronization
package import TangoCore

/// Devices and their properties in memory, in place of a database: changes are present at the next start of a server.
package final class MemoryStorage: DeviceStorage {
    /// How changes and queries of a running server are answered, for tests of what follows when they are not.
    package enum Availability: Sendable, Hashable {
        case available
        /// Not reached, after this many requests more.
        case away(afterRequests: Int = 0)
        /// Requests are served, but their answers are lost.
        case losesAnswers
    }

    private let data: Mutex<ServerData>
    private let availability = Mutex(Availability.available)

    package init() {
        self.data = Mutex(ServerData())
    }

    /// Sets how requests are answered from now on.
    package func set(_ availability: Availability) { self.availability.withLock { $0 = availability } }

    /// Answers a request, or not.
    func serve<Result>(_ body: () -> Result) throws(DevFailed) -> Result {
        let current = self.availability.withLock { availability in
            defer { if case .away(let count) = availability, count > 0 { availability = .away(afterRequests: count - 1) } }
            return availability
        }
        if case .away(afterRequests: 0) = current {
            throw DevFailed("API_ConnectionRefused", "Nothing listens there").rethrowing(
                .cantConnectToDatabase, "Failed to connect to database")
        }
        let result = body()
        guard current == .losesAnswers else { return result }
        throw DevFailed(.corbaException, "COMM_FAILURE").rethrowing(.communicationFailed, "Failed to execute the call on the database")
    }

    /// Defines a device.
    /// - Parameter attributeProperties: by attribute, then property.
    package func add(
        _ device: String, deviceClass: String, properties: [String: [String]], attributeProperties: [String: [String: [String]]]
    ) {
        var entry = ServerData.DeviceEntry(name: device, deviceClass: deviceClass)
        entry.configuration.properties = properties.foldingKeys()
        entry.configuration.attributeProperties = attributeProperties.mapValues { $0.foldingKeys() }.foldingKeys()
        self.data.withLock { $0.devices.append(entry) }
    }

    package func setClassProperties(_ properties: [String: [String]], of deviceClass: String) {
        self.data.withLock { $0.classProperties[deviceClass.tangoFolded] = properties.foldingKeys() }
    }

    /// Properties of a device, by name in lower case.
    package func properties(of device: String) -> [String: [String]] { self.configuration(of: device)?.properties ?? [:] }

    package func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] {
        try self.serve { self.properties(of: device) }
    }

    package func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
        -> [String: StoredAttributeProperties]?
    {
        nil
    }

    /// Properties of an attribute, by name in lower case.
    package func properties(of device: String, attribute: String) -> [String: [String]] {
        self.configuration(of: device)?.attributeProperties[attribute.tangoFolded] ?? [:]
    }

    private func configuration(of device: String) -> DeviceConfiguration? {
        self.data.withLock { data in
            device.tangoFolded.hasPrefix("dserver/")
                ? data.adminConfiguration : data.devices.first { $0.name.tangoFolded == device.tangoFolded }?.configuration
        }
    }

    /// What a server reads at its start.
    var serverData: ServerData {
        self.data.withLock { data in
            var data = data
            for index in data.devices.indices {
                data.devices[index].configuration.classProperties =
                    data.classProperties[data.devices[index].deviceClass.tangoFolded] ?? [:]
            }
            return data
        }
    }

    private func change(_ device: String, _ body: (inout DeviceConfiguration) -> Void) throws(DevFailed) {
        try self.serve {
            self.data.withLock { data in
                if device.tangoFolded.hasPrefix("dserver/") {
                    body(&data.adminConfiguration)
                } else if let index = data.devices.firstIndex(where: { $0.name.tangoFolded == device.tangoFolded }) {
                    body(&data.devices[index].configuration)
                }
            }
        }
    }

    package func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    {
        try self.change(device) { configuration in
            for property in properties {
                configuration.attributeProperties[attribute.tangoFolded, default: [:]][property.name.tangoFolded] = property.values
            }
        }
    }

    package func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try self.change(device) { configuration in
            for name in names { configuration.attributeProperties[attribute.tangoFolded]?[name.tangoFolded] = nil }
        }
    }

    package func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed) {
        try self.change(device) { $0.attributeProperties[attribute.tangoFolded] = nil }
    }

    package func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try self.change(device) { configuration in
            for property in properties { configuration.properties[property.name.tangoFolded] = property.values }
        }
    }

    package func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {
        try self.change(device) { configuration in
            for name in names { configuration.properties[name.tangoFolded] = nil }
        }
    }
}

extension Dictionary where Key == String {
    /// Returns the dictionary with keys in lower case.
    fileprivate func foldingKeys() -> [String: Value] {
        Dictionary(self.map { ($0.key.tangoFolded, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
