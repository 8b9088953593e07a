import TangoCore

/// The role of a member for the kernel.
enum MemberRole: Sendable {
    case ordinary, state, status, initialize
}

/// The members of every device.
enum BuiltInMembers {
    static let attributes: [ClassAttribute] = [
        ClassAttribute(
            AttributeDefinition(
                name: "State", type: .state,
                reader: .sync { call in
                    AttributeReading(.deviceState(call.context.runtime.stateAndStatus.computedState()), dimension: .scalar)
                }),
            role: .state),
        ClassAttribute(
            AttributeDefinition(
                name: "Status", type: .string,
                reader: .sync { call in AttributeReading(.string([call.context.runtime.status]), dimension: .scalar) }),
            role: .status),
    ]

    static let commands: [ClassCommand] = [
        ClassCommand(
            CommandDefinition(
                CommandInfo(name: "Init", inType: .void, outType: .void),
                handler: .async { call, _ in
                    try await call.context.runtime.reinitialize()
                    return .void
                }),
            role: .initialize),
        ClassCommand(
            CommandDefinition(
                CommandInfo(name: "State", inType: .void, outType: .state, outDescription: "Device state"),
                handler: .sync { call, _ in .state(call.context.runtime.stateAndStatus.computedState()) }),
            role: .state),
        ClassCommand(
            CommandDefinition(
                CommandInfo(name: "Status", inType: .void, outType: .string, outDescription: "Device status"),
                handler: .sync { call, _ in .string(call.context.runtime.status) }),
            role: .status),
    ]

    static func isReserved(attribute name: String) -> Bool { Self.attributes.contains { $0.value.name.tangoFolded == name.tangoFolded } }
    static func isReserved(command name: String) -> Bool { Self.commands.contains { $0.value.info.name.tangoFolded == name.tangoFolded } }
}
