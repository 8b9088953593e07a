import TangoCore

/// The server that the commands of an admin device act on. The admin device does not keep it alive.
struct ServerReference: Sendable {
    private weak let lifecycle: ServerLifecycle?

    init(_ lifecycle: ServerLifecycle) {
        self.lifecycle = lifecycle
    }

    /// - Throws: `API_ShutdownInProgress`.
    func server() throws(DevFailed) -> ServerLifecycle {
        if let lifecycle = self.lifecycle { return lifecycle }
        throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "DServer")
    }
}

/// One command of the admin device: its descriptions, its types, and what it does with the server.
struct AdminCommand: Sendable {
    /// What is said of an argument of another type; cppTango 9.3.4 and 10.0.2 differ by command.
    enum Refusal {
        /// As for all other devices.
        case common
        /// With cppTango's spelling mistake and the name of the type, or this word.
        case misspelled(String? = nil)
        /// With the name of the C++ type.
        case constString
    }

    /// What a handler gets.
    struct Call {
        /// The server the command acts on.
        let server: ServerLifecycle
        /// The request: name of the command, caller, and the admin device itself.
        let request: MemberCall
    }

    /// The command as the kernel takes it.
    let definition: CommandDefinition

    /// A command without argument and result.
    init(_ name: String, _ server: ServerReference, _ body: @escaping @Sendable (Call) async throws -> Void) {
        self.init(CommandInfo(name: name, inType: .void, outType: .void), .common, server) { call, _ in
            try await body(call)
            return .void
        }
    }

    /// A command without argument.
    init<Out: CommandConvertible>(
        _ name: String, _ server: ServerReference, outDescription: String, _ body: @escaping @Sendable (Call) async throws -> Out
    ) {
        self.init(
            CommandInfo(name: name, inType: .void, outType: Out.commandType, outDescription: outDescription), .common, server
        ) { call, _ in try await body(call).commandData }
    }

    /// A command without result.
    init<In: CommandConvertible>(
        _ name: String, _ server: ServerReference, inDescription: String, refusal: Refusal = .common,
        _ body: @escaping @Sendable (Call, In) async throws -> Void
    ) {
        self.init(
            CommandInfo(name: name, inType: In.commandType, outType: .void, inDescription: inDescription), refusal, server
        ) { call, argument in
            try await body(call, try Self.argument(argument))
            return .void
        }
    }

    /// A command with argument and result.
    init<In: CommandConvertible, Out: CommandConvertible>(
        _ name: String, _ server: ServerReference, inDescription: String, outDescription: String, refusal: Refusal = .common,
        _ body: @escaping @Sendable (Call, In) async throws -> Out
    ) {
        self.init(
            CommandInfo(
                name: name, inType: In.commandType, outType: Out.commandType, inDescription: inDescription, outDescription: outDescription),
            refusal, server
        ) { call, argument in try await body(call, try Self.argument(argument)).commandData }
    }

    private init(
        _ info: CommandInfo, _ refusal: Refusal, _ server: ServerReference,
        _ body: @escaping @Sendable (Call, CommandData) async throws -> CommandData
    ) {
        var definition = CommandDefinition(
            info,
            handler: .async { request, argument in
                try await body(Call(server: try server.server(), request: request), argument)
            })
        definition.argumentRefusal = Self.text(refusal, info)
        self.definition = definition
    }

    /// The kernel has compared the types before.
    private static func argument<In: CommandConvertible>(_ data: CommandData) throws(DevFailed) -> In {
        if let value = In.inWireForm(data) { return value }
        throw DevFailed(.incompatibleCommandArgument, "Incompatible command argument type", origin: "DServer")
    }

    private static func text(_ refusal: Refusal, _ info: CommandInfo) -> String? {
        switch refusal {
        case .common: nil
        case .misspelled(let word): "Imcompatible command argument type, expected type is : \(word ?? info.inType?.name ?? "void")"
        case .constString: "Incompatible command argument type, expected type is : Tango::ConstDevString"
        }
    }
}

extension AdminCommand.Call {
    /// Returns the device, the admin device included, of that name or alias.
    /// - Throws: `API_DeviceNotFound`.
    func device(_ name: String) async throws(DevFailed) -> DeviceRuntime {
        if let found = await self.server.directory.device(name, as: .alias) { return found }
        throw DevFailed(.deviceNotFound, "Device \(name) not found", origin: "Util::get_device_by_name()")
    }
}
