import ArgumentParser
import TangoCore
import TangoDatabase
import TangoServer

/// `tango database`: the Tango database alone.
struct Database: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a Tango database.")

    @Option(help: "Port to listen at.")
    var port = 10000

    @Option(help: "Address to listen at; all interfaces by default.")
    var host = ""

    @Option(help: "File to keep the database in; one in your data folder by default.")
    var file: String?

    @Flag(help: "Keep nothing.")
    var inMemory = false

    func validate() throws {
        if self.inMemory, self.file != nil { throw ValidationError("--file and --in-memory exclude each other.") }
        guard (0...65535).contains(self.port) else { throw ValidationError("A port is a number from 0 to 65535.") }
    }

    func run() async throws {
        await reporting {
            let host = self.host
            let database = DatabaseServer(
                store: try .open(file: self.file, inMemory: self.inMemory), host: host, port: self.port, logger: .standard("database")
            ) { server in
                say("Listening at \(TangoHost(host: host.isEmpty ? "*" : host, port: server.port))")
                say("Ready to accept request")
            }
            try await ServerProgram.run([database])
        }
    }
}
