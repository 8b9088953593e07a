import ArgumentParser
import TangoClient
import TangoCore

/// A failure and what was being done.
struct CommandFailure: Error {
    /// What follows "cannot".
    var activity: String
    var failure: DevFailed
    /// The device asked, as given.
    var device: String?
}

/// What a client command works with: the control system, and where output goes.
struct ClientSession: Sendable {
    let system: ControlSystem
    let common: CommonOptions
    var terminal: Terminal

    init(_ common: CommonOptions) {
        var options = ClientOptions()
        options.timeout = .seconds(common.timeout)
        self.system = ControlSystem(host: common.tangoHost, options: options)
        self.common = common
        self.terminal = .standardOutput(allowsColor: !common.noColor)
    }

    /// Runs the body; its failure becomes "cannot <activity>".
    func attempt<T>(
        _ activity: String, device: String? = nil, _ body: () async throws(DevFailed) -> T
    ) async throws(CommandFailure) -> T {
        do {
            return try await body()
        } catch {
            throw CommandFailure(activity: activity, failure: error, device: device)
        }
    }

    /// The proxy of a device that is given by name, alias or locator.
    func device(_ name: String, to activity: String) async throws(CommandFailure) -> DeviceProxy {
        try await self.attempt(activity, device: name) { () async throws(DevFailed) in try await self.system.device(name) }
    }

    /// Prints the error line of a failure.
    func report(_ failure: CommandFailure) async {
        let line = ErrorLine.text(failure.failure, cannot: failure.activity, context: await self.context(of: failure))
        let terminal = Terminal.standardError(allowsColor: !self.common.noColor)
        Terminal.printError(line.hasPrefix("tango:") ? terminal.styled("tango:", .boldRed) + line.dropFirst("tango:".count) : line)
    }

    /// What the error line may mention. The database is asked for the server of a device that does not answer.
    private func context(of failure: CommandFailure) async -> ErrorLine.Context {
        var context = ErrorLine.Context(device: failure.device, timeout: self.common.timeout)
        let locator = failure.device.flatMap { try? TRL(parsing: $0) }
        context.host = locator?.host ?? self.common.tangoHost ?? (try? self.system.defaultHost())
        let reasons = Set(failure.failure.errors.map(\.reason))
        guard let locator, locator.usesDatabase, !reasons.isDisjoint(with: [.deviceNotExported, .cantConnectToDevice]),
            let database = try? self.system.database(locator.host)
        else { return context }
        var name = locator.device
        if locator.isAlias, let aliased = try? await database.device(ofAlias: name) { name = aliased }
        if let info = try? await database.deviceInfo(name) {
            context.server = info.server
            context.serverHost = info.host
        }
        return context
    }

    /// Prints the table, or with `--json` the document.
    func output(_ table: @autoclosure () -> Table, json: @autoclosure () -> JSONText) {
        if self.common.json {
            self.terminal.print(json().text)
        } else {
            self.terminal.print(table())
        }
    }

    /// The same session without cutting lines to the terminal's width.
    var uncut: ClientSession {
        var copy = self
        copy.terminal.width = nil
        return copy
    }

    /// Columns a summary may take; `nil` where values are printed whole.
    func summaryWidth(isFull: Bool) -> Int? {
        self.terminal.isTerminal && !isFull ? self.terminal.width ?? 80 : nil
    }
}

/// A command that asks the control system. Failures are printed on one line, exit status 1.
protocol ClientCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
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
