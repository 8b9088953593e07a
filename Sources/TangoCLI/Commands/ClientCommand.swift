import ArgumentParser
import TangoClient
import TangoCore

/// A command that is a client of the control system. A failure is printed on one line; the exit status is then 1.
protocol ClientCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
    /// Executes the command.
    func perform(_ session: ClientSession) async throws
}

extension ClientCommand {
    func run() async throws {
        let session = ClientSession(self.common)
        do {
            try await self.perform(session)
        } catch let failure as CommandFailure {
            await session.report(failure)
            await session.system.shutdown()
            throw ExitCode(1)
        } catch {
            await session.system.shutdown()
            throw error
        }
        await session.system.shutdown()
    }
}

/// A failure with what the command was doing.
struct CommandFailure: Error {
    /// What follows "cannot" in the message.
    var activity: String
    var failure: DevFailed
    /// The device, as given.
    var device: String?
}
