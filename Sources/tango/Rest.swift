import ArgumentParser
import Logging
import TangoClient
import TangoCore
import TangoGateway
import TangoServer

/// `tango rest`: the REST gateway alone.
struct Rest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the Tango REST API.")

    @Option(help: "Port to listen at.")
    var port = 10001

    @Option(help: "Address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "Tango database used where a request names none (HOST:PORT); TANGO_HOST by default.")
    var tangoHost: String?

    @Option(help: "File that gets a line of JSON for each request; - for standard output.")
    var accessLog: String?

    @Option(
        help: "Least serious messages that are shown: trace, debug, info, notice, warning, error or critical. At info: every write.",
        transform: Self.level)
    var logLevel = Logger.Level.warning

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else { throw ValidationError("There is no level \(name).") }
        return level
    }

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("A port is a number from 0 to 65535.") }
    }

    func run() async throws {
        await reporting {
            let tangoHost: TangoHost?
            if let text = self.tangoHost {
                tangoHost = try TangoHost(parsing: text)
            } else {
                tangoHost = try? TangoEnvironment.tangoHosts().first
            }
            let host = self.host
            var configuration = GatewayConfiguration()
            configuration.host = host
            configuration.port = self.port
            configuration.defaultTangoHost = tangoHost
            configuration.accessLog = self.accessLog
            try await runGateway(configuration, logLevel: self.logLevel) { port in
                say("REST API at http://\(host):\(port)/tango/rest")
                say("Ready to accept request")
            }
        }
    }
}

/// Runs the gateway until a signal comes or the task is cancelled.
func runGateway(
    _ configuration: GatewayConfiguration, logLevel: Logger.Level = .warning, onListening: @escaping @Sendable (Int) async -> Void
) async throws {
    TerminationSignals.install()
    let system = ControlSystem(host: configuration.defaultTangoHost)
    var logger = Logger.standard("rest")
    logger.logLevel = logLevel
    let gateway = Gateway(configuration: configuration, controlSystem: system, logger: logger)
    do {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gateway.run(onListening: onListening) }
            group.addTask { await TerminationSignals.wait() }
            try await group.next()
            group.cancelAll()
        }
    } catch is CancellationError {
    } catch {
        await system.shutdown()
        throw error
    }
    await system.shutdown()
}
