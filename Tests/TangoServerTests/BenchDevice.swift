import TangoCore
import TangoServer

enum Colour: Int16, TangoEnum {
    case red, green, blue
}

/// One of everything, for tests of the rules.
final class BenchDevice: Device {
    let context: DeviceContext
    private var number = 1.5
    private var written: AttributeWrite?
    private var row: [Int32] = [1, 2, 3]
    private var picture = TangoImage<UInt8>([1, 2, 3, 4, 5, 6], width: 3, height: 2)

    init(context: DeviceContext) {
        self.context = context
        context.setState(.on)
    }

    func alwaysExecuted() throws {
        if self.context.state == .insert { throw DevFailed("Bench_Hook", "the hook refuses") }
    }

    static func deviceClass(execution: Execution = .inline) -> DeviceClass {
        DeviceClass("Bench", BenchDevice.self, execution: execution, documentation: [:]) {
            Self.numbers
            Self.others
            Self.commands
            PropertyDefinition(name: "speed", description: "How fast", defaultValue: ["12"])
        }
    }

    private static let off: AccessCheck = { _, _ in false }

    private static var numbers: [AttributeDefinition] {
        [
            Attribute("number", of: BenchDevice.self, properties: AttributeProperties(unit: "A", minValue: "-10", maxValue: "10")) {
                $0.number
            } write: {
                $0.number = $1
            },
            Attribute("plain", of: BenchDevice.self, Double.self) { _ in 2 },
            Attribute("whole", of: BenchDevice.self, Int16.self) { _ in
                3
            } write: { _, _ in
            },
            Attribute("small", of: BenchDevice.self, UInt8.self) { _ in
                3
            } write: { _, _ in
            },
            Attribute("text", of: BenchDevice.self) { _ in
                "text"
            } write: { _, _ in
            },
            Attribute("flag", of: BenchDevice.self) { _ in
                false
            } write: { _, _ in
            },
            Attribute("colour", of: BenchDevice.self) { _ in
                Colour.green
            } write: { _, _ in
            },
            Attribute("remembered", of: BenchDevice.self, Double.self, memorization: .memorized) { _ in
                1
            } write: { _, _ in
            },
            Attribute(
                "hot", of: BenchDevice.self,
                properties: AttributeProperties(minAlarm: "-50", maxAlarm: "50", minWarning: "-10", maxWarning: "10")
            ) { $0.number * 5 },
            Spectrum("row", of: BenchDevice.self, maxLength: 5) {
                $0.row
            } write: {
                $0.row = $1
            },
            Image("picture", of: BenchDevice.self, maxWidth: 4, maxHeight: 3) {
                $0.picture
            } write: {
                $0.picture = $1
            },
        ]
    }

    private static var others: [AttributeDefinition] {
        [
            AttributeDefinition(
                name: "target", type: .double, access: .write,
                writer: .sync { call, write in try call.device(as: BenchDevice.self).written = write }),
            AttributeDefinition(
                name: "actual", type: .double, access: .readWithWrite, writeAttributeName: "target",
                reader: .sync { _ in AttributeReading(.double([7]), dimension: .scalar) }),
            AttributeDefinition(
                name: "blob", type: .encoded, access: .readWrite,
                reader: .sync { _ in AttributeReading(.encoded([DevEncoded(format: "raw", data: [1])])) },
                writer: .sync { _, _ in }),
            AttributeDefinition(
                name: "mode", type: .state, access: .readWrite, reader: .sync { _ in AttributeReading(.state([.open])) },
                writer: .sync { _, _ in }),
            AttributeDefinition(
                name: "asynchronous", type: .long, access: .readWrite,
                reader: .async { _ in
                    await Task.yield()
                    return AttributeReading(.long([11]), dimension: .scalar)
                }, writer: .async { _, _ in await Task.yield() }),
            AttributeDefinition(name: "unset", type: .long, reader: .sync { _ in nil }),
            AttributeDefinition(name: "invalid", type: .long, reader: .sync { _ in .invalid }),
            AttributeDefinition(
                name: "toolong", type: .long, format: .spectrum, maxDimX: 2, reader: .sync { _ in AttributeReading(.long([1, 2, 3])) }),
            AttributeDefinition(
                name: "forbidden", type: .long, access: .readWrite, reader: .sync { _ in AttributeReading(.long([1])) },
                writer: .sync { _, _ in },
                isAllowed: Self.off),
            AttributeDefinition(
                name: "failing", type: .long, access: .readWrite, reader: .sync { _ in throw DevFailed("Bench_Read", "no reading") },
                writer: .sync { _, _ in throw DevFailed("Bench_Write", "no writing") }),
        ]
    }

    private static var commands: [Member] {
        [
            .command(Command("Echo", of: BenchDevice.self, in: .double, out: .double, inDescription: "a number", level: .expert) { $1 }),
            .command(
                AsyncCommand("EchoLater", of: BenchDevice.self, in: .string, out: .string) { _, argument in
                    await Task.yield()
                    return argument
                }),
            .command(Command("Nothing", of: BenchDevice.self) { _, _ in .void }),
            .command(Command("Forbidden", of: BenchDevice.self, isAllowed: Self.off) { _, _ in .void }),
            .command(Command("Fail", of: BenchDevice.self) { _, _ in throw DevFailed("Bench_Command", "no command") }),
            .command(Command("Lie", of: BenchDevice.self, out: .long) { _, _ in .string("not a number") }),
            .command(
                Command("SetState", of: BenchDevice.self, in: .state) { device, argument in
                    if case .state(let state) = argument { device.context.setState(state) }
                    return .void
                }),
            .pipe(
                PipeDefinition(
                    PipeConfig(name: "pipe", writable: .readWrite), reader: .sync { _ in Self.blob }, writer: .sync { _, _ in })),
            .pipe(PipeDefinition(PipeConfig(name: "readOnlyPipe"), reader: .async { _ in Self.blob })),
        ]
    }

    static let blob = PipeBlob(name: "blob", elements: [PipeElement(name: "first", content: .value(.long([1, 2]), isArray: true))])
}
