import Foundation
import GRDB
import TangoCore

/// A Tango database in an SQLite file (WAL, `synchronous = FULL`) or in memory.
///
/// Readers run in parallel, writers one after the other; in a file, concurrent writers share the wait for the disk (`GroupCommit`).
final class SQLiteStore: SQLStore {
    private let database: any DatabaseWriter
    /// `nil` in memory, where there is no disk to wait for.
    private let groupCommit: GroupCommit?
    /// Path of the file; `nil` in memory.
    private let path: String?

    /// Opens the file; creates folders, file and content as needed.
    /// - Throws: `DB_SQLError` when the file cannot be opened, is not a database, or was written by a newer version.
    convenience init(path: String, instance: String) throws(DevFailed) {
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var configuration = Self.configuration
            configuration.allowsUnsafeTransactions = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            // The pool sets NORMAL, which may lose the last transactions at a loss of power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try self.init(database: pool, groupCommit: GroupCommit(pool), path: path, instance: instance)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Creates a database that ends with the object.
    /// - Throws: `DB_SQLError`.
    convenience init(inMemoryFor instance: String) throws(DevFailed) {
        do {
            try self.init(database: try DatabaseQueue(configuration: Self.configuration), groupCommit: nil, path: nil, instance: instance)
        } catch {
            throw Self.failure(error)
        }
    }

    private init(database: any DatabaseWriter, groupCommit: GroupCommit?, path: String?, instance: String) throws {
        let migrator = SQLiteSchema.migrator
        if try database.read({ try migrator.hasBeenSuperseded($0) }) {
            throw DevFailed(.databaseSQL, "The database file was written by a newer version")
        }
        try migrator.migrate(database)
        try database.write { try InitialContent.insertDatabaseServer(instance: instance, in: SQLiteConnection($0)) }
        self.database = database
        self.groupCommit = groupCommit
        self.path = path
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "TangoDatabase"
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { try SQLiteExtensions.install(in: $0) }
        return configuration
    }

    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value {
        do {
            return try self.database.read { try body(SQLiteConnection($0)) }
        } catch {
            throw Self.failure(error)
        }
    }

    func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(DevFailed) -> Value {
        func run(_ database: Database) throws -> Value {
            try body(SQLiteConnection(database))
        }
        do {
            return try self.groupCommit?.write(run) ?? self.database.write(run)
        } catch {
            throw Self.failure(error)
        }
    }

    func select(_ query: String, within limit: Duration) throws(DevFailed) -> LongStringArray? {
        do {
            let select = try SQLiteSelect(parsing: query)
            return try self.database.read { try select.run(on: $0, within: limit) }
        } catch {
            throw Self.failure(error)
        }
    }

    func selectAside(_ query: String, within limit: Duration) throws(DevFailed) -> LongStringArray? {
        do {
            let select = try SQLiteSelect(parsing: query)
            return try self.aside().read { try select.run(on: $0, within: limit) }
        } catch {
            throw Self.failure(error)
        }
    }

    /// A connection of its own to the file; in memory, to a copy.
    private func aside() throws -> DatabaseQueue {
        var configuration = Self.configuration
        guard let path = self.path else {
            let copy = try DatabaseQueue(configuration: configuration)
            try self.database.backup(to: copy)
            return copy
        }
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func failure(_ error: any Error) -> DevFailed {
        if let failed = error as? DevFailed { return failed }
        let text = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? String(describing: error)
        return DevFailed(.databaseSQL, text)
    }
}
