import NIOCore
import TangoCore
import TangoWire

extension AdminDevice {
    /// The commands about events.
    static func events(_ server: ServerReference) -> [AdminCommand] {
        [
            AdminCommand(
                "ZmqEventSubscriptionChange", server, inDescription: Self.subscriptionDescription, outDescription: Self.replyDescription
            ) { (call, arguments: [String]) in
                if EventSystemInfo.isRequested(by: arguments) { return call.server.context.events.info.result }
                return try await EventSubscriptions(call).subscribe(try EventSubscriptionRequest(arguments)).result
            },
            AdminCommand(
                "EventConfirmSubscription", server,
                inDescription:
                    "Str[0] = dev1 name, Str[1] = att1 name, Str[2] = event name, Str[3] = dev2 name, Str[4] = att2 name, Str[5] = event name,..."
            ) { (call, arguments: [String]) in
                try await EventSubscriptions(call).confirm(arguments)
            },
            AdminCommand(
                "EventSubscriptionChange", server, inDescription: "Event consumer wants to subscribe to",
                outDescription: "Tango lib release"
            ) { (call, arguments: [String]) in
                try await EventSubscriptions(call).check(arguments)
            },
            AdminCommand("QueryEventSystem", server, outDescription: "JSON object with information about the event system") { call in
                call.server.context.events.report.text
            },
            AdminCommand(
                "EnableEventSystemPerfMon", server, inDescription: "Enable or disable the collection of performance samples for events"
            ) { (call, isEnabled: Bool) in
                call.server.context.events.performance.enable(isEnabled)
            },
        ]
    }

    private static let subscriptionDescription = """
        Event consumer wants to subscribe to.
        device name, attribute/pipe name, action ("subscribe"), event name, <Tango client IDL version>"
        event name can take the following values:
            "change",
            "alarm",
            "periodic",
            "archive",
            "user_event",
            "attr_conf",
            "data_ready",
            "intr_change",
            "pipe"
        "info" can also be used as single parameter to retrieve information about the heartbeat and event pub endpoints.
        """

    private static let replyDescription = """
        Str[0] = Heartbeat pub endpoint - Str[1] = Event pub endpoint
        ...
        Str[n] = Alternate Heartbeat pub endpoint - Str[n+1] = Alternate Event pub endpoint
        Str[n+1] = event name used by this server as zmq topic to send events
        Str[n+2] = channel name used by this server to send heartbeat events
        Lg[0] = Tango lib release - Lg[1] = Device IDL release
        Lg[2] = Subscriber HWM - Lg[3] = Multicast rate
        Lg[4] = Multicast IVL - Lg[5] = ZMQ release
        """
}

/// One call of a command about subscriptions.
private struct EventSubscriptions {
    private let call: AdminCommand.Call

    init(_ call: AdminCommand.Call) {
        self.call = call
    }

    private var supplier: EventSupplier { self.call.server.context.events }

    /// Makes a subscription.
    /// - Throws: `API_DeviceNotFound`, `API_AttrNotFound`, `API_PipeNotFound`, what `SubscriptionCheck` throws, `API_ZmqInitFailed`.
    func subscribe(_ request: EventSubscriptionRequest) async throws(DevFailed) -> EventSubscriptionReply {
        let runtime = try await self.device(request.device, "DServer::event_subscription")
        let member = try self.member(request.member, request.kind, of: runtime, clientVersion: request.clientVersion)
        self.listen()
        let reply = try self.supplier.subscribe(
            to: request.kind, of: runtime.name.text, member, version: request.clientVersion, deviceVersion: runtime.interfaceVersion)
        self.attach(member, of: runtime)
        return reply
    }

    /// Prolongs subscriptions.
    /// - Parameter arguments: device, attribute or pipe, and event of each.
    /// - Throws: `API_WrongNumberOfArgs`, what `subscribe` throws.
    func confirm(_ arguments: [String]) async throws(DevFailed) {
        let origin = "DServer::event_confirm_subscription"
        guard !arguments.isEmpty, arguments.count.isMultiple(of: 3) else {
            throw DevFailed(
                .wrongNumberOfArguments,
                "Wrong number of input arguments: 3 needed per event: device name, attribute/pipe name and event name\n", origin: origin)
        }
        for index in stride(from: 0, to: arguments.count, by: 3) {
            let runtime = try await self.device(arguments[index], origin)
            let named = EventKind.named(arguments[index + 2])
            let member = try self.member(arguments[index + 1], named?.kind, of: runtime, clientVersion: runtime.interfaceVersion)
            guard let (kind, version) = named else { continue }
            self.listen()
            try self.supplier.confirm(
                kind, of: runtime.name.text, member, version: version, deviceVersion: runtime.interfaceVersion)
            self.attach(member, of: runtime)
        }
    }

    /// Checks a subscription to the notification service of old clients, which is not there.
    /// - Returns: the release of the library.
    /// - Throws: `API_WrongNumberOfArgs`, what `subscribe` throws.
    func check(_ arguments: [String]) async throws(DevFailed) -> Int32 {
        guard arguments.count >= 4 else {
            throw DevFailed(
                .wrongNumberOfArguments,
                "Not enough input arguments, needs 4 i.e. device name, attribute name, action, event name",
                origin: "DServer::event_subscription_change")
        }
        let runtime = try await self.device(arguments[0], "DServer::event_subscription")
        _ = try self.member(arguments[1], EventKind.named(arguments[3])?.kind, of: runtime, clientVersion: 4)
        return Int32(EventSupplier.libraryRelease)
    }

    private func device(_ name: String, _ origin: String) async throws(DevFailed) -> DeviceRuntime {
        do throws(DevFailed) {
            return try await self.call.device(name)
        } catch {
            throw error.rethrowing(.deviceNotFound, "Device \(name) not found", origin: origin)
        }
    }

    /// Checks that an event of a device can be subscribed to.
    /// - Returns: the attribute or pipe as the device spells it; `nil` for changes of the interface.
    private func member(
        _ name: String, _ kind: EventKind?, of runtime: DeviceRuntime, clientVersion: Int
    ) throws(DevFailed) -> String? {
        switch kind {
        case .interfaceChange: return nil
        case .pipe:
            guard let pipe = runtime.pipe(name) else { throw DevFailed.pipeNotFound(name) }
            return pipe.config.name
        default:
            guard let attribute = runtime.attribute(name) else {
                throw DevFailed.attributeNotFound(name, origin: "MultiAttribute::get_attr_ind_by_name")
            }
            guard attribute.root == nil || kind == .attributeConfig else {
                throw DevFailed(
                    .notSupportedFeature, "Attribute \(name) is a forwarded attribute, whose values are no events here",
                    origin: "DServer::event_subscription")
            }
            try SubscriptionCheck(attribute, as: name, of: runtime).check(kind, clientVersion: clientVersion)
            return attribute.name
        }
    }

    /// Takes changes of configurations and interfaces from the first subscription on.
    private func listen() {
        guard self.supplier.markUsed() else { return }
        _ = self.call.server.context.changes.observe { [supplier] device, change in supplier.send(change, of: device) }
    }

    /// Leads the values of an attribute to the subscribers, also where the device has been made anew meanwhile.
    private func attach(_ member: String?, of runtime: DeviceRuntime) {
        guard let member else { return }
        let device = self.call.server.directory.device(named: runtime.name.text) ?? runtime
        guard let attribute = device.attribute(member) else { return }
        device.events.attach(attribute)
    }
}

extension EventSupplier {
    /// What `QueryEventSystem` answers: the number of the next event of each topic, whatever its version, and how long events took.
    fileprivate var report: JSONValue {
        var next: [String: UInt32] = [:]
        for (topic, counter) in self.counters {
            let plain = topic.replacing(".idl5_", with: ".")
            next[plain] = max(next[plain] ?? 0, counter &+ 1)
        }
        let counters = next.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .integer(Int64($0.value))) }
        let samples = self.performance.samples.map { samples in
            JSONValue.array(
                samples.map { sample in
                    [
                        "micros_since_last_event": sample.sinceLast.map { JSONValue.integer($0.nanoseconds / 1000) } ?? .null,
                        "push_event_micros": .integer(sample.duration.nanoseconds / 1000),
                    ]
                })
        }
        return [
            "version": .integer(1),
            "server": ["event_counters": .object(JSONObject(members: counters)), "perf": samples ?? .null], "client": .null,
        ]
    }
}
