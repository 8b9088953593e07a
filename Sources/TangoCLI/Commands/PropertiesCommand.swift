import ArgumentParser
import TangoClient
import TangoCore

/// `tango properties`
struct PropertiesCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "properties", abstract: "Show, set or delete properties of a device.",
        discussion: "--set may be repeated; several values of one name are stored in the order given.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @Argument(help: "Properties to show or delete; without names all are shown.")
    var name: [String] = []

    @Option(help: ArgumentHelp("Set a property.", valueName: "name=value"))
    var set: [String] = []

    @Flag(help: "Delete the named properties.")
    var delete = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if self.delete, self.name.isEmpty { throw ValidationError("--delete needs the names of the properties.") }
        if !self.set.isEmpty, self.delete || !self.name.isEmpty {
            throw ValidationError("--set cannot be combined with names or --delete.")
        }
        _ = try Self.assignments(self.set)
    }

    /// Groups `NAME=VALUE` texts by name, compared without case, in the order given.
    static func assignments(_ texts: [String]) throws -> [(name: String, values: [String])] {
        var assignments: [(name: String, values: [String])] = []
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("'\(text)' is not of the form NAME=VALUE.")
            }
            let name = String(text[..<equals])
            let value = String(text[text.index(after: equals)...])
            if let known = assignments.firstIndex(where: { $0.name.tangoFolded == name.tangoFolded }) {
                assignments[known].values.append(value)
            } else {
                assignments.append((name, [value]))
            }
        }
        return assignments
    }

    func perform(_ session: ClientSession) async throws {
        let verb = self.delete ? "delete" : self.set.isEmpty ? "read" : "set"
        let activity = "\(verb) properties of \(self.device)"
        let assignments = try Self.assignments(self.set)
        let proxy = try await session.device(self.device, to: activity)
        guard let database = proxy.database else {
            let failure = DevFailed(.notSupported, "The TRL of the device has no database", origin: "tango properties")
            throw CommandFailure(activity: activity, failure: failure, device: self.device)
        }
        let found = try await session.attempt(activity, device: self.device) {
            () async throws(DevFailed) -> [DatabaseProperty] in
            if self.delete {
                try await database.deleteProperties(ofDevice: proxy.name, names: self.name)
                return []
            }
            if !assignments.isEmpty {
                try await database.putProperties(ofDevice: proxy.name, assignments)
                return assignments.map { DatabaseProperty(name: $0.name, values: $0.values) }
            }
            let known = try await database.propertyNames(ofDevice: proxy.name)
            // The answer of a database spells a name as it was requested.
            let names = self.name.isEmpty ? known : self.name.map { name in known.first { $0.tangoFolded == name.tangoFolded } ?? name }
            return names.isEmpty ? [] : try await database.properties(ofDevice: proxy.name, names: names)
        }
        session.output(Self.table(found, session.terminal), json: Self.json(found))
        let missing = found.filter { $0.values == nil }.map(\.name)
        guard missing.isEmpty else {
            for name in missing { Terminal.printError("tango: \(proxy.name) has no property \(name.printable)") }
            throw ExitCode(1)
        }
    }

    /// Makes a table: on a terminal one line per value, otherwise one line per property with its values in the fields after the name.
    static func table(_ properties: [DatabaseProperty], _ terminal: Terminal) -> Table {
        let defined = properties.compactMap { property in property.values.map { (property.name, $0) } }
        guard terminal.isTerminal else {
            return Table(columns: [], rows: defined.map { name, values in ([name] + values).map { .init($0) } })
        }
        return Table(
            pairs: defined.flatMap { name, values in
                (values.isEmpty ? [""] : values).enumerated().map { ($0.offset == 0 ? name : "", Table.Cell($0.element)) }
            })
    }

    static func json(_ properties: [DatabaseProperty]) -> JSONValue {
        .object(
            properties.map { property in
                .init(property.name, property.values.map { .array($0.map(JSONValue.string)) } ?? .null)
            })
    }
}
