import Foundation
import Synchronization
import TangoCore

/// Stores the changes of a server started with `-file=` in its file, which is replaced by a new one.
final class PropertyFileStorage: DeviceStorage {
    private let path: String
    private let lock = Mutex(())

    init(path: String) {
        self.path = path
    }

    private func change(_ body: (inout PropertyFile) -> Void) throws(DevFailed) {
        try self.lock.withLock { (_) throws(DevFailed) in
            var file = try self.read()
            body(&file)
            guard let data = file.text.data(using: .isoLatin1) ?? file.text.data(using: .utf8),
                (try? data.write(to: URL(fileURLWithPath: self.path), options: .atomic)) != nil
            else {
                throw DevFailed("API_CorruptedDatabase", "Cannot write the property file \(self.path)", origin: "PropertyFile")
            }
        }
    }

    /// - Throws: `API_CorruptedDatabase` when the file cannot be read or understood: nothing in it may then be overwritten.
    private func read() throws(DevFailed) -> PropertyFile {
        do throws(ServerStartError) {
            return try PropertyFile(contentsOf: self.path)
        } catch {
            throw DevFailed("API_CorruptedDatabase", error.description, origin: "PropertyFile")
        }
    }

    func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
        async throws(DevFailed)
    {
        try self.change { file in for property in properties { file.set("\(device)/\(attribute)->\(property.name)", property.values) } }
    }

    func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try self.change { file in for name in names { file.set("\(device)/\(attribute)->\(name)", nil) } }
    }

    func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try self.change { file in for property in properties { file.set("\(device)->\(property.name)", property.values) } }
    }

    func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {
        try self.change { file in for name in names { file.set("\(device)->\(name)", nil) } }
    }

    func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed) {
        let owner = "\(device)/\(attribute)->".tangoFolded
        try self.change { file in file.statements.removeAll { $0.key.tangoFolded.hasPrefix(owner) } }
    }

    func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
        -> [String: StoredAttributeProperties]?
    {
        var found: [String: StoredAttributeProperties] = [:]
        for attribute in attributes {
            found[attribute.tangoFolded] = StoredAttributeProperties(
                device: try self.properties(of: "\(device)/\(attribute)"),
                deviceClass: try self.properties(of: "CLASS/\(deviceClass)/\(attribute)"))
        }
        return found
    }

    func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { try self.properties(of: device) }

    private func properties(of owner: String) throws(DevFailed) -> [String: [String]] {
        let file = try self.lock.withLock { (_) throws(DevFailed) in try self.read() }
        let owner = owner.tangoFolded + "->"
        var properties: [String: [String]] = [:]
        for statement in file.statements where statement.key.tangoFolded.hasPrefix(owner) {
            properties[statement.key.tangoFolded.dropFirst(owner.count).description] = statement.values
        }
        return properties
    }
}
