import TangoCore

/// A database engine with the tables of a Tango database.
protocol SQLStore: Sendable {
    /// Runs a body on a consistent view of the tables.
    /// - Throws: `DB_SQLError` for a failure of the engine; the body's `DevFailed`.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value

    /// Runs a body in a transaction: it changes all or nothing. Returns when its changes survive a crash.
    /// - Throws: `DB_SQLError` for a failure of the engine; the body's `DevFailed`.
    func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value
}
