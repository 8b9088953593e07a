import TangoCore

/// A connection to a database engine within a transaction, for SQL that all engines understand.
///
/// Statements are prepared once per connection, so their texts should not contain values.
protocol SQLConnection {
    /// Runs a statement.
    func run(_ sql: String, _ arguments: [SQLValue]) throws

    /// Runs a query and passes its rows to `body`, in order, until that returns `false`.
    func forEachRow(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool)
        throws
}

extension SQLConnection {
    /// Runs a statement without parameters.
    func run(_ sql: String) throws {
        try self.run(sql, [])
    }

    /// Runs a query and passes all its rows to `body`, in order.
    func each(_ sql: String, _ arguments: [SQLValue] = [], _ body: (any SQLRow) throws -> Void) throws {
        try self.forEachRow(sql, arguments) { row in
            try body(row)
            return true
        }
    }

    /// Runs a query and decodes all its rows; for many rows, `each` is faster.
    func rows<Value>(_ sql: String, _ arguments: [SQLValue] = [], _ decode: (any SQLRow) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try self.each(sql, arguments) { values.append(try decode($0)) }
        return values
    }

    /// Runs a query and decodes its first row; `nil` when there is none.
    func first<Value>(_ sql: String, _ arguments: [SQLValue] = [], _ decode: (any SQLRow) throws -> Value) throws -> Value? {
        var value: Value?
        try self.forEachRow(sql, arguments) { row in
            value = try decode(row)
            return false
        }
        return value
    }

    /// Runs a query and returns all columns of all rows, one after the other.
    func texts(_ sql: String, _ arguments: [SQLValue] = []) throws -> [String] {
        var texts: [String] = []
        try self.each(sql, arguments) { row in
            for column in 0..<row.count { texts.append(row.text(column)) }
        }
        return texts
    }

    /// Returns whether a query has a row.
    func exists(_ sql: String, _ arguments: [SQLValue] = []) throws -> Bool {
        try self.first(sql, arguments) { _ in true } ?? false
    }
}
