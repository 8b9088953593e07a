import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization
import TangoClient
import TangoCore
import TangoServer

/// The Tango database as a device server: `sys/database/2` under the well-known object key `database`, on a `DatabaseStore`.
///
/// It is a service: nothing starts before `run()`, which ends on a graceful shutdown, on cancellation and on the Kill command.
public final class DatabaseServer: Service {
    private let commands: CommandTable
    private let server: DeviceServer
    private let deviceName: String
    /// Where it reaches itself.
    private let ownHost: String
    private let onReady: @Sendable (DatabaseServer) async -> Void
    private let readiness = Readiness<Int>()
    /// Held while it serves a file.
    private let claim = Mutex<FileClaim?>(nil)
    /// Informs the Starters while the server runs.
    private let notifying = Mutex<Task<Void, Never>?>(nil)

    /// Creates a server; nothing starts before `run()`.
    /// - Parameters:
    ///   - store: the tables of the database.
    ///   - logger: takes messages of the server; `nil` writes warnings and errors.
    ///   - host: address to listen at; empty is all interfaces.
    ///   - port: port to listen at, 10000 by custom; 0 is any free one.
    ///   - onReady: called by `run` when the database accepts requests.
    public init(
        store: DatabaseStore, host: String, port: Int, logger: Logger? = nil,
        onReady: @escaping @Sendable (DatabaseServer) async -> Void = { _ in }
    ) {
        self.commands = CommandTable(store)
        self.ownHost =
            switch host {
            case "", "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: host
            }
        self.deviceName = "sys/database/\(store.instance)"
        self.onReady = onReady
        self.server = DeviceServer(
            classes: [Self.deviceClass(self.commands)],
            configuration: .init(
                name: "DataBaseds",
                arguments: ServerArguments(
                    instance: store.instance, source: .none([.init(name: self.deviceName)]), endPoint: .init(host: host, port: port)),
                objectKeys: [self.deviceName: "database"], logger: logger))
    }

    /// Port it listens at; 0 before the start.
    public var port: Int { self.server.port }

    // MARK: - Life

    /// Serves until a graceful shutdown, the Kill command or the task's cancellation.
    /// - Throws: `ServerStartError` when the database cannot start.
    public func run() async throws {
        do {
            try await self.start()
        } catch {
            await self.stopUncancelled()
            throw error
        }
        await self.onReady(self)
        await withGracefulShutdownHandler {
            await self.server.waitForStop()
        } onGracefulShutdown: {
            self.server.requestStop()
        }
        await self.stopUncancelled()
    }

    /// Waits until the database accepts requests.
    /// - Returns: the port it listens at.
    /// - Throws: `CancellationError` when it ends before, or the task is cancelled.
    @discardableResult
    public func waitUntilReady() async throws -> Int {
        try await self.readiness.wait()
    }

    /// Ends the database even where this task is cancelled.
    private func stopUncancelled() async {
        await Task { await self.stop() }.value
    }

    /// Starts to serve, registers the database's own two devices in its store, and informs Starters from now on; `run` without the wait,
    /// for tests.
    /// - Throws: `ServerStartError`; `DB_SQLError` when another server serves the file.
    package func start() async throws {
        if let claim = try self.commands.store.takeClaim() {
            if let failure = claim.failure {
                (self.server.configuration.logger ?? Logger(label: "tango.database")).warning(
                    "the file could not be locked: a second server on it would not be refused", metadata: ["error": "\(failure)"])
            }
            self.claim.withLock { $0 = claim }
        }
        try await self.server.start()
        for name in [self.deviceName, self.server.adminName] {
            guard let ior = self.server.reference(ofDevice: name) else { continue }
            _ = try self.commands.execute(
                "DbExportDevice",
                .stringArray([name, ior, ProcessInfo.processInfo.hostName, String(ProcessInfo.processInfo.processIdentifier), "6"]))
        }
        let host = TangoHost(host: self.ownHost, port: self.port)
        self.notifying.withLock { $0 = Task { [commands] in await Self.notifyStarters(commands, host) } }
        self.readiness.set(self.port)
    }

    /// Marks its own devices unexported and ends.
    package func stop() async {
        let notifying = self.notifying.withLock { task in
            defer { task = nil }
            return task
        }
        notifying?.cancel()
        // One that never listened leaves the rows to the server that does.
        if self.port != 0 { _ = try? self.commands.execute("DbUnExportServer", .string(self.server.serverID)) }
        await self.server.stop()
        await notifying?.value
        self.claim.withLock { $0 = nil }
        self.readiness.set(nil)
    }

    /// Sends `UpdateServersInfo` to the Starter of each host on which something changed, until the task is cancelled. A Starter that does
    /// not answer is left out.
    private static func notifyStarters(_ commands: CommandTable, _ database: TangoHost) async {
        let system = ControlSystem(host: database)
        for await host in commands.store.starterNotifications {
            let short = host.prefix { $0 != "." }
            guard case .stringArray(let answer) = try? commands.execute("DbGetClassProperty", .stringArray(["Starter", "Domain"])) else {
                continue
            }
            let domain = answer.count > 4 ? answer[4].prefix { $0 != "/" } : "tango"
            guard let starter = try? await system.device("\(domain)/admin/\(short)") else { continue }
            _ = try? await starter.command("UpdateServersInfo")
        }
        await system.shutdown()
    }

    // MARK: - The class

    /// The class DataBase: all commands of the store, and its attributes.
    private static func deviceClass(_ commands: CommandTable) -> DeviceClass {
        DeviceClass(
            "DataBase", DatabaseDevice.self, execution: .blocking, serialModel: .none, deviceDescription: "TANGO database device server"
        ) {
            DatabaseCommand.all.map { command in
                Member.command(CommandDefinition(command.info, handler: commands.handler(of: command)))
            }
            AttributeDefinition(
                name: "StoredProcedureRelease", type: .string,
                reader: .sync { _ in AttributeReading(.string([DatabaseStore.release]), dimension: .scalar) })
            Self.timing("Timing_average", .double) { .double(commands.timings.average) }
            Self.timing("Timing_minimum", .double) { .double(commands.timings.minimum) }
            Self.timing("Timing_maximum", .double) { .double(commands.timings.maximum) }
            Self.timing("Timing_calls", .double) { .double(commands.timings.calls) }
            Self.timing("Timing_index", .string) { .string(Timings.index) }
            Self.timing("Timing_info", .string) { .string(commands.timings.info(host: ProcessInfo.processInfo.hostName)) }
        }
    }

    private static func timing(_ name: String, _ type: DataType, _ data: @escaping @Sendable () -> AttributeData) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: type, format: .spectrum, maxDimX: 64, reader: .sync { _ in AttributeReading(data()) })
    }
}

/// The database device: all work is done by the store.
final class DatabaseDevice: Device {
    init(context: DeviceContext) {
        context.setState(.on)
        context.setStatus("Device is OK")
    }

    func initialize() {}
}
