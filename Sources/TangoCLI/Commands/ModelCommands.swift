import ArgumentParser
import TangoClient
import TangoCore

/// `tango attributes`
struct AttributesCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "attributes", abstract: "List the attributes of a device.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "list the attributes of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let configs = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
            try await proxy.attributeConfigs()
        }
        session.output(Self.table(configs), json: .array(configs.map(Self.json)))
    }

    static func table(_ configs: [AttributeConfig]) -> Table {
        var table = Table(columns: [
            .init("NAME"), .init("TYPE"), .init("FORMAT"), .init("WRITABLE"), .init("LEVEL"), .init("UNIT"),
            .init("LABEL", isFlexible: true),
            .init("DESCRIPTION", isFlexible: true),
        ])
        table.rows = configs.map { config in
            [
                .init(WireText.shown(config.name), style: .bold), .init(config.typeName, style: .cyan), .init(Self.format(config)),
                .init(config.writable.name), .init(config.level.name), .init(WireText.shown(config.unit)),
                .init(WireText.shown(config.label)), .init(WireText.shown(config.description), style: .dim),
            ]
        }
        return table
    }

    private static func format(_ config: AttributeConfig) -> String {
        switch config.format {
        case .spectrum: "\(config.format.name) \(config.maxDimX)"
        case .image: "\(config.format.name) \(config.maxDimX)x\(config.maxDimY)"
        default: config.format.name
        }
    }

    static func json(_ config: AttributeConfig) -> JSONText {
        .object([
            .init("name", .wire(config.name)),
            .init("type", .string(config.typeName)),
            .init("format", .string(config.format.name)),
            .init("writable", .string(config.writable.name)),
            .init("level", .string(config.level.name)),
            .init("maxDimX", .integer(Int64(config.maxDimX))),
            .init("maxDimY", .integer(Int64(config.maxDimY))),
            .init("memorized", .bool(config.isMemorized)),
            .init("label", .wire(config.label)),
            .init("description", .wire(config.description)),
            .init("unit", .wire(config.unit)),
            .init("standardUnit", .wire(config.standardUnit)),
            .init("displayUnit", .wire(config.displayUnit)),
            .init("displayFormat", .wire(config.displayFormat)),
            .init("minValue", .wire(config.minValue)),
            .init("maxValue", .wire(config.maxValue)),
            .init("minAlarm", .wire(config.alarm.minAlarm)),
            .init("maxAlarm", .wire(config.alarm.maxAlarm)),
            .init("minWarning", .wire(config.alarm.minWarning)),
            .init("maxWarning", .wire(config.alarm.maxWarning)),
            .init("enumLabels", .array(config.enumLabels.map(JSONText.wire))),
        ])
    }
}

extension AttributeConfig {
    /// Name of the type, or its number when unknown.
    var typeName: String { self.type?.name ?? "type \(self.typeNumber)" }
}

/// `tango commands`
struct CommandsCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "commands", abstract: "List the commands of a device.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "list the commands of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let commands = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
            try await proxy.commandList()
        }
        session.output(Self.table(commands), json: .array(commands.map(Self.json)))
    }

    static func table(_ commands: [CommandInfo]) -> Table {
        var table = Table(columns: [
            .init("NAME"), .init("ARGUMENT"), .init("RESULT"), .init("LEVEL"), .init("ARGUMENT IS", isFlexible: true),
            .init("RESULT IS", isFlexible: true),
        ])
        table.rows = commands.map { command in
            [
                .init(WireText.shown(command.name), style: .bold), .init(Self.type(command.inType, command.inTypeNumber), style: .cyan),
                .init(Self.type(command.outType, command.outTypeNumber), style: .cyan), .init(command.level.name),
                .init(WireText.shown(command.inDescription), style: .dim), .init(WireText.shown(command.outDescription), style: .dim),
            ]
        }
        return table
    }

    private static func type(_ type: DataType?, _ number: Int32) -> String { type?.name ?? "type \(number)" }

    static func json(_ command: CommandInfo) -> JSONText {
        .object([
            .init("name", .wire(command.name)),
            .init("argumentType", .string(Self.type(command.inType, command.inTypeNumber))),
            .init("resultType", .string(Self.type(command.outType, command.outTypeNumber))),
            .init("level", .string(command.level.name)),
            .init("argumentDescription", .wire(command.inDescription)),
            .init("resultDescription", .wire(command.outDescription)),
        ])
    }
}

/// `tango properties`
struct PropertiesCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "properties", abstract: "Show, set or delete properties of a device.",
        discussion: "--set may be repeated; a name given several times gets several values, in that order.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @Argument(help: "Properties to show or delete; all when none is named.")
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

    /// `NAME=VALUE` texts grouped by name (without case), in the order given.
    static func assignments(_ texts: [String]) throws -> [(name: String, values: [String])] {
        var assignments: [(name: String, values: [String])] = []
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("'\(text)' is not of the form NAME=VALUE.")
            }
            let name = String(text[..<equals])
            let value = WireText.sent(String(text[text.index(after: equals)...]))
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
            let failure = DevFailed(.notSupported, "The device is addressed without database", origin: "tango properties")
            throw CommandFailure(activity: activity, failure: failure, device: self.device)
        }
        let found = try await session.attempt(activity, device: self.device) {
            () async throws(DevFailed) -> [(name: String, values: [String]?)] in
            if self.delete {
                try await database.deleteProperties(ofDevice: proxy.name, names: self.name)
                return []
            }
            if !assignments.isEmpty {
                try await database.putProperties(ofDevice: proxy.name, assignments)
                return assignments.map { (name: $0.name, values: $0.values) }
            }
            let names = self.name.isEmpty ? try await database.propertyNames(ofDevice: proxy.name) : self.name
            return names.isEmpty ? [] : try await database.properties(ofDevice: proxy.name, names: names)
        }
        session.output(Self.table(found, session.terminal), json: Self.json(found))
        let missing = found.filter { $0.values == nil }.map(\.name)
        guard missing.isEmpty else {
            for name in missing { Terminal.printError("tango: \(proxy.name) has no property \(name.printable)") }
            throw ExitCode(1)
        }
    }

    /// On a terminal a line per value, elsewhere a line per property with its values in the fields after the name.
    static func table(_ properties: [(name: String, values: [String]?)], _ terminal: Terminal) -> Table {
        let defined = properties.compactMap { property in property.values.map { (WireText.shown(property.name), $0.map(WireText.shown)) } }
        guard terminal.isTerminal else {
            return Table(columns: [], rows: defined.map { name, values in ([name] + values).map { .init($0) } })
        }
        return Table(
            pairs: defined.flatMap { name, values in
                (values.isEmpty ? [""] : values).enumerated().map { ($0.offset == 0 ? name : "", Table.Cell($0.element)) }
            })
    }

    static func json(_ properties: [(name: String, values: [String]?)]) -> JSONText {
        .object(
            properties.map { property in
                .init(WireText.shown(property.name), property.values.map { .array($0.map(JSONText.wire)) } ?? .null)
            })
    }
}
