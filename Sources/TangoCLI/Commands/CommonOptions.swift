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

    @Option(help: ArgumentHelp("Timeout of a call.", valueName: "seconds"))
    var timeout = 3.0

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(name: .customLong("no-color"), help: "Print without color (like NO_COLOR in the environment).")
    var noColor = false

    func validate() throws {
        guard self.timeout > 0, self.timeout <= 86_400 else {
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
