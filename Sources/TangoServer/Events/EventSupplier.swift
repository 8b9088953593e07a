import NIOCore
import Synchronization
import TangoClient
import TangoCore
import TangoEvents
import TangoWire

/// Publishes the events and heartbeats of a server.
///
/// Nothing starts in its initializer. Heartbeats have an address from `open` on, events from the first subscription on; both keep it until
/// `close`, over restarts of all devices.
final class EventSupplier: Sendable {
    /// What a server says of itself to those who subscribe.
    struct Configuration: Sendable {
        /// The database, or without one the address of the server: the beginning of all topics.
        var host: TangoHost
        var usesDatabase: Bool
        /// Name of the admin device, under which heartbeats are published.
        var adminDevice: String
        /// Address to listen at; `*` is all.
        var boundHost: String
        /// Addresses that clients get, at least one, the most likely to be reached first.
        var publishedHosts: [String]
        /// How many messages wait for a slow subscriber: `DSEventBufferHwm`.
        var highWaterMark = 1000
        /// How many messages a client should let wait: `EventBufferHwm`.
        var clientHighWaterMark = 1000
        /// Release of cppTango whose protocol this library speaks, and of ZeroMQ.
        var libraryRelease = EventSupplier.libraryRelease
        var zmqRelease = 434

        /// Applies what the control system's free properties, by name in lower case, and the environment say of waiting messages.
        mutating func apply(_ properties: [String: [String]], environment: (String) -> String? = TangoEnvironment.value) {
            func count(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
            let own = count(environment("TANGO_DS_EVENT_BUFFER_HWM")) ?? count(properties["dseventbufferhwm"]?.first)
            self.highWaterMark = own ?? self.highWaterMark
            self.clientHighWaterMark = count(properties["eventbufferhwm"]?.first) ?? self.clientHighWaterMark
        }
    }

    /// A publisher and the port that the system gave it.
    private struct Outlet {
        let publisher: any EventPublisher
        let port: String
    }

    private struct State {
        /// `nil` before the server listens, and for devices outside of a server.
        var configuration: Configuration?
        var heartbeat: Outlet?
        var event: Outlet?
        var table = SubscriptionTable()
        var members: [MemberName: MemberEvents] = [:]
        var lastHeartbeat: NIODeadline?
        var heartbeatCount: UInt32 = 0
        var isEnded = false
    }

    /// A device and its attribute or pipe, in lower case.
    private struct MemberName: Hashable {
        let device: String
        let member: String?
    }

    private let transport: any EventTransport
    private let state: Mutex<State>
    private let isUsedFlag = Atomic<Bool>(false)
    /// Measures how long the sending of events takes.
    let performance = EventPerformance()

    /// Release of cppTango whose protocol this library speaks.
    static let libraryRelease = 1033
    /// Time between heartbeats; clients miss a server after ten seconds.
    private static let heartbeatInterval = Duration.seconds(9)
    /// A heartbeat is not sent again within this time.
    private static let shortestInterval = TimeAmount.seconds(8)

    /// - Parameter configuration: `nil` comes with `open`.
    init(_ configuration: Configuration? = nil, transport: any EventTransport) {
        self.transport = transport
        self.state = Mutex(State(configuration: configuration))
    }

    /// Whether anybody has ever subscribed to anything; costs one atomic load.
    var isUsed: Bool { self.isUsedFlag.load(ordering: .relaxed) }

    /// Notes that somebody subscribes.
    /// - Returns: whether nobody has before.
    func markUsed() -> Bool { !self.isUsedFlag.exchange(true, ordering: .acquiringAndReleasing) }

    // MARK: - Life

    /// Makes the address of the heartbeats. Without one, the first subscription tries again.
    /// - Throws: `API_ZmqInitFailed`.
    func open(_ configuration: Configuration? = nil) throws(DevFailed) {
        try self.state.withLock { (state) throws(DevFailed) in
            if let configuration { state.configuration = configuration }
            _ = try self.outlet(&state, \.heartbeat)
        }
    }

    /// Sends heartbeats until the task is cancelled.
    func sendHeartbeats() async {
        while !Task.isCancelled {
            self.tick(now: .now())
            try? await Task.sleep(for: Self.heartbeatInterval)
        }
    }

    /// Ends all connections; later events go nowhere.
    func close() {
        let outlets = self.state.withLock { state in
            defer { (state.heartbeat, state.event, state.isEnded) = (nil, nil, true) }
            return [state.heartbeat, state.event].compactMap { $0 }
        }
        for outlet in outlets { outlet.publisher.close() }
    }

    /// Sends a heartbeat when it is time and somebody listens, and ends the subscriptions that nobody confirmed.
    func tick(now: NIODeadline) {
        self.state.withLock { state in
            for (subject, encodings) in state.table.expire(now: now) {
                state.members[MemberName(device: subject.device, member: subject.member)]?.close(subject.kind, encodings)
            }
            guard let configuration = state.configuration, let heartbeat = state.heartbeat, state.event != nil else { return }
            if let last = state.lastHeartbeat, now - last < Self.shortestInterval { return }
            state.lastHeartbeat = now
            state.heartbeatCount &+= 1
            let topic = Array(Self.heartbeatTopic(configuration).description.utf8)
            heartbeat.publisher.publish(
                OutgoingEvent(topic: topic, callInfo: EventCallInfo(counter: state.heartbeatCount), payload: nil))
        }
    }

    /// Makes a publisher unless it is there.
    private func outlet(_ state: inout State, _ path: WritableKeyPath<State, Outlet?>) throws(DevFailed) -> Outlet {
        guard !state.isEnded, let configuration = state.configuration else {
            throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "EventSupplier")
        }
        if let outlet = state[keyPath: path] { return outlet }
        do {
            let publisher = try self.transport.makePublisher(highWaterMark: configuration.highWaterMark)
            let endpoint = try publisher.bind(to: Self.endpoint(configuration.boundHost, port: "*"))
            let made = Outlet(publisher: publisher, port: String(endpoint.split(separator: ":").last ?? ""))
            state[keyPath: path] = made
            return made
        } catch {
            throw DevFailed("API_ZmqInitFailed", error.description, origin: "EventSupplier")
        }
    }

    private static func endpoint(_ host: String, port: String) -> String {
        host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
    }

    private static func heartbeatTopic(_ configuration: Configuration) -> EventTopic {
        EventTopic(heartbeatOf: configuration.adminDevice, at: configuration.host, usesDatabase: configuration.usesDatabase)
    }

    // MARK: - Subscriptions

    /// Adds a subscription, which was found to be allowed, or prolongs it.
    /// - Parameters:
    ///   - device: name of the device, not its alias.
    ///   - version: newest interface version that the client understands.
    ///   - deviceVersion: interface version of the device.
    /// - Throws: `API_ZmqInitFailed` when there is no address for events; `API_ShutdownInProgress`.
    func subscribe(
        to kind: EventKind, of device: String, _ member: String?, version: Int, deviceVersion: Int, now: NIODeadline = .now()
    ) throws(DevFailed) -> EventSubscriptionReply {
        let version = min(version, deviceVersion)
        let subject = SubscriptionTable.Subject(device: device, member: member, kind: kind)
        let encoding = SubscriptionTable.Encoding(kind, version: version)
        let (configuration, topic, heartbeat, event) = try self.state.withLock { (state) throws(DevFailed) in
            let heartbeat = try self.outlet(&state, \.heartbeat)
            let event = try self.outlet(&state, \.event)
            guard let configuration = state.configuration else { throw DevFailed.serverIsShuttingDown }
            let topic = EventTopic(
                kind, of: device, member, at: configuration.host, usesDatabase: configuration.usesDatabase, version: version)
            state.table.subscribe(to: subject, encoding, now: now)
            let name = MemberName(device: subject.device, member: subject.member)
            let events = state.members[name] ?? MemberEvents(event.publisher, self.performance)
            state.members[name] = events
            events.open(kind, encoding, topic: topic)
            return (configuration, topic, heartbeat.port, event.port)
        }
        return EventSubscriptionReply(
            libraryRelease: configuration.libraryRelease, deviceVersion: deviceVersion, highWaterMark: configuration.clientHighWaterMark,
            zmqRelease: configuration.zmqRelease,
            endpoints: configuration.publishedHosts.map { host in
                EventSubscriptionReply.Endpoints(
                    heartbeat: Self.endpoint(host, port: heartbeat), event: Self.endpoint(host, port: event))
            }, topic: topic.description, channel: Self.heartbeatTopic(configuration).channel)
    }

    /// Prolongs a subscription, which was found to be allowed, or makes it.
    /// - Parameter version: interface version in front of the event's name; `nil` without one: all versions that are subscribed to.
    func confirm(
        _ kind: EventKind, of device: String, _ member: String?, version: Int?, deviceVersion: Int, now: NIODeadline = .now()
    ) throws(DevFailed) {
        let subject = SubscriptionTable.Subject(device: device, member: member, kind: kind)
        let present = version == nil ? self.state.withLock { $0.table.encodings(of: subject, now: now).map(\.rawValue) } : []
        for version in present.isEmpty ? [version ?? 4] : present {
            _ = try self.subscribe(to: kind, of: device, member, version: version, deviceVersion: deviceVersion, now: now)
        }
    }

    /// The events of an attribute or pipe, or with `nil` of the lists of members; `nil` when nobody has ever subscribed to them.
    func events(of device: String, _ member: String?) -> MemberEvents? {
        self.state.withLock { $0.members[MemberName(device: device.tangoFolded, member: member?.tangoFolded)] }
    }

    /// The attributes and pipes of a device that somebody has ever subscribed to.
    func members(of device: String) -> [(name: String, events: MemberEvents)] {
        let device = device.tangoFolded
        return self.state.withLock { state in
            state.members.compactMap { name, events in name.device == device ? name.member.map { (name: $0, events: events) } : nil }
        }
    }

    /// Sends the events of a change that is not about the value of an attribute.
    func send(_ change: DeviceChange, of device: DeviceName) {
        switch change {
        case .attributeConfig(let config): self.events(of: device.folded, config.name)?.publish(.attributeConfig, .attributeConfig(config))
        case .interface(let commands, let attributes, let isDeviceStarted):
            self.events(of: device.folded, nil)?.publish(
                .interfaceChange,
                .interfaceChange(InterfaceChange(isDeviceStarted: isDeviceStarted, commands: commands, attributes: attributes)))
        case .pipe(let value): self.events(of: device.folded, value.name)?.publish(.pipe, .pipe(value))
        case .polled, .pushed, .dataReady, .pollingStopped, .pollingLate: break
        }
    }

    /// Forgets what was sent of a device that is made anew: its next values are events again. The subscriptions stay.
    func deviceRestarted(_ device: String) {
        let device = device.tangoFolded
        let members = self.state.withLock { state in state.members.filter { $0.key.device == device }.map(\.value) }
        for member in members { member.forgetLastValues() }
    }

    /// Ends the subscriptions of an attribute or pipe that is gone.
    func memberRemoved(_ member: String, of device: String) {
        self.state.withLock { state in
            state.table.remove(device: device, member: member)
            let name = MemberName(device: device.tangoFolded, member: member.tangoFolded)
            guard let events = state.members.removeValue(forKey: name) else { return }
            for kind in EventKind.allCases { events.close(kind, Set(SubscriptionTable.Encoding.allCases)) }
        }
    }

    /// What the command answers to "info".
    var info: EventSystemInfo {
        self.state.withLock { state in
            func endpoint(_ outlet: Outlet?) -> String {
                outlet.map { Self.endpoint(state.configuration?.publishedHosts.first ?? "", port: $0.port) } ?? ""
            }
            return EventSystemInfo(
                libraryRelease: state.configuration?.libraryRelease ?? 0, heartbeat: endpoint(state.heartbeat),
                event: endpoint(state.event))
        }
    }

    /// Number of the last event of each topic.
    var counters: [String: UInt32] {
        let members = self.state.withLock { Array($0.members.values) }
        return members.reduce(into: [:]) { counters, member in counters.merge(member.counters) { $1 } }
    }
}
