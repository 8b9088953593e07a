import ArgumentParser
import TangoClient
import TangoCore

/// `tango pipe`
struct PipeCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipe", abstract: "Read a pipe, or list the pipes of a device.",
        usage: "tango pipe <device> [<name>]\ntango pipe <device>/<name>")

    @Argument(help: "Name, alias or TRL of the device, or device/pipe.", completion: Completion.devices)
    var device: String

    @Argument(help: "Name of the pipe; without it, the pipes are listed.", completion: Completion.pipes)
    var name: String?

    @Flag(help: "Print long arrays completely, also on a terminal.")
    var full = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let target = try await session.attempt("read pipes of \(self.device)", device: self.device) { () async throws(DevFailed) in
            try AttributeTargets.single(self.device, self.name.map { [$0] } ?? [])
        }
        guard target.rest.isEmpty else { throw ValidationError("The pipe is named twice.") }
        guard let name = target.member else { return try await self.list(target.device, session) }
        let activity = "read pipe \(target.device)/\(name)"
        let proxy = try await session.device(target.device, to: activity)
        let pipe = try await session.attempt(activity, device: target.device) { () async throws(DevFailed) in
            try await proxy.readPipe(name)
        }
        let printing = self.full ? session.uncut : session
        let width = session.summaryWidth(isFull: self.full).map { max(24, $0 * 2 / 3) }
        printing.output(
            PipeText.table(pipe.blob, isIndented: session.terminal.isTerminal, width: width),
            json: .object([
                .init("device", .string(proxy.name)), .init("name", .string(pipe.name)), .init("time", .string(TimeText.utc(pipe.time))),
                .init("blob", PipeText.json(pipe.blob)),
            ]))
    }

    private func list(_ device: String, _ session: ClientSession) async throws {
        let activity = "list the pipes of \(device)"
        let proxy = try await session.device(device, to: activity)
        let pipes = try await session.attempt(activity, device: device) { () async throws(DevFailed) in
            try await proxy.pipeConfigs()
        }
        session.output(PipeText.table(pipes), json: .array(pipes.map(PipeText.json)))
    }
}
