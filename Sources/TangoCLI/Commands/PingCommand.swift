import ArgumentParser
import TangoClient
import TangoCore

/// `tango ping`
struct PingCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "ping", abstract: "Measure the round trip time to a device.")

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
        let proxy = try await session.device(self.device, to: "ping \(self.device)")
        var times: [Duration] = []
        for round in 0..<self.number {
            if round > 0 { try await Task.sleep(for: .seconds(self.interval)) }
            let time = try await session.attempt("ping \(self.device)", device: self.device) { () async throws(DevFailed) in
                try await proxy.ping()
            }
            times.append(time)
            if !self.common.json {
                let text = TimeText.milliseconds(time)
                session.terminal.print(session.terminal.isTerminal ? "\(proxy.name): \(text) ms" : "\(proxy.name)\t\(text)")
                Terminal.flush()
            }
        }
        if self.common.json {
            session.terminal.print(Self.json(proxy.name, times).indentedText)
        } else if times.count > 1, session.terminal.isTerminal {
            session.terminal.print(Self.summary(times))
        }
    }

    static func json(_ device: String, _ times: [Duration]) -> JSONValue {
        .object([.init("device", .string(device)), .init("milliseconds", .array(times.map { .number(TimeText.milliseconds($0)) }))])
    }

    static func summary(_ times: [Duration]) -> String {
        let least = times.min() ?? .zero
        let most = times.max() ?? .zero
        let mean = times.reduce(.zero, +) / max(1, times.count)
        return "\(times.count) round trips: least \(TimeText.milliseconds(least)), mean \(TimeText.milliseconds(mean)), "
            + "most \(TimeText.milliseconds(most)) ms"
    }
}
