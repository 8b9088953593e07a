import ArgumentParser
import TangoCLI
import TangoCore
import TangoDatabase
import TangoGateway
import TangoServer
import TangoTestDevice

/// `tango up`: a whole control system in one process.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts a whole control system: database, the test device sys/tg_test/1 and the REST API.")

    @Option(help: "Port of the database.")
    var port = 10000

    @Option(help: "Port of the REST API.")
    var restPort = 10001

    @Option(help: "Address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "File to keep the database in; one in your data folder by default.")
    var file: String?

    @Flag(help: "Keep nothing.")
    var inMemory = false

    func validate() throws {
        if self.inMemory, self.file != nil { throw ValidationError("--file and --in-memory exclude each other.") }
        guard (0...65535).contains(self.port), (0...65535).contains(self.restPort) else {
            throw ValidationError("A port is a number from 0 to 65535.")
        }
    }

    func run() async throws {
        await reporting {
            TerminationSignals.install()
            let database = try DatabaseServer(
                store: try .open(file: self.file, inMemory: self.inMemory), host: self.host, port: self.port, logger: .standard("database"))
            do {
                try await database.start()
                let tangoHost = TangoHost(host: self.host, port: database.port)
                let devices = try DeviceServer(
                    name: "TangoTest", classes: [TangoTestClass.deviceClass],
                    arguments: ServerArguments(instance: "test", endPoint: .init(host: self.host, port: 0)), tangoHost: tangoHost,
                    logger: .standard("TangoTest"))
                do {
                    try await devices.start()
                    try await self.serve(database, devices, tangoHost)
                } catch {
                    await devices.stop()
                    throw error
                }
                await devices.stop()
            } catch {
                await database.stop()
                throw error
            }
            await database.stop()
        }
    }

    /// Returns when a signal comes, a Kill command, or the gateway ends.
    private func serve(_ database: DatabaseServer, _ devices: DeviceServer, _ tangoHost: TangoHost) async throws {
        let host = self.host
        var gateway = GatewayConfiguration()
        gateway.host = host
        gateway.port = self.restPort
        gateway.defaultTangoHost = tangoHost
        let configuration = gateway
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await runGateway(configuration) { restPort in
                    Self.greet(tangoHost, devicePort: devices.port, restHost: host, restPort: restPort)
                }
            }
            group.addTask { await database.waitForStop() }
            group.addTask { await devices.waitForStop() }
            group.addTask { await TerminationSignals.wait() }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func greet(_ tangoHost: TangoHost, devicePort: Int, restHost: String, restPort: Int) {
        let terminal = Terminal.standardOutput()
        say(terminal.styled("The control system is up.", .bold))
        say("  Database     TANGO_HOST=\(tangoHost)")
        say("  TangoTest    sys/tg_test/1 at \(tangoHost.host):\(devicePort)")
        say("  REST, web    http://\(restHost):\(restPort)/")
        say("Try, in another terminal:")
        say("  tango read --tango-host \(tangoHost) sys/tg_test/1 double_scalar")
        say("  TANGO_HOST=\(tangoHost) python3 -c 'import tango; print(tango.DeviceProxy(\"sys/tg_test/1\").state())'")
        say(
            "  curl 'http://\(restHost):\(restPort)/tango/rest/v1.0/hosts/\(tangoHost.host);port=\(tangoHost.port)/devices/sys/tg_test/1/attributes/double_scalar/value'"
        )
        say("Ready to accept request. Ctrl-C stops everything.")
    }
}
