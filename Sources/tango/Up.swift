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

    @Option(help: "Port of the REST API; 10001 by default.")
    var restPort: Int?

    @Option(help: "Address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "File to keep the database in; one in your data folder by default.")
    var file: String?

    @Flag(help: "Keep nothing.")
    var inMemory = false

    @OptionGroup(title: "Options of the REST API")
    var rest: RestOptions

    func validate() throws {
        if self.inMemory, self.file != nil { throw ValidationError("--file and --in-memory exclude each other.") }
        guard (0...65535).contains(self.port), (0...65535).contains(self.restPort ?? 0) else {
            throw ValidationError("A port is a number from 0 to 65535.")
        }
    }

    func run() async throws {
        await reporting {
            let rest = try await self.rest.load(["host": self.host, "port": self.restPort.map { String($0) }])
            if self.rest.printConfig { return Terminal.plain.print(rest.json) }
            // Before anything listens: clients of any host may reach the database.
            try rest.configuration.check()
            let host = self.host
            let database = DatabaseServer(
                store: try .open(file: self.file, inMemory: self.inMemory), host: host, port: self.port, logger: .standard("database"))
            let devicePort = Readiness<Int>()
            let devices = Following(database.waitUntilReady) { port in
                Self.devices(host: host, tangoHost: TangoHost(host: host, port: port)) { devicePort.set($0.port) }
            }
            let gateway = Following(devicePort.wait) { [configuration = rest.configuration] devicePort in
                Self.gateway(configuration, TangoHost(host: host, port: database.port), devicePort: devicePort)
            }
            try await ServerProgram.run([database, devices, gateway])
        }
    }

    private static func devices(
        host: String, tangoHost: TangoHost, onReady: @escaping @Sendable (DeviceServer) async -> Void
    ) -> DeviceServer {
        DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(
                name: "TangoTest", arguments: ServerArguments(instance: "test", endPoint: .init(host: host, port: 0)),
                tangoHost: tangoHost, logger: .standard("TangoTest"), onReady: onReady))
    }

    private static func gateway(_ configuration: GatewayConfiguration, _ tangoHost: TangoHost, devicePort: Int) -> RestService {
        var configuration = configuration
        configuration.defaultTangoHost = tangoHost
        return RestService(configuration: configuration) { [configuration] url in
            Self.greet(tangoHost, devicePort: devicePort, url: url, configuration)
        }
    }

    private static func greet(_ tangoHost: TangoHost, devicePort: Int, url: String, _ rest: GatewayConfiguration) {
        let terminal = Terminal.standardOutput()
        say(terminal.styled("The control system is up.", .bold))
        say("  Database     TANGO_HOST=\(tangoHost)")
        say("  TangoTest    sys/tg_test/1 at \(tangoHost.host):\(devicePort)")
        say("  REST, web    \(url)/")
        say("Try, in another terminal:")
        say("  tango read --tango-host \(tangoHost) sys/tg_test/1 double_scalar")
        say("  TANGO_HOST=\(tangoHost) python3 -c 'import tango; print(tango.DeviceProxy(\"sys/tg_test/1\").state())'")
        let options = (rest.isSecure ? "-k " : "") + (rest.resolved.authentication == .on ? "-u USER " : "")
        say(
            "  curl \(options)'\(url)/tango/rest/v1.0/hosts/\(tangoHost.host);port=\(tangoHost.port)/devices/sys/tg_test/1/attributes/double_scalar/value'"
        )
        say("Ready to accept request. Ctrl-C stops everything.")
    }
}
