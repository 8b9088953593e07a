import TangoCore

/// Declares a command: `Command("Ramp") { (device, target: Double) in try await device.ramp(to: target) }`.
///
/// Argument and result are any `CommandConvertible` types or nothing; a method of the class does as well: `Command("Off", PowerSupply.off)`.
public struct Command<D: Device>: Sendable {
    /// What the kernel takes.
    public private(set) var definition: CommandDefinition

    /// Declares a command whose types are known at run time only; the argument has the type `inType`.
    public init(
        _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
        inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        execute: @escaping @Sendable (D, CommandData) throws -> CommandData
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), inType, outType,
            .sync { call, argument in try execute(try call.device(as: D.self), argument) })
    }

    /// Declares an asynchronous command whose types are known at run time only; the argument has the type `inType`.
    public init(
        _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
        inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        execute: @escaping @Sendable (D, CommandData) async throws -> CommandData
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), inType, outType,
            .async { call, argument in try await execute(try call.device(as: D.self), argument) })
    }

    /// Has the kernel execute it with this period from the start, unless an operator stopped that; zero: when the device's code says so.
    public func polled(every period: Duration) -> Command {
        var copy = self
        copy.definition.pollingPeriod = period
        return copy
    }

    private struct Texts {
        var inDescription: String
        var outDescription: String
        var level: DisplayLevel

        init(_ inDescription: String, _ outDescription: String, _ level: DisplayLevel) {
            self.inDescription = inDescription
            self.outDescription = outDescription
            self.level = level
        }
    }

    private init(_ name: String, _ texts: Texts, _ inType: DataType, _ outType: DataType, _ handler: CommandHandler) {
        self.definition = CommandDefinition(
            CommandInfo(
                name: name, level: texts.level, inType: inType, outType: outType, inDescription: texts.inDescription,
                outDescription: texts.outDescription),
            handler: handler)
    }

    private static func argument<In: CommandConvertible>(_ data: CommandData) throws(DevFailed) -> In {
        if let argument = In(data) { return argument }
        throw DevFailed(
            .incompatibleCommandArgument, "Incompatible command argument type, expected type is : Tango::\(In.commandType.name)",
            origin: "Command::extract")
    }
}

extension Command: MemberDeclaration {
    public func restricted(by rule: @escaping AccessCheck) -> Command {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}

// MARK: - Closures

extension Command {
    /// Declares a command.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D) throws -> Void
    ) {
        self.init(
            name, Texts("Uninitialised", "Uninitialised", level), .void, .void,
            .sync { call, _ in
                try execute(try call.device(as: D.self))
                return .void
            })
    }

    /// Declares an asynchronous command.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D) async throws -> Void
    ) {
        self.init(
            name, Texts("Uninitialised", "Uninitialised", level), .void, .void,
            .async { call, _ in
                try await execute(try call.device(as: D.self))
                return .void
            })
    }

    /// Declares a command with a result.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D) throws -> Out
    ) {
        self.init(
            name, Texts("Uninitialised", outDescription, level), .void, Out.commandType,
            .sync { call, _ in (try execute(try call.device(as: D.self))).commandData })
    }

    /// Declares an asynchronous command with a result.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D) async throws -> Out
    ) {
        self.init(
            name, Texts("Uninitialised", outDescription, level), .void, Out.commandType,
            .async { call, _ in (try await execute(try call.device(as: D.self))).commandData })
    }

    /// Declares a command with an argument.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D, In) throws -> Void
    ) {
        self.init(
            name, Texts(inDescription, "Uninitialised", level), In.commandType, .void,
            .sync { call, argument in
                try execute(try call.device(as: D.self), try Self.argument(argument))
                return .void
            })
    }

    /// Declares an asynchronous command with an argument.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D, In) async throws -> Void
    ) {
        self.init(
            name, Texts(inDescription, "Uninitialised", level), In.commandType, .void,
            .async { call, argument in
                try await execute(try call.device(as: D.self), try Self.argument(argument))
                return .void
            })
    }

    /// Declares a command with argument and result.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", outDescription: String = "Uninitialised",
        level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D, In) throws -> Out
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), In.commandType, Out.commandType,
            .sync { call, argument in (try execute(try call.device(as: D.self), try Self.argument(argument))).commandData })
    }

    /// Declares an asynchronous command with argument and result.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", outDescription: String = "Uninitialised",
        level: DisplayLevel = .operator,
        _ execute: @escaping @Sendable (D, In) async throws -> Out
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), In.commandType, Out.commandType,
            .async { call, argument in (try await execute(try call.device(as: D.self), try Self.argument(argument))).commandData })
    }
}

// MARK: - Methods of the class

extension Command {
    /// Declares a command served by a method.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> () throws -> Void
    ) {
        self.init(
            name, Texts("Uninitialised", "Uninitialised", level), .void, .void,
            .sync { call, _ in
                try method(try call.device(as: D.self))()
                return .void
            })
    }

    /// Declares an asynchronous command served by a method.
    public init(
        _ name: String, of device: D.Type = D.self, level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> () async throws -> Void
    ) {
        self.init(
            name, Texts("Uninitialised", "Uninitialised", level), .void, .void,
            .async { call, _ in
                try await method(try call.device(as: D.self))()
                return .void
            })
    }

    /// Declares a command with a result served by a method.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> () throws -> Out
    ) {
        self.init(
            name, Texts("Uninitialised", outDescription, level), .void, Out.commandType,
            .sync { call, _ in (try method(try call.device(as: D.self))()).commandData })
    }

    /// Declares an asynchronous command with a result served by a method.
    public init<Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> () async throws -> Out
    ) {
        self.init(
            name, Texts("Uninitialised", outDescription, level), .void, Out.commandType,
            .async { call, _ in (try await method(try call.device(as: D.self))()).commandData })
    }

    /// Declares a command with an argument served by a method.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> (In) throws -> Void
    ) {
        self.init(
            name, Texts(inDescription, "Uninitialised", level), In.commandType, .void,
            .sync { call, argument in
                try method(try call.device(as: D.self))(try Self.argument(argument))
                return .void
            })
    }

    /// Declares an asynchronous command with an argument served by a method.
    public init<In: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> (In) async throws -> Void
    ) {
        self.init(
            name, Texts(inDescription, "Uninitialised", level), In.commandType, .void,
            .async { call, argument in
                try await method(try call.device(as: D.self))(try Self.argument(argument))
                return .void
            })
    }

    /// Declares a command with argument and result served by a method.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", outDescription: String = "Uninitialised",
        level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> (In) throws -> Out
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), In.commandType, Out.commandType,
            .sync { call, argument in (try method(try call.device(as: D.self))(try Self.argument(argument))).commandData })
    }

    /// Declares an asynchronous command with argument and result served by a method.
    public init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, of device: D.Type = D.self, inDescription: String = "Uninitialised", outDescription: String = "Uninitialised",
        level: DisplayLevel = .operator,
        _ method: @escaping @Sendable (D) -> (In) async throws -> Out
    ) {
        self.init(
            name, Texts(inDescription, outDescription, level), In.commandType, Out.commandType,
            .async { call, argument in (try await method(try call.device(as: D.self))(try Self.argument(argument))).commandData })
    }
}
