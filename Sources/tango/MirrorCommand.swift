import ArgumentParser
import TangoClient
import TangoCore
import TangoMirror
import TangoServer

/// `tango mirror`: a simulated twin of a running device.
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Serves a simulated twin of a running device.",
        discussion: """
            The twin has the attributes, commands and pipes of the original, with the same configuration. Commands whose argument and \
            result have one type answer their argument, all others a neutral value; nothing is executed on the original. What clients \
            write to the twin it reads back.
            """)

    @Argument(help: "Device to look like: its name, alias or locator.")
    var original: String

    @Argument(help: "Name of the twin (domain/family/member).")
    var twin: String

    @Option(
        help: ArgumentHelp(
            "Where values come from: 'recorded' from the original, 'random', or a JSON file of scripted values.",
            valueName: "recorded|random|file"))
    var values = "recorded"

    @Flag(help: "Take over the original's values again and again.")
    var follow = false

    @Option(help: ArgumentHelp("How often, with --follow.", valueName: "seconds"))
    var period = 1.0

    @Option(help: "Instance of the server 'mirror' that serves the twin; made of the twin's name by default.")
    var instance: String?

    @Flag(help: "Do without a database.")
    var nodb = false

    @Option(help: "Port to listen at; any free one by default.")
    var port = 0

    @Option(help: "Address to listen at; all interfaces by default.")
    var host = ""

    @Option(help: "Database to use instead of the one TANGO_HOST names (HOST:PORT).")
    var tangoHost: String?

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("A port is a number from 0 to 65535.") }
        guard self.period > 0, self.period <= 86_400 else {
            throw ValidationError("--period is a number of seconds above 0, at most a day.")
        }
        if self.follow, self.values != "recorded" { throw ValidationError("--follow goes with recorded values only.") }
    }

    func run() async throws {
        await reporting {
            let values: MirrorValues =
                switch self.values {
                case "recorded": .recorded
                case "random": .random
                default: .scripted(try MirrorScript(contentsOf: self.values))
                }
            var configuration = MirrorServer.Configuration(original: self.original, twin: self.twin, values: values)
            configuration.followPeriod = self.follow ? .seconds(self.period) : nil
            configuration.instance = self.instance
            configuration.usesDatabase = !self.nodb
            configuration.host = self.host
            configuration.port = self.port
            configuration.tangoHost = try self.tangoHost.map { text throws(DevFailed) in try TangoHost(parsing: text) }
            configuration.logger = .standard("mirror")
            let place = self.nodb ? self.host.isEmpty ? "*" : self.host : nil
            let mirror = MirrorServer(configuration) { served in
                let (attributes, commands) = (served.interface.attributes.count, served.interface.commands.count)
                say("\(served.twin) mirrors \(served.original): \(attributes) attributes, \(commands) commands")
                say(place.map { "Listening at \(TangoHost(host: $0, port: served.port))" } ?? "Server \(served.serverID)")
                say("Ready to accept request")
            }
            try await ServerProgram.run([mirror])
        }
    }
}
