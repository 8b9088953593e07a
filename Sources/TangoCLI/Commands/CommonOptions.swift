import ArgumentParser
import TangoClient
import TangoCore

/// The options of every client command.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .customLong("tango-host"),
        help: ArgumentHelp("Database to use instead of TANGO_HOST.", valueName: "host:port"),
        completion: .default,
        transform: CommonOptions.host)
    var tangoHost: TangoHost?

    @Option(help: ArgumentHelp("Timeout of a call (default: 3, of a call on the database 13).", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(name: .customLong("no-color"), help: "Print without color (like NO_COLOR in the environment).")
    var noColor = false

    func validate() throws {
        if let timeout = self.timeout, !(timeout > 0 && timeout <= 86_400) {
            throw ValidationError("--timeout is a number of seconds above 0, at most a day.")
        }
    }

    @Sendable private static func host(_ text: String) throws -> TangoHost {
        do {
            return try TangoHost(parsing: text)
        } catch {
            throw ValidationError("'\(text)' is not of the form host:port.")
        }
    }
}
