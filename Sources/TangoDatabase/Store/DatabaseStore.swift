import Foundation
import GRDB
import Synchronization
import TangoCore

/// The tables of a Tango database, in an SQLite file or in memory.
///
/// A command changes all or nothing. What it changed is on disk when it returns, and survives a crash and loss of power. Commands that
/// come at the same time share the wait for the disk (`GroupCommit`).
public final class DatabaseStore: Sendable {
    /// Answer of attribute `StoredProcedureRelease`, and of the cache command.
    public static let release = "release 1.13"

    /// Instance name of the database server; the device is `sys/database/<instance>`.
    public let instance: String
    /// Local date of opening.
    public let startDate: String
    /// Durations of the timed commands.
    public let timings = Timings()
    /// Hosts whose Starter must be sent `UpdateServersInfo`, in order of the changes. For one reader; nothing is lost until it reads.
    public let starterNotifications: AsyncStream<String>

    private let database: any DatabaseWriter
    /// `nil` in memory, where there is no disk to wait for.
    private let groupCommit: GroupCommit?
    private let notify: AsyncStream<String>.Continuation
    private let hostPort = Mutex<@Sendable (String) -> String?>({ _ in nil })

    /// Finds `host:port` in a stringified object reference, `nil` when unreadable; `DbGetCSDbServerList` asks it.
    public var hostPortOfIOR: @Sendable (String) -> String? {
        get { self.hostPort.withLock { $0 } }
        set { self.hostPort.withLock { $0 = newValue } }
    }

    /// Opens the file, creating folders, file and content as needed.
    /// - Throws: `DB_SQLError` when the file cannot be opened, is no database, or was written by a newer version.
    public convenience init(path: String, instance: String = "2") throws(DevFailed) {
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var configuration = Self.configuration
            configuration.allowsUnsafeTransactions = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            // The pool sets NORMAL, which may lose the last transactions at loss of power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try self.init(database: pool, groupCommit: GroupCommit(pool), instance: instance)
        } catch {
            throw Self.failure(error, origin: "DatabaseStore")
        }
    }

    /// A new database that lives as long as the object.
    /// - Throws: `DB_SQLError`.
    public static func inMemory(instance: String = "2") throws(DevFailed) -> DatabaseStore {
        do {
            return try DatabaseStore(database: try DatabaseQueue(configuration: Self.configuration), groupCommit: nil, instance: instance)
        } catch {
            throw Self.failure(error, origin: "DatabaseStore")
        }
    }

    private init(database: any DatabaseWriter, groupCommit: GroupCommit?, instance: String) throws {
        let migrator = DatabaseSchema.migrator
        if try database.read({ try migrator.hasBeenSuperseded($0) }) {
            throw DevFailed(.databaseSQL, "The database file was written by a newer version")
        }
        try migrator.migrate(database)
        try database.write { try InitialContent.insertDatabaseServer(instance: instance, in: $0) }
        self.database = database
        self.groupCommit = groupCommit
        self.instance = instance
        self.startDate = LocalTime.now
        (self.starterNotifications, self.notify) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
    }

    deinit {
        self.notify.finish()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "TangoDatabase"
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { try SQLExtensions.install(in: $0) }
        return configuration
    }

    /// Executes a command of the database device and counts its duration.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, or what the command throws.
    public func execute(_ name: String, _ argument: CommandData) throws(DevFailed) -> CommandData {
        guard let command = DatabaseCommand.named(name) else {
            throw DevFailed(.commandNotFound, "Command \(name) not found", origin: "DatabaseStore.execute")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let result = try command.execute(self, argument)
        self.timings.record(command.info.name, milliseconds: (clock.now - start) / .milliseconds(1))
        return result
    }

    /// Runs a reading command on a consistent view of the database.
    func read<Value>(origin: String, _ body: (Database) throws -> Value) throws(DevFailed) -> Value {
        do {
            return try self.database.read(body)
        } catch {
            throw Self.failure(error, origin: origin)
        }
    }

    /// Runs a writing command in a transaction: all or nothing. Hosts are notified after it is committed.
    func write<Value>(origin: String, _ body: (WriteTransaction) throws -> Value) throws(DevFailed) -> Value {
        do {
            func run(_ db: Database) throws -> (Value, [String]) {
                let transaction = WriteTransaction(db: db, instance: self.instance)
                let value = try body(transaction)
                return (value, transaction.hostsToTell)
            }
            let (value, hosts) = try self.groupCommit?.write(run) ?? self.database.write(run)
            for host in hosts { self.notify.yield(host) }
            return value
        } catch {
            throw Self.failure(error, origin: origin)
        }
    }

    private static func failure(_ error: any Error, origin: String) -> DevFailed {
        guard let failed = error as? DevFailed else {
            let text = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? String(describing: error)
            return DevFailed(.databaseSQL, text, origin: origin)
        }
        return DevFailed(errors: failed.errors.map { DevError($0.reason, $0.description, origin: origin, severity: $0.severity) })
    }
}
