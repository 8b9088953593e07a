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
