import NIOCore
import ServiceLifecycle
import Synchronization
import TangoCore
import TangoEvents
import TangoWire

/// Publishes the events and heartbeats of a server.
///
/// It is a service: nothing starts in its initializer. Heartbeats have an address from `open()` on, events from the first subscription on;
/// both keep it until `run()` ends, over restarts of all devices.
final class EventSupplier: Service {
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
        var libraryRelease = 1033
        var zmqRelease = 434
    }

    /// A publisher and the port that the system gave it.
    private struct Outlet {
        let publisher: any EventPublisher
        let port: String
    }

    private struct State {
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

    private let configuration: Configuration
    private let transport: any EventTransport
    private let state = Mutex(State())

    /// Time between heartbeats; clients miss a server after ten seconds.
    private static let heartbeatInterval = Duration.seconds(9)
    /// A heartbeat is not sent again within this time.
    private static let shortestInterval = TimeAmount.seconds(8)

    init(_ configuration: Configuration, transport: any EventTransport) {
        self.configuration = configuration
        self.transport = transport
    }

    // MARK: - Life

    /// Makes the address of the heartbeats.
    /// - Throws: `API_ZmqInitFailed`.
    func open() throws(DevFailed) {
        try self.state.withLock { (state) throws(DevFailed) in
            _ = try self.outlet(&state.heartbeat)
        }
    }

    /// Sends heartbeats until the server ends, and then closes everything.
    func run() async throws {
        try? self.open()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.tick(now: .now())
                try? await Task.sleep(for: Self.heartbeatInterval)
            }
        }
        self.close()
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
            guard let heartbeat = state.heartbeat, state.event != nil else { return }
            if let last = state.lastHeartbeat, now - last < Self.shortestInterval { return }
            state.lastHeartbeat = now
            state.heartbeatCount &+= 1
            let topic = Array(self.heartbeatTopic.description.utf8)
            heartbeat.publisher.publish(
                OutgoingEvent(topic: topic, callInfo: EventCallInfo(counter: state.heartbeatCount), payload: nil))
        }
    }

    /// Makes a publisher unless it is there.
    private func outlet(_ outlet: inout Outlet?) throws(DevFailed) -> Outlet {
        if let outlet { return outlet }
        do {
            let publisher = try self.transport.makePublisher(highWaterMark: self.configuration.highWaterMark)
            let endpoint = try publisher.bind(to: Self.endpoint(self.configuration.boundHost, port: "*"))
            let made = Outlet(publisher: publisher, port: String(endpoint.split(separator: ":").last ?? ""))
            outlet = made
            return made
        } catch {
            throw DevFailed("API_ZmqInitFailed", error.description, origin: "EventSupplier")
        }
    }

    private static func endpoint(_ host: String, port: String) -> String {
        host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
    }

    private var heartbeatTopic: EventTopic {
        EventTopic(
            heartbeatOf: self.configuration.adminDevice, at: self.configuration.host, usesDatabase: self.configuration.usesDatabase)
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
        let configuration = self.configuration
        let topic = EventTopic(
            kind, of: device, member, at: configuration.host, usesDatabase: configuration.usesDatabase, version: version)
        let subject = SubscriptionTable.Subject(device: device, member: member, kind: kind)
        let encoding = SubscriptionTable.Encoding(kind, version: version)
        let (heartbeat, event) = try self.state.withLock { (state) throws(DevFailed) in
            guard !state.isEnded else {
                throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "EventSupplier")
            }
            let heartbeat = try self.outlet(&state.heartbeat)
            let event = try self.outlet(&state.event)
            state.table.subscribe(to: subject, encoding, now: now)
            let name = MemberName(device: subject.device, member: subject.member)
            let member = state.members[name] ?? MemberEvents(event.publisher)
            state.members[name] = member
            member.open(kind, encoding, topic: topic)
            return (heartbeat.port, event.port)
        }
        return EventSubscriptionReply(
            libraryRelease: configuration.libraryRelease, deviceVersion: deviceVersion, highWaterMark: configuration.clientHighWaterMark,
            zmqRelease: configuration.zmqRelease,
            endpoints: configuration.publishedHosts.map { host in
                EventSubscriptionReply.Endpoints(
                    heartbeat: Self.endpoint(host, port: heartbeat), event: Self.endpoint(host, port: event))
            }, topic: topic.description, channel: self.heartbeatTopic.channel)
    }

    /// The events of an attribute or pipe, or with `nil` of the lists of members; `nil` when nobody has ever subscribed to them.
    func events(of device: String, _ member: String?) -> MemberEvents? {
        self.state.withLock { $0.members[MemberName(device: device.tangoFolded, member: member?.tangoFolded)] }
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
        let (heartbeat, event) = self.state.withLock { ($0.heartbeat?.port, $0.event?.port) }
        func endpoint(_ port: String?) -> String {
            port.map { Self.endpoint(self.configuration.publishedHosts.first ?? "", port: $0) } ?? ""
        }
        return EventSystemInfo(
            libraryRelease: self.configuration.libraryRelease, heartbeat: endpoint(heartbeat), event: endpoint(event))
    }

    /// Number of the last event of each topic.
    var counters: [String: UInt32] {
        let members = self.state.withLock { Array($0.members.values) }
        return members.reduce(into: [:]) { counters, member in counters.merge(member.counters) { $1 } }
    }
}
