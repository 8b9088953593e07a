import GRDB
import TangoCore

/// A command of the database device: what it is called, takes and answers, and what it does.
public struct DatabaseCommand: Sendable {
    /// Name, types and descriptions.
    public let info: CommandInfo
    /// Does it. Throws the reasons of RFC-6 commands (`DB_…`).
    public let execute: @Sendable (DatabaseStore, CommandData) throws(DevFailed) -> CommandData
}

extension DatabaseCommand {
    /// All commands, without `State`, `Status` and `Init`.
    public static let all: [DatabaseCommand] =
        serverCommands + deviceCommands + exportCommands + listCommands + classListCommands + deviceAliasCommands
        + attributeAliasCommands + propertyCommands + attributePropertyCommands + pipePropertyCommands + historyCommands + eventCommands
        + [serverCache, info, select, resetTimings]

    private static let byName = Dictionary(uniqueKeysWithValues: DatabaseCommand.all.map { ($0.info.name.tangoFolded, $0) })

    /// The command of that name, in any case.
    public static func named(_ name: String) -> DatabaseCommand? {
        self.byName[name.tangoFolded]
    }

    /// A command that reads the tables only.
    static func reading<Input: CommandValue, Output: CommandValue>(
        _ name: String, _ input: String, _ output: String, _ body: @escaping @Sendable (Database, Input) throws -> Output
    ) -> DatabaseCommand {
        self.general(name, input, output) { (store, argument: Input) throws(DevFailed) -> Output in
            try store.read(origin: name) { try body($0, argument) }
        }
    }

    /// A command that changes the tables, in one transaction.
    static func writing<Input: CommandValue>(
        _ name: String, _ input: String, _ body: @escaping @Sendable (WriteTransaction, Input) throws -> Void
    ) -> DatabaseCommand {
        self.general(name, input, NoValue.text) { (store, argument: Input) throws(DevFailed) -> NoValue in
            try store.write(origin: name) { try body($0, argument) }
            return NoValue()
        }
    }

    /// A command that needs the store itself.
    static func general<Input: CommandValue, Output: CommandValue>(
        _ name: String, _ input: String, _ output: String,
        _ body: @escaping @Sendable (DatabaseStore, Input) throws(DevFailed) -> Output
    ) -> DatabaseCommand {
        DatabaseCommand(
            info: CommandInfo(
                name: name, inType: Input.dataType, outType: Output.dataType, inDescription: input, outDescription: output),
            execute: { (store: DatabaseStore, data: CommandData) throws(DevFailed) -> CommandData in
                guard let argument = Input(data) else {
                    throw DevFailed(
                        .incompatibleCommandArgument, "\(name) takes \(Input.dataType.name), not \(data.type.name)", origin: name)
                }
                return try body(store, argument).data
            })
    }
}

/// A type that database commands take or answer.
protocol CommandValue: Sendable {
    static var dataType: DataType { get }
    init?(_ data: CommandData)
    var data: CommandData { get }
}

/// Nothing.
struct NoValue: CommandValue {
    static let text = "Uninitialised"
    static let dataType = DataType.void

    init() {}

    init?(_ data: CommandData) {
        guard case .void = data else { return nil }
    }

    var data: CommandData { .void }
}

extension String: CommandValue {
    static var dataType: DataType { .string }

    init?(_ data: CommandData) {
        guard case .string(let text) = data else { return nil }
        self = text
    }

    var data: CommandData { .string(self) }
}

extension [String]: CommandValue {
    static var dataType: DataType { .stringArray }

    init?(_ data: CommandData) {
        guard case .stringArray(let texts) = data else { return nil }
        self = texts
    }

    var data: CommandData { .stringArray(self) }
}

extension LongStringArray: CommandValue {
    static var dataType: DataType { .longStringArray }

    init?(_ data: CommandData) {
        guard case .longStringArray(let value) = data else { return nil }
        self = value
    }

    var data: CommandData { .longStringArray(self) }
}
