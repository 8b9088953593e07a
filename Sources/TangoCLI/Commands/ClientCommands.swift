package import ArgumentParser

/// The client commands of `tango`.
package enum ClientCommands {
    /// The subcommands, for the root command of the executable, which must be an `AsyncParsableCommand`.
    package static let subcommands: [any AsyncParsableCommand.Type] = [
        ListCommand.self, InfoCommand.self, StateCommand.self, AttributesCommand.self, CommandsCommand.self, PropertiesCommand.self,
        ReadCommand.self, WriteCommand.self, RunCommand.self, PingCommand.self, PipeCommand.self, BlackBoxCommand.self,
    ]
}
