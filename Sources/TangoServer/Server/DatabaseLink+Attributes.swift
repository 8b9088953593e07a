import TangoClient
import TangoCore

/// Reads the properties of attributes that are added to a running device.
extension DatabaseLink {
    /// Attributes of one request: few enough for an answer within a client's time limit.
    private static let attributesAtOnce = 500

    func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
        -> [String: StoredAttributeProperties]?
    {
        var found: [String: StoredAttributeProperties] = [:]
        for start in stride(from: 0, to: attributes.count, by: Self.attributesAtOnce) {
            let names = Array(attributes[start..<min(start + Self.attributesAtOnce, attributes.count)])
            for (attribute, properties) in try await self.properties("DbGetDeviceAttributeProperty2", of: device, names) {
                found[attribute, default: StoredAttributeProperties()].device = properties
            }
            for (attribute, properties) in try await self.properties("DbGetClassAttributeProperty2", of: deviceClass, names) {
                found[attribute, default: StoredAttributeProperties()].deviceClass = properties
            }
        }
        return found
    }

    private func properties(_ command: String, of owner: String, _ attributes: [String]) async throws(DevFailed)
        -> [String: [String: [String]]]
    {
        let answer = try await self.database.strings(command, .stringArray([owner] + attributes))
        return try Self.attributeProperties(answer, of: command)
    }
}
