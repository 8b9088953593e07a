import Foundation
import Synchronization
import TangoCore

/// A property file: what a server started with `-file=` uses instead of a database.
///
/// `Server/inst/DEVICE/Class: "d/f/m", …`, `dev->prop: v, …`, `dev/attr->prop: v`, `CLASS/C->prop: v`, `CLASS/C/attr->prop: v`; lists go on
/// behind a comma and a backslash, `#` starts a comment where a statement may begin.
struct PropertyFile: Sendable {
    struct Statement: Sendable, Hashable {
        /// Left of the colon, quotes removed, e.g. `a/b/c->prop`.
        var key: String
        var values: [String]
    }

    var statements: [Statement] = []

    /// - Throws: `ServerStartError` when the file cannot be read.
    init(contentsOf path: String) throws(ServerStartError) {
        guard let text = try? String(contentsOfFile: path, encoding: .isoLatin1) else {
            throw ServerStartError("FILEDATABASE could not open file \(path).")
        }
        self.init(text)
    }

    init(_ text: String) {
        var parser = PropertyFileParser(text)
        while let statement = parser.next() { self.statements.append(statement) }
    }

    func serverData(serverID: String) -> ServerData {
        var data = ServerData()
        let server = serverID.tangoFolded
        var deviceProperties: [String: [String: [String]]] = [:]
        var deviceAttributes: [String: [String: [String: [String]]]] = [:]
        var classAttributes: [String: [String: [String: [String]]]] = [:]
        for statement in self.statements {
            let (owner, property) = Self.split(statement.key)
            let fields = owner.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if let property {
                if fields[0].lowercased() == "class", fields.count == 2 {
                    data.classProperties[fields[1].tangoFolded, default: [:]][property] = statement.values
                } else if fields[0].lowercased() == "class", fields.count == 3 {
                    classAttributes[fields[1].tangoFolded, default: [:]][fields[2].tangoFolded, default: [:]][property] = statement.values
                } else if fields.count == 3 {
                    deviceProperties[owner.tangoFolded, default: [:]][property] = statement.values
                } else if fields.count == 4 {
                    let device = fields[0..<3].joined(separator: "/").tangoFolded
                    deviceAttributes[device, default: [:]][fields[3].tangoFolded, default: [:]][property] = statement.values
                }
            } else if fields.count == 4, fields[2].lowercased() == "device", "\(fields[0])/\(fields[1])".tangoFolded == server {
                for name in statement.values { data.devices.append(ServerData.DeviceEntry(name: name, deviceClass: fields[3])) }
            }
        }
        data.adminConfiguration.properties = deviceProperties["dserver/\(server)"] ?? [:]
        for index in data.devices.indices {
            let (name, deviceClass) = (data.devices[index].name.tangoFolded, data.devices[index].deviceClass.tangoFolded)
            data.devices[index].configuration.properties = deviceProperties[name] ?? [:]
            data.devices[index].configuration.classProperties = data.classProperties[deviceClass] ?? [:]
            data.devices[index].configuration.attributeProperties = deviceAttributes[name] ?? [:]
            data.devices[index].configuration.classAttributeProperties = classAttributes[deviceClass] ?? [:]
        }
        return data
    }

    private static func split(_ key: String) -> (owner: String, property: String?) {
        guard let arrow = key.range(of: "->") else { return (key, nil) }
        return (String(key[..<arrow.lowerBound]), String(key[arrow.upperBound...]).tangoFolded)
    }

    mutating func set(_ key: String, _ values: [String]?) {
        let folded = key.tangoFolded
        let index = self.statements.firstIndex { $0.key.tangoFolded == folded }
        switch (index, values) {
        case (let index?, let values?): self.statements[index].values = values
        case (let index?, nil): self.statements.remove(at: index)
        case (nil, let values?): self.statements.append(Statement(key: key, values: values))
        case (nil, nil): break
        }
    }

    var text: String {
        self.statements.map { statement in
            let indent = ",\\\n" + String(repeating: " ", count: statement.key.count + 2)
            return "\(statement.key): " + statement.values.map(Self.quoted).joined(separator: indent)
        }.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.isEmpty || value.contains { $0 <= " " || $0 == "," || $0 == "\\" || $0 == "\"" || $0 == "#" || $0 == "/" }
        guard needsQuotes else { return value }
        return "\"" + value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}

private struct PropertyFileParser {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        self.characters = Array(text.replacingOccurrences(of: "\r\n", with: "\n"))
    }

    private var current: Character? { self.index < self.characters.count ? self.characters[self.index] : nil }

    private mutating func skipSpace() {
        while let character = self.current, character.isWhitespace { self.index += 1 }
    }

    /// The next statement; lines that make no sense are passed over.
    mutating func next() -> PropertyFile.Statement? {
        while true {
            self.skipSpace()
            guard let first = self.current else { return nil }
            if first == "#" {
                self.skipLine()
                continue
            }
            guard let key = self.key() else {
                self.skipLine()
                continue
            }
            return PropertyFile.Statement(key: key, values: self.values())
        }
    }

    private mutating func skipLine() {
        while let character = self.current, character != "\n" { self.index += 1 }
    }

    private mutating func key() -> String? {
        var key = ""
        while let character = self.current, character != "\n" {
            if character == "\"" {
                key += self.quoted()
                continue
            }
            self.index += 1
            if character == ":" { return key.isEmpty ? nil : key.trimmingCharacters(in: .whitespaces) }
            key.append(character)
        }
        return nil
    }

    private mutating func quoted() -> String {
        var text = ""
        self.index += 1
        while let character = self.current {
            self.index += 1
            if character == "\"" { return text }
            if character == "\\", let escaped = self.current {
                text.append(escaped)
                self.index += 1
            } else {
                text.append(character)
            }
        }
        return text
    }

    private mutating func values() -> [String] {
        var values: [String] = []
        while true {
            while let character = self.current, character == " " || character == "\t" || character == "\\" && self.endsLine {
                self.index += 1
            }
            guard let first = self.current, first != "\n" || !values.isEmpty else { return values }
            if first == "\n" { self.skipSpace() }
            var value = ""
            if self.current == "\"" {
                value = self.quoted()
            } else {
                while let character = self.current, !character.isWhitespace, character != ",", character != "\\" {
                    value.append(character)
                    self.index += 1
                }
            }
            values.append(value)
            while let character = self.current, character == " " || character == "\t" { self.index += 1 }
            guard self.current == "," else { return values }
            self.index += 1
            while let character = self.current, character.isWhitespace || character == "\\" && self.endsLine { self.index += 1 }
        }
    }

    /// Whether only a line end follows the backslash.
    private var endsLine: Bool { self.index + 1 >= self.characters.count || self.characters[self.index + 1].isNewline }
}

/// Keeps the changes of a server started with `-file=` in its file, which is rewritten as a whole (into a new file, then renamed).
final class PropertyFileStorage: DeviceStorage {
    private let path: String
    private let lock = Mutex(())

    init(path: String) {
        self.path = path
    }

    private func change(_ body: (inout PropertyFile) -> Void) throws(DevFailed) {
        let written: Bool = self.lock.withLock { _ in
            guard var file = try? PropertyFile(contentsOf: self.path) else { return false }
            body(&file)
            guard let data = file.text.data(using: .isoLatin1) ?? file.text.data(using: .utf8) else { return false }
            return (try? data.write(to: URL(fileURLWithPath: self.path), options: .atomic)) != nil
        }
        guard written else {
            throw DevFailed("API_CorruptedDatabase", "Cannot write the property file \(self.path)", origin: "PropertyFile")
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

    func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
        -> StoredAttributeProperties?
    {
        StoredAttributeProperties(
            device: try self.properties(of: "\(device)/\(attribute)"),
            deviceClass: try self.properties(of: "CLASS/\(deviceClass)/\(attribute)"))
    }

    func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { try self.properties(of: device) }

    private func properties(of owner: String) throws(DevFailed) -> [String: [String]] {
        let file: PropertyFile
        do {
            file = try self.lock.withLock { _ in try PropertyFile(contentsOf: self.path) }
        } catch {
            throw DevFailed("API_CorruptedDatabase", "Cannot read the property file \(self.path)", origin: "PropertyFile")
        }
        let owner = owner.tangoFolded + "->"
        var properties: [String: [String]] = [:]
        for statement in file.statements where statement.key.tangoFolded.hasPrefix(owner) {
            properties[statement.key.tangoFolded.dropFirst(owner.count).description] = statement.values
        }
        return properties
    }
}
