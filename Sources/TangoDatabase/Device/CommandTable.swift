package import TangoCore

/// The commands of a database device on a store: executes them and measures their durations.
package final class CommandTable: Sendable {
    /// The tables.
    let store: DatabaseStore
    /// Durations of the timed commands.
    let timings = Timings()
    /// Creates the commands of a store.
    package init(_ store: DatabaseStore) {
        self.store = store
    }

    /// Executes a command and records its duration.
    /// - Throws: `API_IncompatibleCmdArgumentType`, or what the command throws.
    package func execute(_ command: DatabaseCommand, _ argument: CommandData) throws(DevFailed) -> CommandData {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try command.execute(self, argument)
        self.timings.record(command.info.name, milliseconds: (clock.now - start) / .milliseconds(1))
        return result
    }

    /// Executes the command of a name, compared without case.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, or what the command throws.
    package func execute(_ name: String, _ argument: CommandData) throws(DevFailed) -> CommandData {
        guard let command = DatabaseCommand.named(name) else {
            throw DevFailed(.commandNotFound, "Command \(name) not found", origin: "CommandTable.execute")
        }
        return try self.execute(command, argument)
    }
}
