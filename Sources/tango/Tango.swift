import ArgumentParser
import TangoCLI

/// The program `tango`.
@main
struct Tango: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tango",
        abstract: "A Tango control system: its database, its REST API and a client.",
        version: "0.1.0",
        subcommands: [Up.self, Database.self, Rest.self, MirrorCommand.self] + ClientCommands.subcommands
    )
}
