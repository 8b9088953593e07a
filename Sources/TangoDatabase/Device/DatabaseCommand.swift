package import TangoCore

/// A command of the database device as a value: its description and its body.
package struct DatabaseCommand: Sendable {
    /// Name, types and descriptions.
    package let info: CommandInfo
    /// How a command is executed. Throws `API_IncompatibleCmdArgumentType` and the reasons of RFC-6 (`DB_…`).
    enum Body: Sendable {
        /// At once.
        case direct(@Sendable (CommandTable, CommandData) throws(DevFailed) -> CommandData)
        /// When it is its turn.
        case inTurn(@Sendable (CommandTable, CommandData) async throws(DevFailed) -> CommandData)
    }

    let body: Body
}

extension DatabaseCommand {
    /// All commands except `State`, `Status` and `Init`.
    package static let all: [DatabaseCommand] =
        serverCommands + deviceCommands + exportCommands + listCommands + classListCommands + deviceAliasCommands
        + attributeAliasCommands + propertyCommands + attributePropertyCommands + pipePropertyCommands + historyCommands + eventCommands
        + [serverCache, info, select, resetTimings]

    private static let byName = Dictionary(uniqueKeysWithValues: DatabaseCommand.all.map { ($0.info.name.tangoFolded, $0) })

    /// Returns the command of a name, compared without case; `nil` when there is none.
    package static func named(_ name: String) -> DatabaseCommand? {
        self.byName[name.tangoFolded]
    }

    /// Makes a command that only reads the tables.
    static func reading<Input: CommandConvertible, Output: CommandConvertible>(
        _ name: String, _ input: String, _ output: String, _ body: @escaping @Sendable (any SQLConnection, Input) throws -> Output
    ) -> DatabaseCommand {
        self.general(name, input, output) { (table, argument: Input) throws(DevFailed) -> Output in
            try table.store.read(origin: name) { try body($0, argument) }
        }
    }

    /// Makes a command that changes the tables, in one transaction.
    static func writing<Input: CommandConvertible>(
        _ name: String, _ input: String, _ body: @escaping @Sendable (StoreTransaction, Input) throws -> Void
    ) -> DatabaseCommand {
        self.general(name, input, NoValue.text) { (table, argument: Input) throws(DevFailed) -> NoValue in
            try table.store.write(origin: name) { try body($0, argument) }
            return NoValue()
        }
    }

    /// Makes a command that needs more than the tables.
    static func general<Input: CommandConvertible, Output: CommandConvertible>(
        _ name: String, _ input: String, _ output: String,
        _ body: @escaping @Sendable (CommandTable, Input) throws(DevFailed) -> Output
    ) -> DatabaseCommand {
        DatabaseCommand(
            info: CommandInfo(
                name: name, inType: Input.commandType, outType: Output.commandType, inDescription: input, outDescription: output),
            body: .direct { (table: CommandTable, data: CommandData) throws(DevFailed) -> CommandData in
                try body(table, try Self.argument(data, of: name)).commandData
            })
    }

    /// - Throws: `API_IncompatibleCmdArgumentType`.
    static func argument<Input: CommandConvertible>(_ data: CommandData, of name: String) throws(DevFailed) -> Input {
        guard let argument = Input.inWireForm(data) else {
            throw DevFailed(
                .incompatibleCommandArgument, "\(name) takes \(Input.commandType.name), not \(data.type.name)", origin: name)
        }
        return argument
    }
}
