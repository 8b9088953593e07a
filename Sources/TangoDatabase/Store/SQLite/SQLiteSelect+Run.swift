import GRDB
import GRDBSQLite
import TangoCore

extension SQLiteSelect {
    /// Limits of a query: number of values, size of the answer.
    private static let valueLimit = 1_000_000
    private static let byteLimit = 64 << 20

    /// Runs the query.
    /// - Returns: `nil` when the time is over.
    /// - Throws: `DB_SQLError` for a statement that is not a query, and when a limit of size is reached.
    func run(on database: Database, within limit: Duration) throws -> LongStringArray? {
        var deadline = ContinuousClock.now + limit
        return try withUnsafeMutablePointer(to: &deadline) { deadline in
            sqlite3_progress_handler(
                database.sqliteConnection, 1000,
                { $0?.assumingMemoryBound(to: ContinuousClock.Instant.self).pointee ?? .now < .now ? 1 : 0 },
                deadline)
            defer { sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil) }
            do {
                return try self.values(from: database)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
                return nil
            }
        }
    }

    private func values(from database: Database) throws -> LongStringArray {
        let statement = try database.makeStatement(sql: self.sql)
        guard statement.isReadonly else { throw DevFailed(.databaseSQL, "Only queries are executed") }
        let columns = statement.columnCount
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(self.literals.map { SQLValue.text($0) }))
        var answer = LongStringArray()
        var rows: Int32 = 0
        var bytes = 0
        while let row = try cursor.next() {
            rows += 1
            for column in 0..<columns {
                let text = SQLiteRow(row: row).optionalText(column)
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
