import TangoCore

/// Properties of one attribute as the database has them, and texts that are shown in their place.
package struct StoredAttributeProperties: Sendable {
    /// Of the device, by name in lower case.
    var device: [String: [String]] = [:]
    /// Of the class, by name in lower case.
    var deviceClass: [String: [String]] = [:]
    /// Texts that are shown although the database says otherwise or nothing.
    var shown: [AttributeSetting: String] = [:]

    var isEmpty: Bool { self.device.isEmpty && self.deviceClass.isEmpty }

    /// Only properties with these names.
    func filtered(_ isKept: (String) -> Bool) -> StoredAttributeProperties {
        StoredAttributeProperties(
            device: self.device.filter { isKept($0.key) }, deviceClass: self.deviceClass.filter { isKept($0.key) })
    }
}
