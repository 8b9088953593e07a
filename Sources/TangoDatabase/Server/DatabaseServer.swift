import Foundation
import Logging
import TangoClient
import TangoCore
import TangoServer

/// The Tango database as a device server: `sys/database/2` under the well-known object key `database`, on a `DatabaseStore`.
public final class DatabaseServer: Sendable {
    private let commands: CommandTable
    private let server: DeviceServer
    private let deviceName: String
    /// Where it reaches itself.
    private let ownHost: String

    /// - Parameters:
    ///   - host: address to listen at; empty is all interfaces.
    ///   - port: port to listen at, 10000 by custom.
    /// - Throws: `ServerStartError`.
    public init(store: DatabaseStore, host: String, port: Int, logger: Logger? = nil) throws(ServerStartError) {
        self.commands = CommandTable(store)
        self.ownHost = host.isEmpty || host == "0.0.0.0" ? "127.0.0.1" : host
        self.deviceName = "sys/database/\(store.instance)"
        self.server = try DeviceServer(
            name: "DataBaseds", classes: [Self.deviceClass(self.commands)],
            arguments: ServerArguments(
                instance: store.instance, source: .none([.init(name: self.deviceName)]), endPoint: .init(host: host, port: port)),
            objectKeys: [self.deviceName: "database"], logger: logger)
    }

    /// Port it listens at.
    public var port: Int { self.server.port }

    /// Starts to serve and registers the database's own two devices in its store.
    /// - Throws: `ServerStartError`.
    public func start() async throws {
        try await self.server.start()
        for name in [self.deviceName, self.server.adminName] {
            guard let ior = self.server.reference(ofDevice: name) else { continue }
            _ = try self.commands.execute(
                "DbExportDevice",
                .stringArray([
                    name, ior, ProcessInfo.processInfo.hostName, String(ProcessInfo.processInfo.processIdentifier), "6",
                ]))
        }
    }

    /// Serves until told to stop (signal, Kill) or cancelled; tells the Starters meanwhile what changed on their hosts.
    public func waitForStop() async {
        let starters = Task { await self.tellStarters() }
        await self.server.waitForStop()
        starters.cancel()
    }

    /// Marks its own devices unexported and ends.
    public func stop() async {
        _ = try? self.commands.execute("DbUnExportServer", .string(self.server.serverID))
        await self.server.stop()
    }

    /// Sends `UpdateServersInfo` to the Starter of each host named; failures are its own business.
    private func tellStarters() async {
        let system = ControlSystem(host: TangoHost(host: self.ownHost, port: self.port))
        for await host in self.commands.store.starterNotifications {
            let short = host.prefix { $0 != "." }
            guard case .stringArray(let answer) = try? self.commands.execute("DbGetClassProperty", .stringArray(["Starter", "Domain"]))
            else {
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
                Member.command(
                    CommandDefinition(
                        command.info, handler: .sync { _, argument in try commands.execute(command, argument) }))
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
