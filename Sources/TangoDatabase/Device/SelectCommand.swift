import GRDB
import GRDBSQLite
import TangoCore

extension DatabaseCommand {
    static let select = reading(
        "DbMySqlSelect", "one SELECT statement on the tables of the database",
        "texts: values row by row; numbers: 0 for each NULL else 1, then number of rows, number of columns"
    ) { (db, sql: String) -> LongStringArray in
        let query = try SelectStatement(parsing: sql)
        return try query.run(on: db)
    }
}

extension SelectStatement {
    /// Longest time and largest answer of a query.
    private static let timeLimit = Duration.seconds(5)
    private static let valueLimit = 1_000_000
    private static let byteLimit = 64 << 20

    /// Runs the query.
    /// - Throws: `DB_SQLError` for what is no read, and when a limit is reached.
    func run(on db: Database) throws -> LongStringArray {
        var deadline = ContinuousClock.now + Self.timeLimit
        return try withUnsafeMutablePointer(to: &deadline) { deadline in
            sqlite3_progress_handler(
                db.sqliteConnection, 1000, { $0?.assumingMemoryBound(to: ContinuousClock.Instant.self).pointee ?? .now < .now ? 1 : 0 },
                deadline)
            defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
            return try self.values(from: db)
        }
    }

    private func values(from db: Database) throws -> LongStringArray {
        let statement = try db.makeStatement(sql: self.sql)
        guard statement.isReadonly else { throw DevFailed(.databaseSQL, "Only queries are executed") }
        let columns = statement.columnCount
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(self.literals.map { DatabaseValue.text($0) }))
        var answer = LongStringArray()
        var rows: Int32 = 0
        var bytes = 0
        while let row = try cursor.next() {
            rows += 1
            for column in 0..<columns {
                let text = row.optionalText(column)
                answer.longs.append(text == nil ? 0 : 1)
                answer.strings.append(text ?? "")
                bytes += text?.utf8.count ?? 0
            }
            guard answer.strings.count <= Self.valueLimit, bytes <= Self.byteLimit else {
                throw DevFailed(.databaseSQL, "The result is too large")
            }
        }
        answer.longs += [rows, Int32(clamping: columns)]
        return answer
    }
}
