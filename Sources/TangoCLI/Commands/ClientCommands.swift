import ArgumentParser

/// The client commands of `tango`.
public enum ClientCommands {
    /// To be listed among the subcommands of the executable's root command, which must be an `AsyncParsableCommand`.
    public static let subcommands: [any AsyncParsableCommand.Type] = [
        ListCommand.self, InfoCommand.self, StateCommand.self, AttributesCommand.self, CommandsCommand.self, PropertiesCommand.self,
        ReadCommand.self, WriteCommand.self, RunCommand.self, PingCommand.self, PipeCommand.self, BlackBoxCommand.self,
    ]
}
