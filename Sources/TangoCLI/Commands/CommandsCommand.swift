import ArgumentParser
import TangoClient
import TangoCore

/// `tango commands`
struct CommandsCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "commands", abstract: "List the commands of a device.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
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
                .init(command.name, style: .bold), .init(Self.type(command.inType, command.inTypeNumber), style: .cyan),
                .init(Self.type(command.outType, command.outTypeNumber), style: .cyan), .init(command.level.name),
                .init(command.inDescription, style: .dim), .init(command.outDescription, style: .dim),
            ]
        }
        return table
    }

    private static func type(_ type: DataType?, _ number: Int32) -> String { type?.name ?? "type \(number)" }

    static func json(_ command: CommandInfo) -> JSONValue {
        .object([
            .init("name", .string(command.name)),
            .init("argumentType", .string(Self.type(command.inType, command.inTypeNumber))),
            .init("resultType", .string(Self.type(command.outType, command.outTypeNumber))),
            .init("level", .string(command.level.name)),
            .init("argumentDescription", .string(command.inDescription)),
            .init("resultDescription", .string(command.outDescription)),
        ])
    }
}
