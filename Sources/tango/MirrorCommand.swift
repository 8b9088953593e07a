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
            TerminationSignals.install()
            let tangoHost = try self.tangoHost.map { text throws(DevFailed) in try TangoHost(parsing: text) }
            let system = ControlSystem(host: tangoHost)
            do {
                try await self.serve(system, tangoHost)
            } catch {
                await system.shutdown()
                throw error
            }
            await system.shutdown()
        }
    }

    private func serve(_ system: ControlSystem, _ tangoHost: TangoHost?) async throws {
        let twin = try DeviceName(self.twin).text
        let original = try await system.device(self.original)
        guard original.name.tangoFolded != twin.tangoFolded || self.nodb else { throw StartFailure("a twin needs a name of its own") }
        let values: MirrorValues =
            switch self.values {
            case "recorded": .recorded
            case "random": .random
            default: .scripted(try MirrorScript(contentsOf: self.values))
            }
        let logger = Logger.standard("mirror")
        let interface = try await MirrorInterface.query(original)
        let mirror = try Mirror(interface, values: values, original: original, logger: logger)
        let instance = self.instance ?? twin.split(separator: "/").joined(separator: "-")
        if !self.nodb { try await mirror.define(twin, instance: instance, in: try system.database()) }
        let server = try DeviceServer(
            name: Mirror.serverName, classes: [mirror.deviceClass],
            arguments: ServerArguments(
                instance: instance, source: self.nodb ? .none([.init(name: twin)]) : .database,
                endPoint: .init(host: self.host, port: self.port)),
            tangoHost: tangoHost, logger: logger)
        do {
            try await server.start()
            let host = self.host.isEmpty || self.host == "0.0.0.0" ? "127.0.0.1" : self.host
            try await mirror.prime(try await system.device("tango://\(host):\(server.port)/\(twin)#dbase=no"))
        } catch {
            await server.stop()
            throw error
        }
        say("\(twin) mirrors \(original.name): \(interface.attributes.count) attributes, \(interface.commands.count) commands")
        say(self.nodb ? "Listening at \(self.host.isEmpty ? "*" : self.host):\(server.port)" : "Server \(server.serverID)")
        say("Ready to accept request")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.waitForStop() }
            group.addTask { await TerminationSignals.wait() }
            if self.follow { group.addTask { await mirror.follow(every: .seconds(self.period)) } }
            await group.next()
            group.cancelAll()
        }
        await server.stop()
    }
}
