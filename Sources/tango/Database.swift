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
            TerminationSignals.install()
            let server = try DatabaseServer(
                store: try .open(file: self.file, inMemory: self.inMemory), host: self.host, port: self.port, logger: .standard("database"))
            do {
                try await server.start()
            } catch {
                await server.stop()
                throw error
            }
            say("Listening at \(self.host.isEmpty ? "*" : self.host):\(server.port)")
            say("Ready to accept request")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.waitForStop() }
                group.addTask { await TerminationSignals.wait() }
                await group.next()
                group.cancelAll()
            }
            await server.stop()
        }
    }
}
