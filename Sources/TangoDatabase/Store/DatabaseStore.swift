import Synchronization
public import TangoCore

/// The tables of a Tango database, in an SQLite file or in memory.
///
/// A command changes all or nothing. Its changes are on disk when it returns, and survive a crash and a loss of power.
public final class DatabaseStore: Sendable {
    /// Value of attribute `StoredProcedureRelease`, and first element of the answer of `DbGetDataForServerCache`.
    package static let release = "release 1.13"

    /// Instance name of the database server; the device is `sys/database/<instance>`.
    public let instance: String
    /// Local date of opening.
    let startDate: String
    /// Hosts whose Starter must be sent `UpdateServersInfo`, in order of the changes. For one reader; unread elements are kept.
    package let starterNotifications: AsyncStream<String>

    /// Time that a query may take from the commands.
    private static let quickLimit = Duration.milliseconds(100)
    /// Time that a query may take at all.
    private static let queryLimit = Duration.seconds(5)

    /// Path of the file; `nil` in memory.
    let path: String?
    private let engine: any SQLStore
    private let quickQueries = QueryTurns(2)
    private let longQueries = QueryTurns(1)
    private let notify: AsyncStream<String>.Continuation
    /// Held from before the file is opened until a server takes it.
    private let claim: Mutex<FileClaim?>

    /// Opens an SQLite file for a server; creates folders, file and content as needed.
    ///
    /// - Parameters:
    ///   - path: path of the file.
    ///   - instance: instance name of the database server.
    /// - Throws: `DB_SQLError` when another server has the file, when it cannot be opened, is not a database, or was written by a newer
    ///   version.
    public convenience init(path: String, instance: String = "2") throws(DevFailed) {
        // A newer version would change the tables under a running server.
        let claim = try FileClaim(of: path)
        self.init(engine: try Self.open(path, instance), path: path, instance: instance, claim: claim)
    }

    /// Opens an SQLite file that others may have open.
    convenience init(sharing path: String, instance: String = "2") throws(DevFailed) {
        self.init(engine: try Self.open(path, instance), path: path, instance: instance)
    }

    private static func open(_ path: String, _ instance: String) throws(DevFailed) -> SQLiteStore {
        try Self.named("DatabaseStore") { () throws(DevFailed) in
            try SQLiteStore(path: path, instance: instance)
        }
    }

    /// Gives the right to serve the file to a server.
    /// - Returns: `nil` in memory.
    /// - Throws: `DB_SQLError` when another server has it.
    func takeClaim() throws(DevFailed) -> FileClaim? {
        guard let path = self.path else { return nil }
        let held = self.claim.withLock { claim in
            defer { claim = nil }
            return claim
        }
        if let held { return held }
        return try FileClaim(of: path)
    }

    /// Returns a new database in memory, which ends with the object.
    ///
    /// - Parameter instance: instance name of the database server.
    /// - Throws: `DB_SQLError`.
    public static func inMemory(instance: String = "2") throws(DevFailed) -> DatabaseStore {
        DatabaseStore(
            engine: try Self.named("DatabaseStore") { () throws(DevFailed) in
                try SQLiteStore(inMemoryFor: instance)
            }, path: nil, instance: instance)
    }

    private init(engine: any SQLStore, path: String?, instance: String, claim: FileClaim? = nil) {
        self.engine = engine
        self.claim = Mutex(claim)
        self.path = path
        self.instance = instance
        self.startDate = LocalTime.now
        (self.starterNotifications, self.notify) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
    }

    deinit {
        self.notify.finish()
    }

    /// Runs a reading command on a consistent view of the database.
    /// - Throws: `DB_SQLError`, or what the body throws, with `origin`.
    func read<Value>(origin: String, _ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value {
        try Self.named(origin) { () throws(DevFailed) in try self.engine.read(body)
        }
    }

    /// Runs a writing command in a transaction: all or nothing. Starters are notified after the commit.
    /// - Throws: `DB_SQLError`, or what the body throws, with `origin`.
    func write<Value>(origin: String, _ body: (StoreTransaction) throws -> Value) throws(DevFailed) -> Value {
        let (value, hosts) = try Self.named(origin) { () throws(DevFailed) in
            try self.engine.write { connection in
                let transaction = StoreTransaction(connection, instance: self.instance)
                let value = try body(transaction)
                return (value, transaction.hostsToNotify)
            }
        }
        for host in hosts { self.notify.yield(host) }
        return value
    }

    /// Runs a query of a client, written in MariaDB's dialect. Quick ones run beside the commands; one that is not is begun anew aside, one
    /// at a time, so that it keeps no command and no quick query waiting.
    /// - Returns: the values row by row; for each 0 for NULL, otherwise 1, then the number of rows and of columns.
    /// - Throws: `DB_IncorrectArguments` for more than one statement; `DB_SQLError` for anything but a query, beyond the limits of time and
    ///   size, and when too many queries wait. With `origin`.
    func select(_ query: String, origin: String) async throws(DevFailed) -> LongStringArray {
        do {
            let quick = try await self.quickQueries.run { () throws(DevFailed) in
                try self.engine.select(query, within: Self.quickLimit)
            }
            if let quick { return quick }
            let long = try await self.longQueries.run { () throws(DevFailed) in
                try self.engine.selectAside(query, within: Self.queryLimit)
            }
            if let long { return long }
        } catch {
            throw Self.named(origin, error)
        }
        throw DevFailed(.databaseSQL, "The query takes more than \(Self.queryLimit.components.seconds) s", origin: origin)
    }

    /// Runs a body; its failure gets the origin.
    private static func named<Value>(_ origin: String, _ body: () throws(DevFailed) -> Value)
        throws(DevFailed) -> Value
    {
        do {
            return try body()
        } catch {
            throw Self.named(origin, error)
        }
    }

    private static func named(_ origin: String, _ failure: DevFailed) -> DevFailed {
        DevFailed(errors: failure.errors.map { DevError($0.reason, $0.description, origin: origin, severity: $0.severity) })
    }
}
