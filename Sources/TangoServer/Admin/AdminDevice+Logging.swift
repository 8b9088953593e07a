import TangoCore

extension AdminDevice {
    /// The commands about logging (RFC-14).
    static func logging(_ server: ServerReference) -> [AdminCommand] {
        let targets = "Str[i]=Device-name. Str[i+1]=Target-type::Target-name"
        let levels = "Lg[i]=Logging Level. Str[i]=Device name."
        return [
            AdminCommand("AddLoggingTarget", server, inDescription: targets, refusal: .misspelled()) { (call, pairs: [String]) in
                try await LoggingCommand(call).addTargets(pairs)
            },
            AdminCommand("RemoveLoggingTarget", server, inDescription: targets, refusal: .misspelled()) { (call, pairs: [String]) in
                try await LoggingCommand(call).removeTargets(pairs)
            },
            AdminCommand(
                "GetLoggingTarget", server, inDescription: "Device name", outDescription: "Logging target list", refusal: .misspelled()
            ) { (call, name: String) in
                try await LoggingCommand(call).targets(ofDevice: name)
            },
            AdminCommand(
                "GetLoggingLevel", server, inDescription: "Device list", outDescription: levels, refusal: .misspelled()
            ) { (call, patterns: [String]) in
                await LoggingCommand(call).levels(patterns)
            },
            AdminCommand(
                "SetLoggingLevel", server, inDescription: levels, refusal: .misspelled()
            ) { (call, levels: LongStringArray) in
                try await LoggingCommand(call).setLevels(levels)
            },
            AdminCommand("StartLogging", server) { call in for log in call.server.logs { log.start() } },
            AdminCommand("StopLogging", server) { call in for log in call.server.logs { log.stop() } },
        ]
    }
}

/// One call of a command about logging. Lists are worked off in order: entries before a wrong one take effect, as in cppTango 9.3.4.
private struct LoggingCommand {
    private let call: AdminCommand.Call
    private var log: ServerLog { self.call.server.context.log }

    init(_ call: AdminCommand.Call) {
        self.call = call
    }

    /// Adds targets to devices.
    /// - Parameter pairs: a pattern of device names, then a target, and so on.
    /// - Throws: `API_MethodArgument`, `API_DeviceNotFound`, `API_DeviceLocked`, `API_CannotOpenFile`, `API_ConnectionFailed`.
    func addTargets(_ pairs: [String]) async throws(DevFailed) {
        let origin = "Logging::add_logging_target"
        await self.removeDeadTargets()
        guard pairs.count.isMultiple(of: 2) else {
            throw DevFailed(.methodArgument, "Incorrect number of inout arguments", origin: origin)
        }
        for index in stride(from: 0, to: pairs.count, by: 2) {
            for device in try await self.changeableDevices(pairs[index], origin) {
                try await self.log.addTarget(pairs[index + 1], to: device.log)
            }
        }
    }

    /// Removes targets from devices.
    /// - Parameter pairs: a pattern of device names, then a target, and so on.
    /// - Throws: `API_WrongNumberOfArgs`, `API_MethodArgument`, `API_DeviceNotFound`, `API_DeviceLocked`.
    func removeTargets(_ pairs: [String]) async throws(DevFailed) {
        let origin = "Logging::remove_logging_target"
        await self.removeDeadTargets()
        guard pairs.count.isMultiple(of: 2) else {
            throw DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: origin)
        }
        for index in stride(from: 0, to: pairs.count, by: 2) {
            let devices = try await self.changeableDevices(pairs[index], origin)
            let target = LogTargetName(pairs[index + 1])
            guard target.kind != nil else {
                throw DevFailed(.methodArgument, "Logging target type <\(target.type)> not supported", origin: origin)
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

    /// Returns the targets of a device.
    /// - Throws: `API_DeviceNotFound`.
    func targets(ofDevice name: String) async throws(DevFailed) -> [String] {
        await self.removeDeadTargets()
        do {
            return try await self.call.device(name).log.targetNames
        } catch {
            throw error.rethrowing(.deviceNotFound, "Device \(name) not found", origin: "Logging::get_logging_target")
        }
    }

    /// Returns the levels of all devices that the patterns match.
    func levels(_ patterns: [String]) async -> LongStringArray {
        var levels = LongStringArray(longs: [], strings: [])
        for pattern in patterns {
            for device in await self.devices(matching: pattern) {
                levels.longs.append(device.log.level.rawValue)
                levels.strings.append(device.name.text)
            }
        }
        return levels
    }

    /// Sets levels of devices.
    /// - Parameter levels: a level for each pattern of device names.
    /// - Throws: `API_IncompatibleCmdArgumentType`, `API_MethodArgument`, `API_DeviceLocked`.
    func setLevels(_ levels: LongStringArray) async throws(DevFailed) {
        let origin = "Logging::set_logging_level"
        // The texts have cppTango's spelling and runs of spaces.
        guard levels.longs.count == levels.strings.count else {
            throw DevFailed(
                .incompatibleCommandArgument,
                "Imcompatible command argument type,\(String(repeating: " ", count: 36))long and string arrays must have the same length",
                origin: origin)
        }
        for (number, pattern) in zip(levels.longs, levels.strings) {
            guard let level = LogLevel(rawValue: number) else {
                throw DevFailed(
                    .methodArgument,
                    "Invalid argument for command,\(String(repeating: " ", count: 38))logging level out of range", origin: origin)
            }
            for device in try await self.changeableDevices(pattern) { device.log.level = level }
        }
    }

    // MARK: - Devices

    private func removeDeadTargets() async {
        await self.log.removeDeadTargets(of: self.call.server.logs)
    }

    /// The devices class by class, the admin device last.
    private func devices(matching text: String) async -> [DeviceRuntime] {
        let directory = self.call.server.directory
        let pattern = LogDevicePattern(text)
        if pattern.isName { return await directory.device(pattern.text, as: .alias).map { [$0] } ?? [] }
        let matching = directory.all.filter { pattern.matches($0.name.text) }
        let classes = self.call.server.classes
        guard classes.count > 1 else { return matching }
        let order = classes.map(\.name) + ["DServer"]
        return order.flatMap { name in matching.filter { $0.deviceClass.name == name } }
    }

    /// The devices of a pattern, all of which the caller may change.
    /// - Throws: `API_DeviceLocked`.
    private func changeableDevices(_ pattern: String) async throws(DevFailed) -> [DeviceRuntime] {
        let devices = await self.devices(matching: pattern)
        for device in devices { try device.locking.refuseIfLocked(for: self.call.request) }
        return devices
    }

    /// The devices of a pattern, at least one, all of which the caller may change.
    /// - Throws: `API_DeviceNotFound`, `API_DeviceLocked`.
    private func changeableDevices(_ pattern: String, _ origin: String) async throws(DevFailed) -> [DeviceRuntime] {
        let devices = try await self.changeableDevices(pattern)
        guard devices.isEmpty else { return devices }
        throw DevFailed(.deviceNotFound, "No device name matching pattern  <\(pattern.tangoFolded)>", origin: origin)
    }
}
