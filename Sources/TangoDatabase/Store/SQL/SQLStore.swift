import TangoCore

/// A database engine with the tables of a Tango database.
protocol SQLStore: Sendable {
    /// Runs a body on a consistent view of the tables.
    /// - Throws: `DB_SQLError` for a failure of the engine; the body's `DevFailed`.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value

    /// Runs a body in a transaction: it changes all or nothing. Returns when its changes survive a crash.
    /// - Throws: `DB_SQLError` for a failure of the engine; the body's `DevFailed`.
    func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value

    /// Runs a query of a client, written in MariaDB's dialect, beside the commands, which it may keep waiting as long as the limit.
    /// - Returns: the values row by row; for each 0 for NULL, otherwise 1, then the number of rows and of columns. `nil` when the query needs
    ///   more time.
    /// - Throws: `DB_IncorrectArguments` for more than one statement; `DB_SQLError` for anything but a query, and beyond the limits of size.
    func select(_ query: String, within limit: Duration) throws(DevFailed) -> LongStringArray?

    /// Runs a query of a client on a connection of its own, so that it keeps nobody waiting.
    /// - Returns: as `select`.
    /// - Throws: as `select`.
    func selectAside(_ query: String, within limit: Duration) throws(DevFailed) -> LongStringArray?
}
