import ArgumentParser
import TangoClient
import TangoCore

/// `tango ping`
struct PingCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Measure the round trip time to a device.",
        discussion: "Goes on after a failure. The exit status is 1 when a ping failed.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Number of pings.", valueName: "count"))
    var number = 1

    @Option(help: ArgumentHelp("Pause between pings.", valueName: "seconds"))
    var interval = 1.0

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard self.number > 0 else { throw ValidationError("-n is at least 1.") }
        guard self.interval >= 0, self.interval <= 86_400 else {
            throw ValidationError("--interval is a number of seconds from 0 to a day.")
        }
    }

    func perform(_ session: ClientSession) async throws {
        var name = self.device
        var times: [Duration?] = []
        for round in 0..<self.number {
            if round > 0 { try await Task.sleep(for: .seconds(self.interval)) }
            do throws(CommandFailure) {
                let proxy = try await session.device(self.device, to: "ping \(self.device)")
                name = proxy.name
                let time = try await session.attempt("ping \(self.device)", device: self.device) { () async throws(DevFailed) in
                    try await proxy.ping()
                }
                times.append(time)
                if !self.common.json { self.print(time, of: name, session) }
            } catch {
                // A wrong name stays wrong.
                guard self.number > 1, !error.failure.meansNoSuchDevice else { throw error }
                times.append(nil)
                await session.report(error)
            }
        }
        if self.common.json {
            session.terminal.print(Self.json(name, times).indentedText)
        } else if times.count > 1, session.terminal.isTerminal {
            session.terminal.print(Self.summary(times))
        }
        if times.contains(nil) { throw ExitCode(1) }
    }

    private func print(_ time: Duration, of name: String, _ session: ClientSession) {
        let text = TimeText.milliseconds(time)
        session.terminal.print(session.terminal.isTerminal ? "\(name): \(text) ms" : "\(name)\t\(text)")
        Terminal.flush()
    }

    /// - Parameter times: `nil` for a ping that failed.
    static func json(_ device: String, _ times: [Duration?]) -> JSONValue {
        .object([
            .init("device", .string(device)),
            .init("milliseconds", .array(times.map { time in time.map { .number(TimeText.milliseconds($0)) } ?? .null })),
        ])
    }

    /// - Parameter times: `nil` for a ping that failed.
    static func summary(_ pings: [Duration?]) -> String {
        let times = pings.compactMap(\.self)
        let failures = pings.count == times.count ? "" : ", \(pings.count - times.count) failed"
        guard !times.isEmpty else { return "\(pings.count) pings\(failures)" }
        let least = times.min() ?? .zero
        let most = times.max() ?? .zero
        let mean = times.reduce(.zero, +) / max(1, times.count)
        return "\(times.count) round trips\(failures): least \(TimeText.milliseconds(least)), mean \(TimeText.milliseconds(mean)), "
            + "most \(TimeText.milliseconds(most)) ms"
    }
}

extension DevFailed {
    /// Whether the name is wrong: asking again does not help.
    fileprivate var meansNoSuchDevice: Bool {
        let reasons: Set<ErrorReason> = [
            .databaseDeviceNotDefined, .databaseAliasNotDefined, .wrongDeviceName, .tangoHostNotSet,
        ]
        return self.errors.contains { reasons.contains($0.reason) }
    }
}
