import ArgumentParser
import TangoClient
import TangoCore

/// `tango command`
struct RunCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "command", abstract: "Execute a command of a device and print its result.",
        usage: "tango command <device> <name> [<argument> ...]",
        discussion: """
            Arrays are given as several arguments or as one list, [1,2,3]; DevVarLongStringArray and DevVarDoubleStringArray as two \
            lists, [1,2] '["a","b"]', or as one list of the two. Put -- before an argument that looks like an option.
            """)

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @Argument(help: "Name of the command.", completion: Completion.commands)
    var name: String

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Argument of the command.", valueName: "argument"))
    var arguments: [String] = []

    @Flag(help: "Print long arrays completely, also on a terminal.")
    var full = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "execute \(self.name) of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let (info, result) = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
            let info = try await proxy.commandInfo(self.name)
            guard let type = info.inType else {
                throw DevFailed(.invalidArguments, "The argument is of an unknown type (\(info.inTypeNumber))")
            }
            return (info, try await proxy.command(info.name, try ValueParsing.command(Typed.words(self.arguments), type: type)))
        }
        if self.common.json {
            let document = JSONValue.object([
                .init("device", .string(proxy.name)), .init("command", .string(info.name)), .init("type", .string(result.type.name)),
                .init("result", CommandResultText.json(result)),
            ])
            return session.terminal.print(document.indentedText)
        }
        for line in CommandResultText.lines(result, width: session.summaryWidth(isFull: self.full)) {
            if case .state(let state) = result {
                session.terminal.print(session.terminal.styled(line, Style(state: state)))
            } else {
                session.terminal.print(session.terminal.isTerminal ? Self.lines(line) : line)
            }
        }
    }

    /// Replaces the control characters of a text except its line ends.
    private static func lines(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { String($0).printable }.joined(separator: "\n")
    }
}
