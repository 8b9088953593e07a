import TangoCore

/// Properties of a device and its class as the database holds them.
package struct DeviceConfiguration: Sendable {
    /// By name in lower case.
    package var properties: [String: [String]] = [:]
    package var classProperties: [String: [String]] = [:]
    /// By attribute and property, both in lower case.
    package var attributeProperties: [String: [String: [String]]] = [:]
    package var classAttributeProperties: [String: [String: [String]]] = [:]

    package init() {}

    /// Returns the properties of an attribute, in any case.
    func properties(ofAttribute name: String) -> StoredAttributeProperties {
        guard !self.attributeProperties.isEmpty || !self.classAttributeProperties.isEmpty else { return StoredAttributeProperties() }
        let key = name.tangoFolded
        return StoredAttributeProperties(
            device: self.attributeProperties[key] ?? [:], deviceClass: self.classAttributeProperties[key] ?? [:])
    }
}
