import TangoCore

/// What a server reads at its start: its devices, and the properties of devices, classes and the control system.
struct ServerData: Sendable {
    struct DeviceEntry: Sendable {
        var name: String
        var deviceClass: String
        var configuration = DeviceConfiguration()
    }

    var devices: [DeviceEntry] = []
    /// Class properties by class in lower case, then property in lower case.
    var classProperties: [String: [String: [String]]] = [:]
    var adminConfiguration = DeviceConfiguration()
    /// Reference of the admin device where the database has it exported.
    var runningAdmin: String?
    var controlSystemProperties: [String: [String]] = [:]

    /// Adds the documentation of a class that the database did not have.
    mutating func document(_ deviceClass: DeviceClass) {
        let key = deviceClass.name.tangoFolded
        for (name, values) in deviceClass.documentation where self.classProperties[key]?[name.tangoFolded] == nil {
            self.classProperties[key, default: [:]][name.tangoFolded] = values
        }
        for index in self.devices.indices where self.devices[index].deviceClass.tangoFolded == key {
            self.devices[index].configuration.classProperties = self.classProperties[key] ?? [:]
        }
    }
}
