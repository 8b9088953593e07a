import GRDB
import TangoCore

/// A connection to SQLite, within a transaction of GRDB.
struct SQLiteConnection: SQLConnection {
    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    func run(_ sql: String, _ arguments: [SQLValue]) throws {
        try self.database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    func forEachRow(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        let cursor = try Row.fetchCursor(try self.database.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
        while let row = try cursor.next(), try body(SQLiteRow(row: row)) {}
    }
}

/// A row of a GRDB cursor.
struct SQLiteRow: SQLRow {
    let row: Row

    var count: Int { self.row.count }
    func optionalText(_ column: Int) -> String? { (self.row[column] as String?)?.restored }
    func number(_ column: Int) -> Int64 { (self.row[column] as Int64?) ?? 0 }
}

extension SQLValue: DatabaseValueConvertible {
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .text(let text): text.stored.databaseValue
        case .integer(let number): number.databaseValue
        }
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> SQLValue? {
        switch value.storage {
        case .null: .null
        case .string(let text): .text(text.restored)
        case .int64(let number): .integer(number)
        case .double, .blob: nil
        }
    }
}
