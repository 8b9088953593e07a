import TangoCore
import TangoServer

enum Color: Int16, TangoEnum {
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
    func initialize() {}

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

    @MemberBuilder<BenchDevice>
    private static var numbers: [Member] {
        Attribute("number", Double.self, unit: "A", minValue: -10, maxValue: 10).stored(at: \.number)
        Attribute("plain", Double.self).read { _ in 2 }
        Attribute("whole", Int16.self).read { _ in 3 }.write { _, _ in }
        Attribute("small", UInt8.self).read { _ in 3 }.write { _, _ in }
        Attribute("text", String.self).read { _ in "text" }.write { _, _ in }
        Attribute("flag", Bool.self).read { _ in false }.write { _, _ in }
        Attribute("color", Color.self).read { _ in .green }.write { _, _ in }
        Attribute("remembered", Double.self, memorization: .memorized).read { _ in 1 }.write { _, _ in }
        Attribute("hot", Double.self, minAlarm: -50, maxAlarm: 50, minWarning: -10, maxWarning: 10).read { $0.number * 5 }
        Attribute("row", [Int32].self, maxDimX: 5).stored(at: \.row)
        Attribute("picture", TangoImage<UInt8>.self, maxDimX: 4, maxDimY: 3).stored(at: \.picture)
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

    @MemberBuilder<BenchDevice>
    private static var commands: [Member] {
        Command("Echo", inDescription: "a number", level: .expert) { (_, number: Double) in number }
        Command("EchoLater") { (_, text: String) in
            await Task.yield()
            return text
        }
        Command("Nothing") { _ in }
        Command("Forbidden") { _ in }.restricted(by: Self.off)
        Command("Fail") { _ in throw DevFailed("Bench_Command", "no command") }
        Command("Lie", out: .long) { _, _ in .string("not a number") }
        Command("SetState") { (device, state: DevState) in device.context.setState(state) }
        PipeDefinition(PipeConfig(name: "pipe", writable: .readWrite), reader: .sync { _ in Self.blob }, writer: .sync { _, _ in })
        PipeDefinition(PipeConfig(name: "readOnlyPipe"), reader: .async { _ in Self.blob })
    }

    static let blob = PipeBlob(name: "blob", elements: [PipeElement(name: "first", content: .value(.long([1, 2]), isArray: true))])
}
