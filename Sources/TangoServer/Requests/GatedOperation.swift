import Synchronization
import TangoCore
import TangoWire

/// A handler that has to be awaited; the operation goes on with what it answered.
enum AsyncStep: Sendable {
    case read(@concurrent @Sendable (MemberCall) async throws -> AttributeReading?, name: String)
    case write(@concurrent @Sendable (MemberCall, AttributeWrite) async throws -> Void, AttributeWrite)
    case command(@concurrent @Sendable (MemberCall, CommandData) async throws -> CommandData, name: String, CommandData, from: Caller?)
    case readPipe(@concurrent @Sendable (MemberCall) async throws -> PipeBlob, name: String)
    case writePipe(@concurrent @Sendable (MemberCall, PipeBlob) async throws -> Void, name: String, PipeBlob)
    /// The kernel's own work, such as telling the database.
    case perform(@Sendable () async throws -> Void)
    /// What another device is asked for in the place of this one.
    case forward(@Sendable () async throws -> DeviceResult)
}

enum StepResult: Sendable {
    case reading(AttributeReading?)
    case command(CommandData)
    case pipe(PipeBlob)
    case answer(DeviceResult)
    case done
}

enum Advance: Sendable {
    case finished(DeviceResult)
    case await(AsyncStep)
}

/// A request that needs the device. Runs without suspension as far as handlers are synchronous, so one implementation serves the
/// event loop, the thread pool and tasks.
protocol GatedOperation: Sendable {
    /// Goes on; throwing ends the operation with that error.
    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance
    /// Takes what the awaited handler answered.
    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws
    /// What a client gets that waited too long for the device.
    var timedOut: Result<DeviceResult, any Error> { get }
    /// Whether it is serialized on devices of every serial model, `SerialModel.none` included.
    var isAlwaysSerialized: Bool { get }
    /// Whether it needs the device for itself; `false` for what never touches the device's object.
    var isSerialized: Bool { get }
}

extension GatedOperation {
    var isSerialized: Bool { true }
    var isAlwaysSerialized: Bool { false }
}

extension AsyncStep {
    /// Runs the handler. Only for the holder of the gate.
    func run(_ runtime: DeviceRuntime) async throws -> StepResult {
        switch self {
        case .read(let handler, let name): return .reading(try await handler(try runtime.call(name)))
        case .write(let handler, let write):
            try await handler(try runtime.call(write.name), write)
            return .done
        case .command(let handler, let name, let argument, let caller):
            var call = try runtime.call(name)
            call.caller = caller
            return .command(try await handler(call, argument))
        case .readPipe(let handler, let name): return .pipe(try await handler(try runtime.call(name)))
        case .writePipe(let handler, let name, let blob):
            try await handler(try runtime.call(name), blob)
            return .done
        case .perform(let work):
            try await work()
            return .done
        case .forward(let ask): return .answer(try await ask())
        }
    }
}

/// Executes a command.
struct CommandOperation: GatedOperation {
    let name: String
    let argument: CommandData
    private let caller: Caller?
    private var definition: SharedCommand?
    private var result: CommandData?
    /// Of State: what it depends on.
    private var condition: ConditionReading?

    /// - Parameter caller: for classes whose commands are told who calls.
    init(name: String, argument: CommandData, caller: Caller? = nil) {
        self.name = name
        self.argument = argument
        self.caller = caller
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        if let result = self.result { return try self.finish(result, runtime) }
        if let step = try self.condition?.advance(runtime) { return .await(step) }
        let command: SharedCommand
        if let definition = self.definition {
            command = definition
        } else {
            guard let found = runtime.command(self.name) else {
                throw DevFailed(.commandNotFound, "Command \(self.name) not found", origin: "DeviceClass::command_handler")
            }
            command = found
            self.definition = found
            // Init must work on a device whose object could not be made; so must what tells why.
            if runtime.device == nil {
                switch found.role {
                case .initialize: return .await(.perform { try await runtime.reinitialize() })
                case .state: return .finished(.command(.state(runtime.state)))
                case .status: return .finished(.command(.string(runtime.status)))
                case .ordinary: break
                }
            }
            try runtime.device?.alwaysExecuted()
            if found.role == .state {
                var condition = ConditionReading(runtime)
                let step = try condition.advance(runtime)
                self.condition = condition
                if let step { return .await(step) }
            }
        }
        let definition = command.value
        var call = try runtime.call(definition.info.name)
        call.caller = self.caller
        if let isAllowed = definition.isAllowed, !isAllowed(call, .execute) {
            throw DevFailed(
                .commandNotAllowed, "Command \(definition.info.name) not allowed when the device is in \(runtime.state.name) state",
                origin: "DeviceClass::command_handler")
        }
        let argument = try self.argument(of: definition)
        switch definition.handler {
        case .sync(let handler): return try self.finish(try handler(call, argument), runtime)
        case .async(let handler): return .await(.command(handler, name: definition.info.name, argument, from: self.caller))
        }
    }

    /// Answers when the database knows what the command changed.
    private mutating func finish(_ result: CommandData, _ runtime: DeviceRuntime) throws -> Advance {
        guard runtime.isTelling.load(ordering: .acquiring) else { return .finished(.command(try self.checked(result))) }
        self.result = result
        return .await(.perform { await runtime.databaseIsTold() })
    }

    private func argument(of definition: CommandDefinition) throws(DevFailed) -> CommandData {
        guard let expected = definition.info.inType, expected != .void else { return .void }
        let type = self.argument.type
        if type == expected || (expected == .enum && type == .short) || (expected == .constString && type == .string) {
            return self.argument
        }
        throw DevFailed(
            .incompatibleCommandArgument,
            definition.argumentRefusal ?? "Incompatible command argument type, expected type is : Tango::\(expected.name)",
            origin: "Command::extract")
    }

    private func checked(_ result: CommandData) throws(DevFailed) -> CommandData {
        guard let expected = self.definition?.value.info.outType, expected != .void else { return .void }
        let type = result.type
        if type == expected || (expected == .enum && type == .short) || (expected == .constString && type == .string) { return result }
        throw DevFailed(
            "API_IncompatibleCmdResultType", "Command \(self.name) answered \(type.name), declared is \(expected.name)",
            origin: "DeviceRuntime")
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if self.condition?.isReading == true {
            try self.condition?.resume(result, runtime)
            return
        }
        switch try result.get() {
        case .command(let data): self.result = data
        default: if self.result == nil { self.result = .void }
        }
    }
}

/// Writes attributes, all that can be written even if others fail; then reads, if asked to.
struct WriteOperation: GatedOperation {
    var isAlwaysSerialized: Bool { true }
    private let values: [AttributeValue]
    private let version: Int
    private var reading: ReadOperation?
    private var writes: [(attribute: AttributeRuntime, write: AttributeWrite, index: Int32)] = []
    private var errors: [NamedDevError] = []
    private var position = -1
    /// A memorized value that the database is to be told before the next attribute.
    private var memorizing = false
    private var isReading = false

    /// - Parameter read: names to read afterwards; `nil` for a plain write.
    init(values: [AttributeValue], read: [String]?, version: Int) {
        self.values = values
        self.version = version
        self.reading = read.map { ReadOperation(names: $0.isEmpty ? values.map(\.name) : $0, source: .device, version: 5) }
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        if self.position < 0 {
            self.check(runtime)
            self.position = 0
            if !self.writes.isEmpty { try runtime.device?.alwaysExecuted() }
            self.checkRanges(runtime)
        }
        if let stored = self.stored {
            self.stored = nil
            return .await(stored)
        }
        while self.position < self.writes.count {
            let (attribute, write, index) = self.writes[self.position]
            do {
                if let step = try self.write(attribute, write, runtime) { return .await(step) }
            } catch {
                self.position += 1
                self.errors.append(NamedDevError(name: attribute.name, index: index, errors: DevFailed(wrapping: error).errors))
            }
        }
        guard self.errors.isEmpty else {
            // Before interface 3 there is no structure for several failures.
            if self.version < 3 { throw DevFailed(errors: self.errors[0].errors) }
            throw MultiDevFailed(errors: self.errors)
        }
        guard self.reading != nil else { return .finished(.void) }
        self.isReading = true
        return try self.reading?.advance(runtime) ?? .finished(.void)
    }

    private mutating func check(_ runtime: DeviceRuntime) {
        for (index, value) in self.values.enumerated() {
            do {
                guard let attribute = runtime.attribute(value.name) else {
                    throw DevFailed(.attributeNotFound, "\(value.name) attribute not found", origin: "MultiAttribute::get_attr_ind_by_name")
                }
                var value = value
                if self.version < 4 { value.writeDimension = value.readDimension }
                self.writes.append((attribute, try attribute.checked(value), Int32(index)))
            } catch {
                self.errors.append(NamedDevError(name: value.name, index: Int32(index), errors: DevFailed(wrapping: error).errors))
            }
        }
    }

    /// What is outside its limits comes after all that cannot be written at all, in the order of the answer too (measured).
    private mutating func checkRanges(_ runtime: DeviceRuntime) {
        var outside: [NamedDevError] = []
        for (position, (attribute, write, index)) in self.writes.enumerated().reversed() {
            do {
                self.writes[position].write = try attribute.accepted(write, allowsNaN: runtime.server.allowsNaN)
            } catch {
                self.writes.remove(at: position)
                outside.append(NamedDevError(name: attribute.name, index: index, errors: DevFailed(wrapping: error).errors))
            }
        }
        self.errors += outside.reversed()
    }

    private mutating func write(_ attribute: AttributeRuntime, _ write: AttributeWrite, _ runtime: DeviceRuntime) throws -> AsyncStep? {
        let call = try runtime.call(attribute.name)
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(call, .write) {
            throw DevFailed(
                .attributeNotAllowed,
                "It is currently not allowed to write attribute \(attribute.name). The device state is \(runtime.state.name)",
                origin: "Device::write_attributes")
        }
        switch attribute.definition.writer {
        case .sync(let handler): try handler(call, write)
        case .async(let handler): return .write(handler, write)
        case nil: break
        }
        return self.written(runtime)
    }

    /// The handler succeeded: the set value changes, and a memorized one goes to the database.
    private mutating func written(_ runtime: DeviceRuntime) -> AsyncStep? {
        let (attribute, write, _) = self.writes[self.position]
        if attribute.store(write) { runtime.updateAlarmIndex(for: attribute) }
        if attribute.definition.memorization != .none, let text = write.data.memorizedText {
            self.memorizing = true
            return .perform { try await runtime.changeProperties(ofAttribute: attribute.name, [("__value", [text])]) }
        }
        self.position += 1
        return nil
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if self.isReading {
            try self.reading?.resume(result, runtime)
            return
        }
        if self.memorizing {
            self.memorizing = false
            if case .failure(let error) = result {
                runtime.kernelLogger.warning("memorized value not stored", metadata: ["error": "\(error)"])
            }
            self.position += 1
            return
        }
        let (attribute, _, index) = self.writes[self.position]
        switch result {
        case .success:
            self.stored = self.written(runtime)
        case .failure(let error):
            self.position += 1
            self.errors.append(NamedDevError(name: attribute.name, index: index, errors: DevFailed(wrapping: error).errors))
        }
    }

    /// Work left by `resume` for the next `advance`.
    private var stored: AsyncStep?
}

/// Changes attribute configurations: earlier ones of a list stay changed when a later one is refused (measured rule).
struct ConfigureOperation: GatedOperation {
    var isAlwaysSerialized: Bool { true }
    let configs: [AttributeConfig]
    let version: Int
    private var position = 0
    /// Whether a root device is asked for the change.
    private var isForwarding = false
    private var rootFailure: (any Error)?

    init(configs: [AttributeConfig], version: Int) {
        self.configs = configs
        self.version = version
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        while self.position < self.configs.count {
            let sent = self.configs[self.position]
            do {
                guard let attribute = runtime.attribute(sent.name) else {
                    throw DevFailed(.attributeNotFound, "\(sent.name) attribute not found", origin: "MultiAttribute::get_attr_by_name")
                }
                if let rootFailure = self.rootFailure { throw DevFailed(wrapping: rootFailure) }
                let completed = Self.completed(sent, with: attribute.config, version: self.version)
                if attribute.root != nil {
                    self.isForwarding = true
                    return .await(.perform { try await runtime.configureForwarded(attribute.name, completed) })
                }
                let changes = try attribute.setConfig(completed, device: runtime.name.text)
                runtime.updateAlarmIndex(for: attribute)
                self.position += 1
                let config = attribute.config
                runtime.server.changes.send(runtime.name, .attributeConfig(config))
                if !changes.isEmpty {
                    return .await(.perform { try await runtime.changeProperties(ofAttribute: attribute.name, changes) })
                }
            } catch let failure as DevFailed {
                guard self.configs.count > 1 else { throw failure }
                var errors = failure.errors
                var reason = errors[0].reason.rawValue
                if self.position > 0 { reason += "\nAll previous attribute(s) have been successfully updated" }
                if self.position < self.configs.count - 1 { reason += "\nAll remaining attribute(s) have not been updated" }
                errors[0].reason = ErrorReason(rawValue: reason)
                throw DevFailed(errors: errors)
            }
        }
        return .finished(.void)
    }

    /// What older structures do not carry stays as it is.
    private static func completed(_ sent: AttributeConfig, with old: AttributeConfig, version: Int) -> AttributeConfig {
        var config = sent
        if version < 5 {
            config.enumLabels = old.enumLabels
            config.isMemorized = old.isMemorized
            config.rootAttributeName = old.rootAttributeName
        }
        if version < 3 {
            config.level = old.level
            config.events = old.events
            let (low, high) = (config.alarm.minAlarm, config.alarm.maxAlarm)
            config.alarm = old.alarm
            config.alarm.minAlarm = low
            config.alarm.maxAlarm = high
        }
        return config
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        guard self.isForwarding else {
            _ = try result.get()
            return
        }
        self.isForwarding = false
        switch result {
        case .success: self.position += 1
        case .failure(let error): self.rootFailure = error
        }
    }
}

/// Reads a pipe, writes one, or writes and then reads it.
struct PipeOperation: GatedOperation {
    var isAlwaysSerialized: Bool { self.written != nil }
    let name: String
    private let written: PipeBlob?
    private let reads: Bool
    private var isWritten = false
    private var blob: PipeBlob?

    init(name: String, write: PipeBlob?, reads: Bool) {
        self.name = name
        self.written = write
        self.reads = reads
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        guard let pipe = runtime.pipe(self.name) else {
            throw DevFailed(.pipeNotFound, "\(self.name) pipe not found", origin: "DeviceClass::get_pipe_by_name")
        }
        let call = try runtime.call(pipe.config.name)
        if let blob = self.written, !self.isWritten {
            guard pipe.config.writable == .readWrite, let writer = pipe.writer else {
                throw DevFailed(
                    .pipeNotWritable, "Pipe \(pipe.config.name) for device \(runtime.name) is not writable",
                    origin: "Device_5Impl::write_pipe_5")
            }
            try call.device.alwaysExecuted()
            try Self.allow(pipe, call, .write, "write")
            self.isWritten = true
            switch writer {
            case .sync(let handler): try handler(call, blob)
            case .async(let handler): return .await(.writePipe(handler, name: pipe.config.name, blob))
            }
        }
        guard self.reads else { return .finished(.void) }
        if let blob = self.blob { return .finished(.pipe(PipeValue(name: pipe.config.name, time: .now, blob: blob))) }
        if self.written == nil { try call.device.alwaysExecuted() }
        try Self.allow(pipe, call, .read, "read")
        switch pipe.reader {
        case .sync(let handler): return .finished(.pipe(PipeValue(name: pipe.config.name, time: .now, blob: try handler(call))))
        case .async(let handler): return .await(.readPipe(handler, name: pipe.config.name))
        }
    }

    private static func allow(_ pipe: PipeDefinition, _ call: MemberCall, _ kind: AccessKind, _ verb: String) throws(DevFailed) {
        guard let isAllowed = pipe.isAllowed, !isAllowed(call, kind) else { return }
        throw DevFailed(.pipeNotAllowed, "It is currently not allowed to \(verb) pipe \(pipe.config.name)", origin: "Device_5Impl::pipe")
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if case .pipe(let blob) = try result.get() { self.blob = blob }
    }
}
