import TangoCore

/// The commands of the admin device about polling.
extension AdminDevice {
    static func polling(_ server: ServerReference) -> [Member] {
        let object = "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name"
        return [
            .command(
                Command(
                    "AddObjPolling", of: AdminDevice.self, in: .longStringArray, inDescription: "Lg[0]=Upd period. \(object)"
                ) { _, argument in
                    let (period, names) = try Self.object(argument, "DServer::add_obj_polling")
                    let device = try Self.device(names[0], server, "DServer::add_obj_polling")
                    try await device.addPolling(
                        try Self.kind(names[1], "DServer::add_obj_polling"), names[2], period: period)
                    return .void
                }.definition),
            .command(
                Command(
                    "UpdObjPollingPeriod", of: AdminDevice.self, in: .longStringArray, inDescription: "Lg[0]=Upd period. \(object)"
                ) { _, argument in
                    let (period, names) = try Self.object(argument, "DServer::upd_obj_polling_period")
                    let device = try Self.polledDevice(names[0], server, "DServer::upd_obj_polling_period")
                    try await device.updatePolling(
                        try Self.kind(names[1], "DServer::upd_obj_polling_period"), names[2], period: period)
                    return .void
                }.definition),
            .command(
                Command("RemObjPolling", of: AdminDevice.self, in: .stringArray, inDescription: object) { _, argument in
                    guard case .stringArray(let names) = argument, names.count == 3 else {
                        throw Self.wrongNumber("DServer::rem_obj_polling")
                    }
                    let device = try Self.polledDevice(names[0], server, "DServer::rem_obj_polling")
                    try await device.removePolling(try Self.kind(names[1], "DServer::rem_obj_polling"), names[2])
                    return .void
                }.definition),
            .command(
                Command(
                    "DevPollStatus", of: AdminDevice.self, in: .string, out: .stringArray, inDescription: "Device name",
                    outDescription: "Device polling status"
                ) { _, argument in
                    guard case .string(let name) = argument else { return .stringArray([]) }
                    guard let device = server.server?.device(named: name) else { throw Self.unknown(name) }
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

    private static func object(_ argument: CommandData, _ origin: String) throws(DevFailed) -> (period: Int, names: [String]) {
        guard case .longStringArray(let value) = argument, value.longs.count == 1, value.strings.count == 3 else {
            throw Self.wrongNumber(origin)
        }
        return (Int(value.longs[0]), value.strings)
    }

    private static func wrongNumber(_ origin: String) -> DevFailed {
        DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: origin)
    }

    private static func unknown(_ name: String) -> DevFailed {
        DevFailed(.deviceNotFound, "Device \(name) not found", origin: "Util::get_device_by_name()")
    }

    private static func device(_ name: String, _ server: ServerReference, _ origin: String) throws(DevFailed) -> DeviceRuntime {
        guard let device = server.server?.device(named: name) else {
            throw Self.unknown(name).rethrowing(.deviceNotFound, "Device \(name) not found", origin: origin)
        }
        return device
    }

    private static func polledDevice(_ name: String, _ server: ServerReference, _ origin: String) throws(DevFailed) -> DeviceRuntime {
        let device = try Self.device(name, server, origin)
        guard device.isPolled else {
            throw DevFailed("API_DeviceNotPolled", "Device \(name) is not polled", origin: origin)
        }
        return device
    }

    private static func kind(_ text: String, _ origin: String) throws(DevFailed) -> PollKind {
        switch text.tangoFolded {
        case "attribute": return .attribute
        case "command": return .command
        default: throw DevFailed(.notSupported, "Object type \(text.tangoFolded) not supported", origin: origin)
        }
    }
}
