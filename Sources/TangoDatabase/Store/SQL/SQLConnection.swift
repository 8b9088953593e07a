import GRDB

extension DatabaseValue {
    static func text(_ text: String) -> DatabaseValue { text.stored.databaseValue }
    static func number(_ number: some BinaryInteger) -> DatabaseValue { Int64(clamping: number).databaseValue }
}

extension Row {
    /// Text of a column, empty for NULL.
    func text(_ index: Int) -> String { self.optionalText(index) ?? "" }

    /// Text of a column, `nil` for NULL.
    func optionalText(_ index: Int) -> String? { (self[index] as String?)?.restored }

    /// Number of a column, 0 for NULL.
    func number(_ index: Int) -> Int64 { (self[index] as Int64?) ?? 0 }
}

extension Database {
    /// Runs a statement, prepared once per connection.
    func run(_ sql: String, _ arguments: [DatabaseValue] = []) throws {
        try self.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    /// What `decode` makes of each row.
    func rows<Value>(_ sql: String, _ arguments: [DatabaseValue] = [], _ decode: (Row) throws -> Value) throws -> [Value] {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
        var values: [Value] = []
        while let row = try cursor.next() {
            values.append(try decode(row))
        }
        return values
    }

    /// What `decode` makes of the first row.
    func first<Value>(_ sql: String, _ arguments: [DatabaseValue] = [], _ decode: (Row) throws -> Value) throws -> Value? {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
        return try cursor.next().map(decode)
    }

    /// All columns of all rows, one after the other.
    func texts(_ sql: String, _ arguments: [DatabaseValue] = []) throws -> [String] {
        let statement = try self.cachedStatement(sql: sql)
        let columns = statement.columnCount
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var texts: [String] = []
        while let row = try cursor.next() {
            for column in 0..<columns { texts.append(row.text(column)) }
        }
        return texts
    }

    /// Whether there is a row.
    func exists(_ sql: String, _ arguments: [DatabaseValue] = []) throws -> Bool {
        try self.first(sql, arguments) { _ in true } ?? false
    }
}
