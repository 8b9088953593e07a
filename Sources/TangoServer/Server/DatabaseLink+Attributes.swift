import TangoClient
import TangoCore

/// What a server asks its database for when an attribute is added to a running device.
extension DatabaseLink {
    func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
        -> AttributePropertySource?
    {
        AttributePropertySource(
            device: try await self.properties("DbGetDeviceAttributeProperty2", of: device, attribute),
            deviceClass: try await self.properties("DbGetClassAttributeProperty2", of: deviceClass, attribute))
    }

    /// The answer: owner, number of attributes, then the attribute with the number of its properties, each with the number of its values.
    private func properties(_ command: String, of owner: String, _ attribute: String) async throws(DevFailed) -> [String: [String]] {
        let answer = try await self.database.strings(command, .stringArray([owner, attribute]))
        var result: [String: [String]] = [:]
        var index = 4
        while index + 1 < answer.count {
            let end = min(index + 2 + max(0, Int(answer[index + 1]) ?? 0), answer.count)
            result[answer[index].tangoFolded] = Array(answer[(index + 2)..<end])
            index = end
        }
        return result
    }
}
