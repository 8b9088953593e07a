import TangoCore

/// The commands of the admin device about polling.
extension AdminDevice {
    static func polling(_ server: ServerReference) -> [Member] {
        let object = "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name"
        return [
            .command(
                CommandDefinition(
                    CommandInfo(
                        name: "AddObjPolling", inType: .longStringArray, outType: .void, inDescription: "Lg[0]=Upd period. \(object)"),
                    handler: .async { call, argument in
                        let (period, names) = try Self.object(argument, call)
                        let device = try await Self.device(names[0], server, call)
                        try device.refuseIfLocked(for: call, named: names[0])
                        try await device.addPolling(try Self.kind(names[1], call), names[2], period: period)
                        return .void
                    })),
            .command(
                CommandDefinition(
                    CommandInfo(
                        name: "UpdObjPollingPeriod", inType: .longStringArray, outType: .void,
                        inDescription: "Lg[0]=Upd period. \(object)"),
                    handler: .async { call, argument in
                        let (period, names) = try Self.object(argument, call)
                        let device = try await Self.polledDevice(names[0], server, call)
                        try await device.updatePolling(try Self.kind(names[1], call), names[2], period: period)
                        return .void
                    })),
            .command(
                CommandDefinition(
                    CommandInfo(name: "RemObjPolling", inType: .stringArray, outType: .void, inDescription: object),
                    handler: .async { call, argument in
                        guard case .stringArray(let names) = argument, names.count == 3 else { throw Self.wrongNumber(call) }
                        let device = try await Self.polledDevice(names[0], server, call)
                        try await device.removePolling(try Self.kind(names[1], call), names[2])
                        return .void
                    })),
            .command(
                Command(
                    "DevPollStatus", of: AdminDevice.self, in: .string, out: .stringArray, inDescription: "Device name",
                    outDescription: "Device polling status"
                ) { _, argument in
                    guard case .string(let name) = argument else { return .stringArray([]) }
                    guard let device = await server.server?.findDevice(name) else { throw Self.unknown(name) }
                    return .stringArray(device.pollingStatus)
                }.definition),
            .command(
                Command("PolledDevice", of: AdminDevice.self, out: .stringArray, outDescription: "Polled device name list") { _, _ in
                    .stringArray(server.server?.devices.filter(\.isPolled).map(\.name.text).sorted() ?? [])
                }.definition),
            .command(
                Command("StartPolling", of: AdminDevice.self) { device, _ in
                    server.server?.polling.start()
                    device.showPolling(isOn: true)
                    return .void
                }.definition),
            .command(
                Command("StopPolling", of: AdminDevice.self) { device, _ in
                    server.server?.polling.stop()
                    device.showPolling(isOn: false)
                    return .void
                }.definition),
        ]
    }

    private static func origin(_ call: MemberCall) -> String {
        switch call.name {
        case "AddObjPolling": "DServer::add_obj_polling"
        case "UpdObjPollingPeriod": "DServer::upd_obj_polling_period"
        default: "DServer::rem_obj_polling"
        }
    }

    private static func object(_ argument: CommandData, _ call: MemberCall) throws(DevFailed) -> (period: Int, names: [String]) {
        guard case .longStringArray(let value) = argument, value.longs.count == 1, value.strings.count == 3 else {
            throw Self.wrongNumber(call)
        }
        return (Int(value.longs[0]), value.strings)
    }

    private static func wrongNumber(_ call: MemberCall) -> DevFailed {
        DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: Self.origin(call))
    }

    private static func unknown(_ name: String) -> DevFailed {
        DevFailed(.deviceNotFound, "Device \(name) not found", origin: "Util::get_device_by_name()")
    }

    private static func device(_ name: String, _ server: ServerReference, _ call: MemberCall) async throws(DevFailed) -> DeviceRuntime {
        guard let device = await server.server?.findDevice(name) else {
            throw Self.unknown(name).rethrowing(.deviceNotFound, "Device \(name) not found", origin: Self.origin(call))
        }
        return device
    }

    /// A device that has polled objects, and that the caller may change.
    private static func polledDevice(
        _ name: String, _ server: ServerReference, _ call: MemberCall
    ) async throws(DevFailed) -> DeviceRuntime {
        let device = try await Self.device(name, server, call)
        guard device.isPolled else {
            throw DevFailed("API_DeviceNotPolled", "Device \(name) is not polled", origin: Self.origin(call))
        }
        try device.refuseIfLocked(for: call, named: name)
        return device
    }

    private static func kind(_ text: String, _ call: MemberCall) throws(DevFailed) -> PollKind {
        switch text.tangoFolded {
        case "attribute": return .attribute
        case "command": return .command
        default: throw DevFailed(.notSupported, "Object type \(text.tangoFolded) not supported", origin: Self.origin(call))
        }
    }
}
