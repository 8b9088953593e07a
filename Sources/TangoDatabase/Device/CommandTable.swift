package import TangoCore
import TangoServer

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

    /// Executes the command of a name, compared without case.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, or what the command throws.
    package func execute(_ name: String, _ argument: CommandData) throws(DevFailed) -> CommandData {
        guard let command = DatabaseCommand.named(name), case .direct(let body) = command.body else {
            throw DevFailed(.commandNotFound, "Command \(name) not found", origin: "CommandTable.execute")
        }
        return try self.timed(command) { () throws(DevFailed) in try body(self, argument) }
    }

    /// Returns a handler that executes a command and records its duration.
    func handler(of command: DatabaseCommand) -> CommandHandler {
        switch command.body {
        case .direct(let body):
            .sync { _, argument in try self.timed(command) { () throws(DevFailed) in try body(self, argument) } }
        case .inTurn(let body):
            .async { _, argument in
                let start = ContinuousClock.now
                let result = try await body(self, argument)
                self.record(command, since: start)
                return result
            }
        }
    }

    private func timed(_ command: DatabaseCommand, _ body: () throws(DevFailed) -> CommandData) throws(DevFailed) -> CommandData {
        let start = ContinuousClock.now
        let result = try body()
        self.record(command, since: start)
        return result
    }

    private func record(_ command: DatabaseCommand, since start: ContinuousClock.Instant) {
        self.timings.record(command.info.name, milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
    }
}
