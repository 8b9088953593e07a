import Synchronization
package import TangoCore

/// Devices and their properties in memory, in place of a database: changes are present at the next start of a server.
package final class MemoryStorage: DeviceStorage {
    private let data: Mutex<ServerData>

    package init() {
        self.data = Mutex(ServerData())
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

    package func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { self.properties(of: device) }

    package func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
        -> StoredAttributeProperties?
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

    private func change(_ device: String, _ body: (inout DeviceConfiguration) -> Void) {
        self.data.withLock { data in
            if device.tangoFolded.hasPrefix("dserver/") {
                body(&data.adminConfiguration)
            } else if let index = data.devices.firstIndex(where: { $0.name.tangoFolded == device.tangoFolded }) {
                body(&data.devices[index].configuration)
            }
        }
    }

    package func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    {
        self.change(device) { configuration in
            for property in properties {
                configuration.attributeProperties[attribute.tangoFolded, default: [:]][property.name.tangoFolded] = property.values
            }
        }
    }

    package func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
        self.change(device) { configuration in
            for name in names { configuration.attributeProperties[attribute.tangoFolded]?[name.tangoFolded] = nil }
        }
    }

    package func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        self.change(device) { configuration in
            for property in properties { configuration.properties[property.name.tangoFolded] = property.values }
        }
    }

    package func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {
        self.change(device) { configuration in
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
