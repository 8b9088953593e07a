import Foundation
import TangoCore

/// A property file: what a server started with `-file=` uses instead of a database (Compatibility 2.10).
///
/// `Server/inst/DEVICE/Class: "d/f/m", …`, `dev->prop: v, …`, `dev/attr->prop: v`, `CLASS/C->prop: v`, `CLASS/C/attr->prop: v`; lists continue
/// behind a comma and a backslash, `#` starts a comment where a statement may begin.
struct PropertyFile: Sendable {
    struct Statement: Sendable, Hashable {
        /// Left of the colon, quotes removed, e.g. `a/b/c->prop`.
        var key: String
        var values: [String]
    }

    var statements: [Statement] = []

    /// - Throws: `ServerStartError` when the file cannot be read or understood.
    init(contentsOf path: String) throws(ServerStartError) {
        guard let text = try? String(contentsOfFile: path, encoding: .isoLatin1) else {
            throw ServerStartError("FILEDATABASE could not open file \(path).")
        }
        try self.init(text, path: path)
    }

    /// - Parameter path: name of the file, for the text of the error.
    /// - Throws: `ServerStartError` with the line that cannot be understood.
    init(_ text: String, path: String) throws(ServerStartError) {
        var parser = PropertyFileParser(text)
        do throws(PropertyFileParser.Failure) {
            while let statement = try parser.next() { self.statements.append(statement) }
        } catch {
            throw ServerStartError("File database: \(error.text) at line \(error.line) in file \(path).")
        }
    }

    /// Returns what the file says about a server.
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

    /// Sets the values of a statement; `nil` removes it.
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

    /// The file's text.
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
