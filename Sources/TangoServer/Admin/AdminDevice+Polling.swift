import TangoCore

extension AdminDevice {
    /// The commands about polling.
    static func polling(_ server: ServerReference) -> [AdminCommand] {
        let object = "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name"
        return [
            AdminCommand(
                "AddObjPolling", server, inDescription: "Lg[0]=Upd period. \(object)", refusal: .misspelled()
            ) { (call, argument: LongStringArray) in
                let polled = try PolledObjectArgument(argument, call.request)
                let device = try await polled.device(call)
                try device.locking.refuseIfLocked(for: call.request, named: polled.deviceName)
                try await device.pollConfiguration.add(try polled.kind(), polled.objectName, period: polled.period)
            },
            AdminCommand(
                "UpdObjPollingPeriod", server, inDescription: "Lg[0]=Upd period. \(object)", refusal: .misspelled()
            ) { (call, argument: LongStringArray) in
                let polled = try PolledObjectArgument(argument, call.request)
                let device = try await polled.polledDevice(call)
                try await device.pollConfiguration.update(try polled.kind(), polled.objectName, period: polled.period)
            },
            AdminCommand("RemObjPolling", server, inDescription: object, refusal: .misspelled()) { (call, argument: [String]) in
                let polled = try PolledObjectArgument(argument, call.request)
                let device = try await polled.polledDevice(call)
                try await device.pollConfiguration.remove(try polled.kind(), polled.objectName)
            },
            AdminCommand(
                "DevPollStatus", server, inDescription: "Device name", outDescription: "Device polling status",
                refusal: .misspelled("string")
            ) { (call, name: String) in
                PollStatus(runtime: try await call.device(name)).blocks
            },
            AdminCommand("PolledDevice", server, outDescription: "Polled device name list") { call in
                call.server.directory.devices.filter(\.pollConfiguration.isPolled).map(\.name.text).sorted()
            },
            AdminCommand("StartPolling", server) { call in
                call.server.context.polling.start()
                call.server.showStatus()
            },
            AdminCommand("StopPolling", server) { call in
                call.server.context.polling.stop()
                call.server.showStatus()
            },
        ]
    }
}

/// The argument of the commands that change the polling of one attribute or command.
private struct PolledObjectArgument {
    /// Milliseconds; 0 where the command has none.
    let period: Int
    let deviceName: String
    let objectName: String
    private let objectType: String
    /// Function of cppTango that its errors name.
    private let origin: String

    /// - Throws: `API_WrongNumberOfArgs`.
    init(_ argument: LongStringArray, _ request: MemberCall) throws(DevFailed) {
        try self.init(argument.strings, request, period: argument.longs.first, isComplete: argument.longs.count == 1)
    }

    /// - Throws: `API_WrongNumberOfArgs`.
    init(_ names: [String], _ request: MemberCall) throws(DevFailed) {
        try self.init(names, request, period: nil, isComplete: true)
    }

    private init(_ names: [String], _ request: MemberCall, period: Int32?, isComplete: Bool) throws(DevFailed) {
        self.origin =
            switch request.name {
            case "AddObjPolling": "DServer::add_obj_polling"
            case "UpdObjPollingPeriod": "DServer::upd_obj_polling_period"
            default: "DServer::rem_obj_polling"
            }
        guard isComplete, names.count == 3 else {
            throw DevFailed(.wrongNumberOfArguments, "Incorrect number of inout arguments", origin: self.origin)
        }
        self.period = period.map { Int($0) } ?? 0
        (self.deviceName, self.objectType, self.objectName) = (names[0], names[1], names[2])
    }

    /// - Throws: `API_DeviceNotFound`.
    func device(_ call: AdminCommand.Call) async throws(DevFailed) -> DeviceRuntime {
        do {
            return try await call.device(self.deviceName)
        } catch {
            throw error.rethrowing(.deviceNotFound, "Device \(self.deviceName) not found", origin: self.origin)
        }
    }

    /// Returns the device, which has polled objects and may be changed by the caller.
    /// - Throws: `API_DeviceNotFound`, `API_DeviceNotPolled`, `API_DeviceLocked`.
    func polledDevice(_ call: AdminCommand.Call) async throws(DevFailed) -> DeviceRuntime {
        let device = try await self.device(call)
        guard device.pollConfiguration.isPolled else {
            throw DevFailed("API_DeviceNotPolled", "Device \(self.deviceName) is not polled", origin: self.origin)
        }
        try device.locking.refuseIfLocked(for: call.request, named: self.deviceName)
        return device
    }

    /// - Throws: `API_NotSupported`.
    func kind() throws(DevFailed) -> PollKind {
        switch self.objectType.tangoFolded {
        case "attribute": return .attribute
        case "command": return .command
        default: throw DevFailed(.notSupported, "Object type \(self.objectType.tangoFolded) not supported", origin: self.origin)
        }
    }
}
