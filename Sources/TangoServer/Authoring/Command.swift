public import TangoCore

/// Declares a command: `Command("Ramp") { (device, target: Double) in try await device.ramp(to: target) }`.
///
/// Argument and result are any `CommandConvertible` types or nothing; `Int` is DevLong64, like `Int64`. An argument of another type is
/// refused with `API_IncompatibleCmdArgumentType`; an error of the closure fails the command. No other request runs on the device while
/// the closure does, not even while it awaits.
public struct Command<D: Device>: Sendable {
    /// The same for the kernel.
    public private(set) var definition: CommandDefinition

    /// Polls the command with this period, unless an operator has disabled polling. A command with an argument cannot be polled.
    /// - Parameter period: at least 5 ms; zero is polled only by `DeviceContext.triggerPolling(command:)` and `fillCache(command:with:)`.
    public func polled(every period: Duration) -> Command {
        var copy = self
        copy.definition.pollingPeriod = period
        return copy
    }

    private init(
        _ name: String, in inType: DataType = .void, inDescription: String? = nil, out outType: DataType = .void,
        outDescription: String? = nil, level: DisplayLevel, handler: CommandHandler
    ) {
        var info = CommandInfo(name: name, level: level, inType: inType, outType: outType)
        if let inDescription { info.inDescription = inDescription }
        if let outDescription { info.outDescription = outDescription }
        self.definition = CommandDefinition(info, handler: handler)
    }

    private static func argument<In: CommandConvertible>(_ data: CommandData) throws(DevFailed) -> In {
        if let argument = In(data) { return argument }
        throw DevFailed(
            .incompatibleCommandArgument, "Incompatible command argument type, expected type is : Tango::\(In.commandType.name)",
            origin: "Command::extract")
    }
}

extension Command: MemberDeclaration {
    /// Returns the command with one more rule about when it may be executed.
    public func restricted(by rule: @escaping AccessCheck) -> Command {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}

// MARK: - Types known at compile time

extension Command {
    /// Declares a command without argument and result.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - execute: executes it.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator, _ execute: @escaping @Sendable (D) throws -> Void
    ) {
        self.init(
            name, level: level,
            handler: .sync { call, _ in
                try execute(try call.device(as: D.self))
                return .void
            })
    }

    /// Declares an asynchronous command without argument and result; see the synchronous form for the parameters.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator,
        _ execute: @escaping @concurrent @Sendable (D) async throws -> Void
    ) {
        self.init(
            name, level: level,
            handler: .async { call, _ in
                try await execute(try call.device(as: D.self))
                return .void
            })
    }

    /// Declares a command with a result.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - outDescription: text about the result, shown to people.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - execute: executes it and returns the result.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String? = nil, level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D) throws -> Out
    ) {
        self.init(
            name, out: Out.commandType, outDescription: outDescription, level: level,
            handler: .sync { call, _ in (try execute(try call.device(as: D.self))).commandData })
    }

    /// Declares an asynchronous command with a result; see the synchronous form for the parameters.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String? = nil, level: DisplayLevel = .operator,
        _ execute: @escaping @concurrent @Sendable (D) async throws -> Out
    ) {
        self.init(
            name, out: Out.commandType, outDescription: outDescription, level: level,
            handler: .async { call, _ in (try await execute(try call.device(as: D.self))).commandData })
    }

    /// Declares a command with an argument.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - inDescription: text about the argument, shown to people.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - execute: executes it with the argument.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String? = nil, level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D, In) throws -> Void
    ) {
        self.init(
            name, in: In.commandType, inDescription: inDescription, level: level,
            handler: .sync { call, argument in
                try execute(try call.device(as: D.self), try Self.argument(argument))
                return .void
            })
    }

    /// Declares an asynchronous command with an argument; see the synchronous form for the parameters.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String? = nil, level: DisplayLevel = .operator,
        _ execute: @escaping @concurrent @Sendable (D, In) async throws -> Void
    ) {
        self.init(
            name, in: In.commandType, inDescription: inDescription, level: level,
            handler: .async { call, argument in
                try await execute(try call.device(as: D.self), try Self.argument(argument))
                return .void
            })
    }

    /// Declares a command with argument and result.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - inDescription: text about the argument, shown to people.
    ///   - outDescription: text about the result, shown to people.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - execute: executes it with the argument and returns the result.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String? = nil, outDescription: String? = nil,
        level: DisplayLevel = .operator, _ execute: @escaping @Sendable (D, In) throws -> Out
    ) {
        self.init(
            name, in: In.commandType, inDescription: inDescription, out: Out.commandType, outDescription: outDescription, level: level,
            handler: .sync { call, argument in (try execute(try call.device(as: D.self), try Self.argument(argument))).commandData })
    }

    /// Declares an asynchronous command with argument and result; see the synchronous form for the parameters.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String? = nil, outDescription: String? = nil,
        level: DisplayLevel = .operator, _ execute: @escaping @concurrent @Sendable (D, In) async throws -> Out
    ) {
        self.init(
            name, in: In.commandType, inDescription: inDescription, out: Out.commandType, outDescription: outDescription, level: level,
            handler: .async { call, argument in (try await execute(try call.device(as: D.self), try Self.argument(argument))).commandData })
    }
}

// MARK: - Types known at run time

extension Command {
    /// Declares a command whose types are known at run time only.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - inType: type of the argument.
    ///   - outType: type of the result.
    ///   - inDescription: text about the argument, shown to people.
    ///   - outDescription: text about the result, shown to people.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - execute: executes it with an argument of the declared type; a result of another type fails the command with
    ///     `API_IncompatibleCmdResultType`.
    public init(
        _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
        inDescription: String? = nil, outDescription: String? = nil, level: DisplayLevel = .operator,
        execute: @escaping @Sendable (D, CommandData) throws -> CommandData
    ) {
        self.init(
            name, in: inType, inDescription: inDescription, out: outType, outDescription: outDescription, level: level,
            handler: .sync { call, argument in try execute(try call.device(as: D.self), argument) })
    }

    /// Declares an asynchronous command whose types are known at run time only; see the synchronous form for the parameters.
    public init(
        _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
        inDescription: String? = nil, outDescription: String? = nil, level: DisplayLevel = .operator,
        execute: @escaping @concurrent @Sendable (D, CommandData) async throws -> CommandData
    ) {
        self.init(
            name, in: inType, inDescription: inDescription, out: outType, outDescription: outDescription, level: level,
            handler: .async { call, argument in try await execute(try call.device(as: D.self), argument) })
    }
}
