import ArgumentParser
import TangoCLI
import TangoCore
import TangoServer

/// The program `tango`.
@main
struct Tango: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tango",
        abstract: "A Tango control system: its database, its REST API and a client.",
        version: Product.version,
        subcommands: [Up.self, Database.self, Rest.self, MirrorCommand.self] + ClientCommands.subcommands
    )

    static func main() async {
        ServerProgram.prepare()
        LostOutput.endsProgram()
        await self.main(nil)
    }
}
