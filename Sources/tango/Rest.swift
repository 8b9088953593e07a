import ArgumentParser
import Foundation
import TangoCLI
import TangoClient
import TangoCore
import TangoGateway
import TangoServer

/// `tango rest`: the REST gateway alone, and the commands for it.
struct Rest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the Tango REST API, or one of the commands for it.",
        discussion: "Without a subcommand it serves: see \"tango rest serve --help\" for the options.",
        subcommands: [RestServe.self, RestUser.self, RestCertificate.self], defaultSubcommand: RestServe.self)
}

/// `tango rest serve`, and `tango rest` for short.
struct RestServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Runs the Tango REST API.")

    @Option(help: "Port to listen at; 10001 by default.")
    var port: Int?

    @Option(help: "Address to listen at; 127.0.0.1 by default.")
    var host: String?

    @Option(help: "Tango database used where a request names none (HOST:PORT); TANGO_HOST by default.")
    var tangoHost: String?

    @OptionGroup
    var options: RestOptions

    func validate() throws {
        guard (0...65535).contains(self.port ?? 0) else { throw ValidationError("A port is a number from 0 to 65535.") }
    }

    func run() async throws {
        await reporting {
            let loaded = try await self.options.load([
                "host": self.host, "port": self.port.map { String($0) }, "tango-host": self.tangoHost,
            ])
            if self.options.printConfig { return Terminal.plain.print(loaded.json) }
            var configuration = loaded.configuration
            configuration.defaultTangoHost = configuration.defaultTangoHost ?? (try? TangoEnvironment.tangoHosts().first)
            let gateway = RestService(configuration: configuration) { url in
                say("REST API at \(url)/tango/rest")
                say("Ready to accept request")
            }
            try await ServerProgram.run([gateway])
        }
    }
}
