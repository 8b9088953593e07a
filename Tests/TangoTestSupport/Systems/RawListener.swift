import Synchronization
package import TangoClient
package import TangoCore
package import TangoEvents
package import TangoWire

/// Listens to events of a server with the bare protocol: a command of its admin device, then ZeroMQ.
package final class RawListener: Sendable {
    /// One event as decoded.
    package struct Event: Sendable {
        package let topic: EventTopic
        package let counter: UInt32
        package let payload: EventPayload
    }

    private struct State {
        var versions: [String: Int] = [:]
        var events: [Event] = []
        var heartbeats: Set<String> = []
        var problems: [String] = []
    }

    private let state = Mutex(State())
    private let subscriber = Mutex<(any EventSubscriber)?>(nil)
    private let admin: DeviceProxy

    /// - Parameter admin: the admin device of the server.
    package init(_ admin: DeviceProxy, transport: any EventTransport = ZMQTransport()) async throws {
        self.admin = admin
        let subscriber = try await transport.makeSubscriber { [weak self] in self?.receive($0) }
        self.subscriber.withLock { $0 = subscriber }
    }

    private func receive(_ frames: EventFrames) {
        self.state.withLock { state in
            do {
                let message = try EventMessage(frames)
                guard !message.isHeartbeat else {
                    state.heartbeats.insert(message.topic)
                    return
                }
                guard let topic = EventTopic(parsing: message.topic), let version = state.versions[message.topic],
                    let layout = topic.layout(deviceVersion: version)
                else {
                    state.problems.append("topic \(message.topic)")
                    return
                }
                state.events.append(Event(topic: topic, counter: message.callInfo.counter, payload: try message.payload(layout)))
            } catch {
                state.problems.append("\(error)")
            }
        }
    }

    /// Subscribes to an event, and to the heartbeats of the server.
    @discardableResult
    package func subscribe(_ device: String, _ member: String?, _ kind: EventKind, version: Int = 5) async throws -> EventSubscriptionReply
    {
        let request = EventSubscriptionRequest(device: device, member: member, kind: kind, clientVersion: version)
        let answer = try await self.admin.command("ZmqEventSubscriptionChange", .stringArray(request.arguments))
        guard case .longStringArray(let result) = answer else { throw PeerFailure("\(answer)") }
        let reply = try EventSubscriptionReply(result)
        guard let endpoints = reply.endpoints.first, let topic = reply.topic, let channel = reply.channel,
            let subscriber = self.subscriber.withLock({ $0 })
        else { throw PeerFailure("\(reply)") }
        self.state.withLock { $0.versions[topic] = reply.deviceVersion }
        try await subscriber.connect(to: endpoints.heartbeat, highWaterMark: 100)
        try await subscriber.connect(to: endpoints.event, highWaterMark: reply.highWaterMark)
        subscriber.subscribe(to: "\(channel).heartbeat")
        subscriber.subscribe(to: topic)
        return reply
    }

    /// What could not be understood.
    package var problems: [String] { self.state.withLock { $0.problems } }

    /// Topics of the heartbeats received.
    package var heartbeats: Set<String> { self.state.withLock { $0.heartbeats } }

    /// The events of a kind so far; a message that the publisher sent twice counts once.
    package func events(_ kind: EventKind, version: Int? = nil) -> [Event] {
        var events: [Event] = []
        for event in self.state.withLock({ $0.events }) {
            guard case .kind(kind, let prefix) = event.topic.event, version == nil || (prefix ?? 4) == version else { continue }
            if events.last?.counter != event.counter { events.append(event) }
        }
        return events
    }

    /// The values of the events of a kind.
    package func values(_ kind: EventKind, version: Int? = nil) -> [AttributeValue] {
        self.events(kind, version: version).compactMap { if case .value(let value) = $0.payload { value } else { nil } }
    }

    /// Ends the subscriptions.
    package func close() async {
        let subscriber = self.subscriber.withLock { subscriber in
            defer { subscriber = nil }
            return subscriber
        }
        await subscriber?.close()
    }
}
