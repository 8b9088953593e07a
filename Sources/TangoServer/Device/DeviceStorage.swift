package import TangoCore

/// The store of a device's properties while it runs: a database, a property file, or memory.
package protocol DeviceStorage: Sendable {
    func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed)
    /// Deletes all properties of an attribute.
    func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed)
    func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed)
    func deleteProperties(_ device: String, names: [String]) async throws(DevFailed)
    /// Reads the properties of a device as they are now, by name in lower case.
    func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]]
    /// Reads the properties of attributes as they are now, by name in lower case.
    /// - Returns: those of the attributes that have any, by attribute in lower case; `nil` if nobody but the server changes them.
    func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
        -> [String: StoredAttributeProperties]?
}
