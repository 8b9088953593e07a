import TangoCore

extension AdminDevice {
    /// RestartServer, Init and Kill.
    static func life(_ server: ServerReference) -> [AdminCommand] {
        [
            // Answered at once; Init does the same and is answered when it is done (Compatibility 4.6, 4.7).
            AdminCommand("RestartServer", server) { call in
                // Detached: the restart is no call of the admin device's handler.
                Task.detached { [server = call.server] in await server.restartAll() }
            },
            AdminCommand("Init", server) { call in if let failure = await call.server.restartAll() { throw failure } },
            AdminCommand("Kill", server) { call in call.server.kill() },
        ]
    }

    /// DevRestart.
    static func restart(_ server: ServerReference) -> [AdminCommand] {
        [
            AdminCommand("DevRestart", server, inDescription: "Device name", refusal: .misspelled("string")) { (call, name: String) in
                if let device = await call.server.directory.device(name, as: .locator), device !== call.request.context.runtime {
                    try device.locking.refuseIfLocked(for: call.request)
                }
                try await call.server.restart(device: name)
            }
        ]
    }
}
