import Synchronization
import TangoCore
import TangoServer

/// The values and answers of a twin, which may be replaced at any time from any task.
final class MirrorModel: Sendable {
    private struct State {
        var recording: MirrorRecording
        /// Values that clients wrote to the twin and read back.
        var written: [String: AttributeReading] = [:]
        var writtenPipes: [String: PipeBlob] = [:]
        /// Next step of scripted attributes.
        var position: [String: Int] = [:]
        var statePosition = 0
        /// Whether the set values of the original are being written, which changes no read value.
        var isPriming = false
    }

    private let random: [String: RandomValues]
    private let scripts: [String: [Result<AttributeReading, DevFailed>]]
    private let answers: [String: CommandData]
    private let scriptedStates: [DevState]
    private let state: Mutex<State>

    /// - Throws: `API_InvalidArgs` when a script does not fit the interface.
    init(_ interface: MirrorInterface, values: MirrorValues) throws(DevFailed) {
        self.state = Mutex(State(recording: interface.recording))
        var random: [String: RandomValues] = [:]
        var scripts: [String: [Result<AttributeReading, DevFailed>]] = [:]
        var answers: [String: CommandData] = [:]
        var states: [DevState] = []
        switch values {
        case .recorded: break
        case .random:
            for config in interface.attributes { random[config.name.tangoFolded] = RandomValues(config) }
        case .scripted(let script):
            for config in interface.attributes { scripts[config.name.tangoFolded] = try script.readings(of: config) }
            for command in interface.commands { answers[command.name.tangoFolded] = try script.answer(of: command) }
            states = script.states
        }
        self.random = random
        self.scripts = scripts
        self.answers = answers
        self.scriptedStates = states
    }

    /// - Throws: the error that reading the original had, or that the script names.
    func read(_ name: String) throws(DevFailed) -> AttributeReading? {
        let key = name.tangoFolded
        let result: Result<AttributeReading, DevFailed>? = self.state.withLock { state in
            if let written = state.written[key] { return .success(written) }
            let recorded = state.recording.readings[key]
            if let steps = self.scripts[key] {
                let position = state.position[key, default: 0]
                state.position[key] = (position + 1) % steps.count
                return steps[position]
            }
            // What the original cannot read, its twin cannot either.
            if let random = self.random[key], case .success(let reading)? = recorded, reading.quality != .invalid {
                return random.reading(like: reading).map { .success($0) }
            }
            return recorded
        }
        return try result?.get()
    }

    func write(_ write: AttributeWrite) {
        self.state.withLock { state in
            guard !state.isPriming else { return }
            state.written[write.name.tangoFolded] = AttributeReading(write.data, dimension: write.dimension)
        }
    }

    func answer(_ command: CommandInfo, _ argument: CommandData) -> CommandData {
        if let answer = self.answers[command.name.tangoFolded] { return answer }
        if command.inTypeNumber == command.outTypeNumber { return argument }
        return command.outType.flatMap { CommandData.neutral($0) } ?? .void
    }

    func readPipe(_ name: String) throws(DevFailed) -> PipeBlob {
        let key = name.tangoFolded
        let (written, recorded) = self.state.withLock { ($0.writtenPipes[key], $0.recording.pipes[key]) }
        if let written { return written }
        guard let recorded else { throw DevFailed(.pipeValueNotSet, "Value for pipe \(name) has not been updated", origin: "MirrorModel") }
        return try recorded.get()
    }

    func writePipe(_ name: String, _ blob: PipeBlob) {
        self.state.withLock { $0.writtenPipes[name.tangoFolded] = blob }
    }

    /// State and status; a scripted state is the next one.
    func condition() -> (state: DevState, status: String?) {
        self.state.withLock { state in
            guard !self.scriptedStates.isEmpty else { return (state.recording.state, state.recording.status) }
            let current = self.scriptedStates[state.statePosition]
            state.statePosition = (state.statePosition + 1) % self.scriptedStates.count
            return (current, nil)
        }
    }

    /// Replaces the recorded values with newer ones, which go before what clients wrote.
    func update(_ recording: MirrorRecording) {
        self.state.withLock { state in
            state.recording = recording
            state.written = [:]
            state.writtenPipes = [:]
        }
    }

    /// Runs the body while writes change set values only.
    func priming<R>(_ body: () async throws -> R) async rethrows -> R {
        self.state.withLock { $0.isPriming = true }
        defer { self.state.withLock { $0.isPriming = false } }
        return try await body()
    }
}

extension CommandData {
    /// A neutral answer of a type: zero, empty, unknown. `nil` for types that no command returns.
    static func neutral(_ type: DataType) -> CommandData? {
        switch type {
        case .void: .void
        case .boolean: .boolean(false)
        case .short, .enum: .short(0)
        case .long: .long(0)
        case .long64: .long64(0)
        case .float: .float(0)
        case .double: .double(0)
        case .uchar: .uchar(0)
        case .ushort: .ushort(0)
        case .ulong: .ulong(0)
        case .ulong64: .ulong64(0)
        case .string, .constString: .string("")
        case .state: .state(.unknown)
        case .encoded: .encoded(DevEncoded(format: "", data: []))
        case .booleanArray: .booleanArray([])
        case .charArray: .charArray([])
        case .shortArray: .shortArray([])
        case .longArray: .longArray([])
        case .long64Array: .long64Array([])
        case .floatArray: .floatArray([])
        case .doubleArray: .doubleArray([])
        case .ushortArray: .ushortArray([])
        case .ulongArray: .ulongArray([])
        case .ulong64Array: .ulong64Array([])
        case .stringArray: .stringArray([])
        case .stateArray: .stateArray([])
        case .encodedArray: .encodedArray([])
        case .longStringArray: .longStringArray(LongStringArray())
        case .doubleStringArray: .doubleStringArray(DoubleStringArray())
        case .int, .pipeBlob: nil
        }
    }
}
