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

    private let engine: any SQLStore
    private let notify: AsyncStream<String>.Continuation

    /// Opens an SQLite file; creates folders, file and content as needed.
    ///
    /// - Parameters:
    ///   - path: path of the file.
    ///   - instance: instance name of the database server.
    /// - Throws: `DB_SQLError` when the file cannot be opened, is not a database, or was written by a newer version.
    public convenience init(path: String, instance: String = "2") throws(DevFailed) {
        self.init(
            engine: try Self.named("DatabaseStore") { () throws(DevFailed) in
                try SQLiteStore(path: path, instance: instance)
            }, instance: instance)
    }

    /// Returns a new database in memory, which ends with the object.
    ///
    /// - Parameter instance: instance name of the database server.
    /// - Throws: `DB_SQLError`.
    public static func inMemory(instance: String = "2") throws(DevFailed) -> DatabaseStore {
        DatabaseStore(
            engine: try Self.named("DatabaseStore") { () throws(DevFailed) in
                try SQLiteStore(inMemoryFor: instance)
            }, instance: instance)
    }

    private init(engine: any SQLStore, instance: String) {
        self.engine = engine
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

    /// Runs a body; its failure gets the origin.
    private static func named<Value>(_ origin: String, _ body: () throws(DevFailed) -> Value)
        throws(DevFailed) -> Value
    {
        do {
            return try body()
        } catch {
            throw DevFailed(errors: error.errors.map { DevError($0.reason, $0.description, origin: origin, severity: $0.severity) })
        }
    }
}
