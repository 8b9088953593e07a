import TangoClient
import TangoCore

/// The environment of a client command: the control system and the terminal.
struct ClientSession: Sendable {
    let system: ControlSystem
    let common: CommonOptions
    var terminal: Terminal

    /// Creates a session with the options of a command.
    init(_ common: CommonOptions) {
        var options = ClientOptions()
        if let timeout = common.timeout {
            options.timeout = .seconds(timeout)
            options.databaseTimeout = .seconds(timeout)
        }
        self.system = ControlSystem(host: common.tangoHost, options: options)
        self.common = common
        self.terminal = .standardOutput(allowsColor: !common.noColor)
    }

    /// Runs a body; its failure is reported as "cannot <activity>".
    func attempt<T>(
        _ activity: String, device: String? = nil, _ body: () async throws(DevFailed) -> T
    ) async throws(CommandFailure) -> T {
        do {
            return try await body()
        } catch {
            throw CommandFailure(activity: activity, failure: error, device: device)
        }
    }

    /// Returns the proxy of a device given by name, alias or TRL.
    func device(_ name: String, to activity: String) async throws(CommandFailure) -> DeviceProxy {
        try await self.attempt(activity, device: name) { () async throws(DevFailed) in try await self.system.device(name) }
    }

    /// Prints the error line of a failure.
    func report(_ failure: CommandFailure) async {
        let line = ErrorLine.text(failure.failure, cannot: failure.activity, context: await self.context(of: failure)).printable
        let terminal = Terminal.standardError(allowsColor: !self.common.noColor)
        Terminal.printError(line.hasPrefix("tango:") ? terminal.styled("tango:", .boldRed) + line.dropFirst("tango:".count) : line)
    }

    /// Returns what the error line may mention. For a device that does not respond, this includes its server, from the database.
    private func context(of failure: CommandFailure) async -> ErrorLine.Context {
        var context = ErrorLine.Context(device: failure.device, timeout: self.common.timeout ?? 3)
        let trl = failure.device.flatMap { try? TRL(parsing: $0) }
        context.host = trl?.host ?? self.common.tangoHost ?? (try? self.system.defaultHost())
        let reasons = Set(failure.failure.errors.map(\.reason))
        guard let trl, trl.usesDatabase, !reasons.isDisjoint(with: [.deviceNotExported, .cantConnectToDevice]),
            let database = try? self.system.database(trl.host)
        else { return context }
        var name = trl.device
        if trl.isAlias, let aliased = try? await database.device(ofAlias: name) { name = aliased }
        if let info = try? await database.deviceInfo(name) {
            context.server = info.server
            context.serverHost = info.host
        }
        return context
    }

    /// Prints the table, or with `--json` the document.
    func output(_ table: @autoclosure () -> Table, json: @autoclosure () -> JSONValue) {
        if self.common.json {
            self.terminal.print(json().indentedText)
        } else {
            self.terminal.print(table())
        }
    }

    /// The same session, without truncation of lines to the width of the terminal.
    var uncut: ClientSession {
        var copy = self
        copy.terminal.width = nil
        return copy
    }

    /// Returns the columns available for a summary; `nil` when values are printed completely.
    func summaryWidth(isFull: Bool) -> Int? {
        self.terminal.isTerminal && !isFull ? self.terminal.width ?? 80 : nil
    }
}
