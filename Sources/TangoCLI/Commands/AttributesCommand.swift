import ArgumentParser
import TangoClient
import TangoCore

/// `tango attributes`
struct AttributesCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "attributes", abstract: "List the attributes of a device.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
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
                .init(config.name, style: .bold), .init(config.typeName, style: .cyan), .init(Self.format(config)),
                .init(config.writable.name), .init(config.level.name), .init(config.unit),
                .init(config.label), .init(config.description, style: .dim),
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

    static func json(_ config: AttributeConfig) -> JSONValue {
        .object([
            .init("name", .string(config.name)),
            .init("type", .string(config.typeName)),
            .init("format", .string(config.format.name)),
            .init("writable", .string(config.writable.name)),
            .init("level", .string(config.level.name)),
            .init("maxDimX", .integer(Int64(config.maxDimX))),
            .init("maxDimY", .integer(Int64(config.maxDimY))),
            .init("memorized", .bool(config.isMemorized)),
            .init("label", .string(config.label)),
            .init("description", .string(config.description)),
            .init("unit", .string(config.unit)),
            .init("standardUnit", .string(config.standardUnit)),
            .init("displayUnit", .string(config.displayUnit)),
            .init("displayFormat", .string(config.displayFormat)),
            .init("minValue", .string(config.minValue)),
            .init("maxValue", .string(config.maxValue)),
            .init("minAlarm", .string(config.alarm.minAlarm)),
            .init("maxAlarm", .string(config.alarm.maxAlarm)),
            .init("minWarning", .string(config.alarm.minWarning)),
            .init("maxWarning", .string(config.alarm.maxWarning)),
            .init("enumLabels", .array(config.enumLabels.map(JSONValue.string))),
        ])
    }
}

extension AttributeConfig {
    /// Name of the type, or its number when unknown.
    var typeName: String { self.type?.name ?? "type \(self.typeNumber)" }
}
