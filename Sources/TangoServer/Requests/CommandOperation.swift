import Synchronization
import TangoCore
import TangoWire

/// Executes a command.
struct CommandOperation: GatedOperation {
    enum Suspension: Sendable {
        /// Init of a device whose object could not be made.
        case initializing(ClassCommand)
        /// Reads what State depends on.
        case checkingState(ClassCommand, StateCheck)
        case executing(ClassCommand, @concurrent @Sendable (MemberCall, CommandData) async throws -> CommandData, CommandData)
        /// Waits until the database knows what the command changed.
        case storing(ClassCommand, CommandData)
    }

    private enum Phase {
        case starting
        /// The attributes that State depends on are read.
        case stateChecked(ClassCommand)
        case executed(ClassCommand, CommandData)
    }

    private let name: String
    private let argument: CommandData
    private let caller: Caller?
    private var phase = Phase.starting

    /// - Parameter caller: for classes whose commands get their caller.
    init(name: String, argument: CommandData, caller: Caller? = nil) {
        self.name = name
        self.argument = argument
        self.caller = caller
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .starting: return try self.start(runtime)
        case .stateChecked(let command): return try self.execute(command, runtime)
        case .executed(let command, let result): return try self.finish(command, result, runtime)
        }
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .initializing(let command):
            try await runtime.reinitialize()
            self.phase = .executed(command, .void)
        case .checkingState(let command, let check):
            await check.finish(runtime)
            self.phase = .stateChecked(command)
        case .executing(let command, let handler, let argument):
            self.phase = .executed(command, try await handler(try self.call(command, runtime), argument))
        case .storing(let command, let result):
            await runtime.database.waitForPendingWrites()
            self.phase = .executed(command, result)
        }
    }

    private func start(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        guard let command = runtime.command(self.name) else {
            throw DevFailed.commandNotFound(self.name, origin: "DeviceClass::command_handler")
        }
        // Init must work on a device whose object could not be made; so must State and Status, which say why.
        if runtime.device == nil {
            switch command.role {
            case .initialize: return .suspended(.initializing(command))
            case .state: return .finished(.command(.state(runtime.state)))
            case .status: return .finished(.command(.string(runtime.status)))
            case .ordinary: break
            }
        }
        try runtime.device?.alwaysExecuted()
        if command.role == .state {
            var check = StateCheck(runtime)
            guard check.advance(runtime) else { return .suspended(.checkingState(command, check)) }
        }
        return try self.execute(command, runtime)
    }

    private func execute(_ command: ClassCommand, _ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        let definition = command.value
        let call = try self.call(command, runtime)
        if let isAllowed = definition.isAllowed, !isAllowed(call, .execute) {
            throw DevFailed(
                .commandNotAllowed, "Command \(definition.info.name) not allowed when the device is in \(runtime.state.name) state",
                origin: "DeviceClass::command_handler")
        }
        let argument = try self.argument(of: definition)
        switch definition.handler {
        case .sync(let handler): return try self.finish(command, try handler(call, argument), runtime)
        case .async(let handler): return .suspended(.executing(command, handler, argument))
        }
    }

    /// Replies when the database knows what the command changed.
    private func finish(_ command: ClassCommand, _ result: CommandData, _ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        guard !runtime.database.hasPendingWrites else { return .suspended(.storing(command, result)) }
        return .finished(.command(try self.checked(result, of: command.value)))
    }

    private func call(_ command: ClassCommand, _ runtime: DeviceRuntime) throws -> MemberCall {
        var call = try runtime.call(command.value.info.name)
        call.caller = self.caller
        return call
    }

    // MARK: - Types

    private func argument(of definition: CommandDefinition) throws(DevFailed) -> CommandData {
        guard let expected = definition.info.inType, expected != .void else { return .void }
        guard self.argument.isPassable(as: expected) else {
            throw DevFailed(
                .incompatibleCommandArgument,
                definition.argumentRefusal ?? "Incompatible command argument type, expected type is : Tango::\(expected.name)",
                origin: "Command::extract")
        }
        return self.argument
    }

    private func checked(_ result: CommandData, of definition: CommandDefinition) throws(DevFailed) -> CommandData {
        guard let expected = definition.info.outType, expected != .void else { return .void }
        guard result.isPassable(as: expected) else {
            throw DevFailed(
                .incompatibleCommandResult, "Command \(self.name) answered \(result.type.name), declared is \(expected.name)",
                origin: "DeviceRuntime")
        }
        return result
    }
}

extension CommandData {
    /// Whether the data can be sent where a value of that type is declared.
    fileprivate func isPassable(as expected: DataType) -> Bool {
        let type = self.type
        return type == expected || (expected == .enum && type == .short) || (expected == .constString && type == .string)
    }
}
