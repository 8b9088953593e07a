import TangoCore

extension AdminDevice {
    /// DevRestart, which needs to know who asks.
    static func restart(_ server: ServerReference) -> [CommandDefinition] {
        [
            CommandDefinition(
                CommandInfo(name: "DevRestart", inType: .string, outType: .void, inDescription: "Device name"),
                handler: .async { call, argument in
                    guard case .string(let name) = argument else { return .void }
                    if let runtime = server.server?.device(named: name), runtime !== call.context.runtime {
                        try runtime.refuseIfLocked(for: call)
                    }
                    try await server.server?.restart(device: name)
                    return .void
                })
        ]
    }
}
