import ArgumentParser
import TangoClient
import TangoCore

/// `tango pipe`
struct PipeCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipe", abstract: "Read a pipe, or list the pipes of a device.",
        usage: "tango pipe <device> [<name>]\ntango pipe <device>/<name>")

    @Argument(help: "Name, alias or locator of the device, or device/pipe.", completion: Completion.devices)
    var device: String

    @Argument(help: "The pipe; without it the pipes are listed.", completion: Completion.pipes)
    var name: String?

    @Flag(help: "Print long arrays whole on a terminal too.")
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
                .init("device", .wire(proxy.name)), .init("name", .wire(pipe.name)), .init("time", .string(TimeText.utc(pipe.time))),
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

/// Pipes as tables and as JSON.
enum PipeText {
    static func table(_ pipes: [PipeConfig]) -> Table {
        var table = Table(columns: [
            .init("NAME"), .init("WRITABLE"), .init("LEVEL"), .init("LABEL", isFlexible: true), .init("DESCRIPTION", isFlexible: true),
        ])
        table.rows = pipes.map { pipe in
            [
                .init(WireText.shown(pipe.name), style: .bold), .init(pipe.writable.name), .init(pipe.level.name),
                .init(WireText.shown(pipe.label)), .init(WireText.shown(pipe.description), style: .dim),
            ]
        }
        return table
    }

    static func json(_ pipe: PipeConfig) -> JSONText {
        .object([
            .init("name", .wire(pipe.name)), .init("writable", .string(pipe.writable.name)), .init("level", .string(pipe.level.name)),
            .init("label", .wire(pipe.label)), .init("description", .wire(pipe.description)),
        ])
    }

    /// A row per element: its name, type and value. Blobs inside are indented, or their elements named by path.
    static func table(_ blob: PipeBlob, isIndented: Bool, width: Int?) -> Table {
        var table = Table(columns: [.init("NAME"), .init("TYPE"), .init("VALUE", isFlexible: true)])
        func add(_ blob: PipeBlob, depth: Int, path: String) {
            for element in blob.elements {
                let name = WireText.shown(element.name)
                let shown = isIndented ? String(repeating: "  ", count: depth) + name : path + name
                switch element.content {
                case .value(let data, let isArray):
                    let shape: ValueText.Shape = isArray ? .list : .scalar
                    let text = width.map { ValueText.summary(data, shape, width: $0) } ?? ValueText.full(data, shape)
                    table.rows.append([.init(shown, style: .bold), .init(Self.type(data, isArray), style: .cyan), .init(text)])
                case .blob(let inner):
                    if isIndented {
                        table.rows.append([
                            .init(shown, style: .bold), .init(DataType.pipeBlob.name, style: .cyan), .init(WireText.shown(inner.name)),
                        ])
                    }
                    add(inner, depth: depth + 1, path: path + name + "/")
                }
            }
        }
        add(blob, depth: 0, path: "")
        return table
    }

    private static func type(_ data: AttributeData, _ isArray: Bool) -> String {
        let type = data.elementType
        return (isArray ? type?.arrayType : type)?.name ?? DataType.void.name
    }

    /// Name and elements, with those of blobs inside.
    static func json(_ blob: PipeBlob) -> JSONText {
        .object([
            .init("name", .wire(blob.name)),
            .init(
                "elements",
                .array(
                    blob.elements.map { element in
                        switch element.content {
                        case .value(let data, let isArray):
                            .object([
                                .init("name", .wire(element.name)), .init("type", .string(Self.type(data, isArray))),
                                .init("value", ValueText.json(data, isArray ? .list : .scalar)),
                            ])
                        case .blob(let inner):
                            .object([
                                .init("name", .wire(element.name)), .init("type", .string(DataType.pipeBlob.name)),
                                .init("value", Self.json(inner)),
                            ])
                        }
                    })),
        ])
    }
}
