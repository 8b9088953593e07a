import TangoClient
import TangoCore

/// Names and links of one device's resources.
struct DeviceLinks: Sendable {
    /// The host as the client wrote it, with the port.
    var host: TangoHost
    /// `domain/family/member`, as the database spells it.
    var device: String
    /// URL of the device.
    var url: String

    /// Returns the members every entity of a device begins with.
    func identity(_ name: String) -> JSONObject {
        ["name": .string(name), "host": .string(self.host.description), "device": .string(self.device)]
    }

    func id(_ name: String) -> JSONValue { .string("\(self.host)/\(self.device)/\(name)") }

    /// Returns the URL of a member; the family is `attributes`, `commands` or `pipes`.
    func url(_ family: String, _ name: String) -> String {
        "\(self.url)/\(family)/\(PercentEncoding.encode(name))"
    }
}
