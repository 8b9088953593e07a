import ArgumentParser
import TangoClient
import TangoCore

/// `tango state`
struct StateCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Show the state and status of a device.",
        discussion: "When piped, only the state is printed; --status adds the status.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @Flag(help: "Print the status also when piped.")
    var status = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "get the state of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let isStatusShown = self.status || self.common.json || session.terminal.isTerminal
        let (state, status) = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
            (try await proxy.state(), isStatusShown ? try await proxy.status() : "")
        }
        if self.common.json {
            let document = JSONValue.object([
                .init("device", .string(proxy.name)), .init("state", .string(state.name)), .init("status", .string(status)),
            ])
            return session.terminal.print(document.indentedText)
        }
        session.terminal.print(session.terminal.styled(state.name, Style(state: state)))
        guard isStatusShown else { return }
        for line in status.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            session.terminal.print(String(line).printable)
        }
    }
}
