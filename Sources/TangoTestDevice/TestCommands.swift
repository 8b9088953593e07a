import TangoCore
import TangoServer

/// The commands, sorted by name. Every device also has Init, State and Status.
enum TestCommands {
    static let all: [CommandDefinition] =
        (Self.echoes + [
            Self.quiet("CrashFromDevelopperThread"),
            Self.quiet("CrashFromOmniThread"),
            Self.quiet("DumpExecutionState"),
            Self.switchStates,
        ]).sorted { $0.info.name < $1.info.name }

    private static let echoes: [CommandDefinition] =
        Self.valueTypes.map { Self.echo($0, "Any \($0.name) value", "Echo of the argin value") }
        + Self.plainTypes.map { Self.echo($0, "-", "-") }
        + [
            Self.echo(.boolean, "Any boolean value", "Echo of the argin value"),
            Self.echo(.ulong, "Any DevULong", "Echo of the argin value"),
            Self.echo(.long64Array, "Uninitialised", "Uninitialised"),
            Self.echo(.ulong64Array, "Uninitialised", "Uninitialised"),
            Self.echo(.void, "N/A", "N/A"),
        ]

    private static let valueTypes: [DataType] = [.double, .float, .long, .long64, .short, .ulong64, .ushort]

    private static let plainTypes: [DataType] = [
        .string, .charArray, .doubleArray, .doubleStringArray, .floatArray, .longArray, .longStringArray, .shortArray, .stringArray,
        .ulongArray, .ushortArray,
    ]

    /// Makes a command that returns its argument and is named for its type.
    private static func echo(_ type: DataType, _ inDescription: String, _ outDescription: String) -> CommandDefinition {
        CommandDefinition(
            CommandInfo(name: type.name, inType: type, outType: type, inDescription: inDescription, outDescription: outDescription),
            handler: .sync { call, argument in
                call.context.logger.debug("command \(call.name)")
                return argument
            })
    }

    /// Makes a command that does nothing, whatever its name: clients call it and see that the device survives.
    private static func quiet(_ name: String) -> CommandDefinition {
        CommandDefinition(CommandInfo(name: name, level: .expert, inType: .void, outType: .void), handler: .sync { _, _ in .void })
    }

    /// Changes the state: RUNNING becomes FAULT, any other state RUNNING.
    private static let switchStates = CommandDefinition(
        CommandInfo(name: "SwitchStates", inType: .void, outType: .void),
        handler: .sync { call, _ in
            call.context.logger.debug("command \(call.name)")
            call.context.setState(call.context.state == .running ? .fault : .running)
            call.context.setStatus(nil)
            return .void
        })
}

/// The pipe `string_long_short_ro`.
enum TestPipe {
    static let definition = PipeDefinition(
        PipeConfig(name: "string_long_short_ro", description: "Pipe example"),
        reader: .sync { call in
            PipeBlob(
                name: call.name,
                elements: [
                    PipeElement(name: "FirstDE", content: .value(.string(["The string"]), isArray: false)),
                    PipeElement(name: "SecondDE", content: .value(.long([666]), isArray: false)),
                    PipeElement(name: "ThirdDE", content: .value(.short([12]), isArray: false)),
                ])
        })
}
