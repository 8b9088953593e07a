import TangoCore

extension DatabaseCommand {
    private static let name = "DbMySqlSelect"

    static let select = DatabaseCommand(
        info: CommandInfo(
            name: name, inType: .string, outType: .longStringArray,
            inDescription: "one SELECT statement on the tables of the database",
            outDescription: "texts: values row by row; numbers: 0 for each NULL else 1, then number of rows, number of columns"),
        body: .inTurn { (table: CommandTable, data: CommandData) async throws(DevFailed) -> CommandData in
            .longStringArray(try await table.store.select(try Self.argument(data, of: Self.name), origin: Self.name))
        })
}
