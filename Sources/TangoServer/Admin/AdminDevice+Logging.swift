import TangoCore

/// The logging commands (RFC-14). Lists are worked off in order: what stands before a wrong entry is done (measured).
extension AdminDevice {
    static func logging(_ server: ServerReference) -> [Member] {
        [
            .command(
                CommandDefinition(
                    CommandInfo(name: "AddLoggingTarget", inType: .stringArray, outType: .void, inDescription: Self.targetDescription),
                    handler: .async { call, argument in
                        guard let server = server.server, case .stringArray(let strings) = argument else { return .void }
                        try await server.addLoggingTargets(strings, for: call)
                        return .void
                    })),
            .command(
                CommandDefinition(
                    CommandInfo(name: "RemoveLoggingTarget", inType: .stringArray, outType: .void, inDescription: Self.targetDescription),
                    handler: .async { call, argument in
                        guard let server = server.server, case .stringArray(let strings) = argument else { return .void }
                        try await server.removeLoggingTargets(strings, for: call)
                        return .void
                    })),
            .command(
                Command(
                    "GetLoggingTarget", of: AdminDevice.self, in: .string, out: .stringArray, inDescription: "Device name",
                    outDescription: "Logging target list"
                ) { _, argument in
                    guard let server = server.server, case .string(let name) = argument else { return .stringArray([]) }
                    return .stringArray(try await server.loggingTargets(ofDevice: name))
                }.definition),
            .command(
                Command(
                    "GetLoggingLevel", of: AdminDevice.self, in: .stringArray, out: .longStringArray, inDescription: "Device list",
                    outDescription: Self.levelDescription
                ) { _, argument in
                    guard let server = server.server, case .stringArray(let patterns) = argument else {
                        return .longStringArray(LongStringArray(longs: [], strings: []))
                    }
                    return .longStringArray(await server.loggingLevels(patterns))
                }.definition),
            .command(
                CommandDefinition(
                    CommandInfo(name: "SetLoggingLevel", inType: .longStringArray, outType: .void, inDescription: Self.levelDescription),
                    handler: .async { call, argument in
                        guard let server = server.server, case .longStringArray(let levels) = argument else { return .void }
                        try await server.setLoggingLevels(levels, for: call)
                        return .void
                    })),
            .command(
                Command("StartLogging", of: AdminDevice.self) { _, _ in
                    for log in server.server?.logs ?? [] { log.start() }
                    return .void
                }.definition),
            .command(
                Command("StopLogging", of: AdminDevice.self) { _, _ in
                    for log in server.server?.logs ?? [] { log.stop() }
                    return .void
                }.definition),
        ]
    }

    private static let targetDescription = "Str[i]=Device-name. Str[i+1]=Target-type::Target-name"
    private static let levelDescription = "Lg[i]=Logging Level. Str[i]=Device name."
}

extension DeviceServer {
    /// Logs of all devices, of the admin device last.
    var logs: [DeviceLog] { self.allDevices.map(\.log) }

    /// Devices class by class, the admin device last.
    private func devices(matching text: String) async -> [DeviceRuntime] {
        let pattern = LogDevicePattern(text)
        if pattern.isName { return await self.findDevice(pattern.text).map { [$0] } ?? [] }
        let matching = self.allDevices.filter { pattern.matches($0.name.text) }
        guard self.classes.count > 1 else { return matching }
        let order = self.classes.map(\.name) + ["DServer"]
        return order.flatMap { name in matching.filter { $0.deviceClass.name == name } }
    }

    /// The devices of a pattern, all of which the caller may change.
    private func changeableDevices(matching text: String, for call: MemberCall) async throws(DevFailed) -> [DeviceRuntime] {
        let devices = await self.devices(matching: text)
        for device in devices { try device.refuseIfLocked(for: call) }
        return devices
    }

    /// - Throws: `API_MethodArgument`, `API_DeviceNotFound`, `API_DeviceLocked`, `API_CannotOpenFile`, `API_ConnectionFailed`.
    func addLoggingTargets(_ strings: [String], for call: MemberCall) async throws(DevFailed) {
        let origin = "Logging::add_logging_target"
        await self.log.removeDeadTargets(of: self.logs)
        guard strings.count.isMultiple(of: 2) else {
            throw DevFailed("API_MethodArgument", "Incorrect number of inout arguments", origin: origin)
        }
        for index in stride(from: 0, to: strings.count, by: 2) {
            for device in try await self.someDevices(matching: strings[index], for: call, origin) {
                try await self.log.addTarget(strings[index + 1], to: device.log)
            }
        }
    }

    /// - Throws: `API_WrongNumberOfArgs`, `API_MethodArgument`, `API_DeviceNotFound`, `API_DeviceLocked`.
    func removeLoggingTargets(_ strings: [String], for call: MemberCall) async throws(DevFailed) {
        let origin = "Logging::remove_logging_target"
        await self.log.removeDeadTargets(of: self.logs)
        guard strings.count.isMultiple(of: 2) else {
            throw DevFailed("API_WrongNumberOfArgs", "Incorrect number of inout arguments", origin: origin)
        }
        for index in stride(from: 0, to: strings.count, by: 2) {
            let devices = try await self.someDevices(matching: strings[index], for: call, origin)
            let target = LogTargetName(strings[index + 1])
            guard target.kind != nil else {
                throw DevFailed("API_MethodArgument", "Logging target type <\(target.type)> not supported", origin: origin)
            }
            for log in devices.map(\.log) {
                if target.kind != .console, target.name == "*" {
                    log.removeTargets { $0.name.hasPrefix("\(target.type)::") }
                } else {
                    let name = self.log.name(of: target, log)
                    log.removeTargets { $0.name == name }
                }
            }
        }
    }

    /// - Throws: `API_DeviceNotFound`, `API_DeviceLocked`.
    private func someDevices(matching text: String, for call: MemberCall, _ origin: String) async throws(DevFailed) -> [DeviceRuntime] {
        let devices = try await self.changeableDevices(matching: text, for: call)
        guard devices.isEmpty else { return devices }
        throw DevFailed(.deviceNotFound, "No device name matching pattern  <\(text.tangoFolded)>", origin: origin)
    }

    /// - Throws: `API_DeviceNotFound`.
    func loggingTargets(ofDevice name: String) async throws(DevFailed) -> [String] {
        await self.log.removeDeadTargets(of: self.logs)
        guard let device = await self.findDevice(name) else {
            let text = "Device \(name) not found"
            throw DevFailed(.deviceNotFound, text, origin: "Util::get_device_by_name()")
                .rethrowing(.deviceNotFound, text, origin: "Logging::get_logging_target")
        }
        return device.log.targetNames
    }

    func loggingLevels(_ patterns: [String]) async -> LongStringArray {
        var levels = LongStringArray(longs: [], strings: [])
        for pattern in patterns {
            for device in await self.devices(matching: pattern) {
                levels.longs.append(device.log.level.rawValue)
                levels.strings.append(device.name.text)
            }
        }
        return levels
    }

    /// - Throws: `API_IncompatibleCmdArgumentType`, `API_MethodArgument`, `API_DeviceLocked`.
    func setLoggingLevels(_ levels: LongStringArray, for call: MemberCall) async throws(DevFailed) {
        let origin = "Logging::set_logging_level"
        // The runs of spaces are the incumbents'.
        guard levels.longs.count == levels.strings.count else {
            throw DevFailed(
                .incompatibleCommandArgument,
                "Imcompatible command argument type,\(String(repeating: " ", count: 36))long and string arrays must have the same length",
                origin: origin)
        }
        for (number, pattern) in zip(levels.longs, levels.strings) {
            guard let level = LogLevel(rawValue: number) else {
                throw DevFailed(
                    "API_MethodArgument",
                    "Invalid argument for command,\(String(repeating: " ", count: 38))logging level out of range", origin: origin)
            }
            for device in try await self.changeableDevices(matching: pattern, for: call) { device.log.level = level }
        }
    }
}
