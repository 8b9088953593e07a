import TangoClient
import TangoCore

/// Reads the properties of an attribute that is added to a running device.
extension DatabaseLink {
    func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
        -> StoredAttributeProperties?
    {
        StoredAttributeProperties(
            device: try await self.properties("DbGetDeviceAttributeProperty2", of: device, attribute),
            deviceClass: try await self.properties("DbGetClassAttributeProperty2", of: deviceClass, attribute))
    }

    private func properties(_ command: String, of owner: String, _ attribute: String) async throws(DevFailed) -> [String: [String]] {
        let answer = try await self.database.strings(command, .stringArray([owner, attribute]))
        return try Self.attributeProperties(answer, of: command)[attribute.tangoFolded] ?? [:]
    }
}
