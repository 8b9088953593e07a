import Synchronization
package import TangoWire

/// Events within the process, for tests: a message is received before `publish` returns.
package final class InMemoryTransport: EventTransport {
    private struct State {
        var lastPort = 0
        var nextID = 0
        /// Addresses at which publishers listen.
        var bound: Set<String> = []
        var subscribers: [Int: Subscriber] = [:]
    }

    private struct Subscriber {
        let receive: @Sendable (EventFrames) -> Void
        var connections: Set<String> = []
        var topics: Set<String> = []
    }

    private let state = Mutex(State())

    /// Creates a network without anybody.
    package init() {}

    package func makePublisher(highWaterMark: Int) -> any EventPublisher { InMemoryPublisher(self) }

    package func makeSubscriber(_ receive: @escaping @Sendable (EventFrames) -> Void) -> any EventSubscriber {
        let id = self.state.withLock { state in
            state.nextID += 1
            state.subscribers[state.nextID] = Subscriber(receive: receive)
            return state.nextID
        }
        return InMemorySubscriber(self, id)
    }

    fileprivate func bind(_ endpoint: String) throws(EventTransportError) -> String {
        try self.state.withLock { (state) throws(EventTransportError) in
            var endpoint = endpoint
            if endpoint.hasSuffix(":*") {
                state.lastPort += 1
                endpoint = endpoint.dropLast() + String(state.lastPort)
            }
            guard state.bound.insert(endpoint).inserted else { throw EventTransportError("Cannot bind to \(endpoint): in use") }
            return endpoint
        }
    }

    fileprivate func release(_ endpoints: Set<String>) { self.state.withLock { $0.bound.subtract(endpoints) } }

    fileprivate func publish(_ event: OutgoingEvent, at endpoints: Set<String>) {
        let topic = String(decoding: event.topic, as: UTF8.self)
        let receivers = self.state.withLock { state in
            state.subscribers.sorted { $0.key < $1.key }.map(\.value).filter { subscriber in
                !subscriber.connections.isDisjoint(with: endpoints) && subscriber.topics.contains { topic.hasPrefix($0) }
            }
        }
        for receiver in receivers { receiver.receive(event.frames) }
    }

    fileprivate func change(_ id: Int, _ body: (inout Set<String>, inout Set<String>) -> Void) {
        self.state.withLock { state in
            guard var subscriber = state.subscribers[id] else { return }
            body(&subscriber.connections, &subscriber.topics)
            state.subscribers[id] = subscriber
        }
    }

    fileprivate func remove(_ id: Int) { self.state.withLock { $0.subscribers[id] = nil } }
}

private final class InMemoryPublisher: EventPublisher {
    private let network: InMemoryTransport
    private let endpoints = Mutex<Set<String>?>([])

    init(_ network: InMemoryTransport) {
        self.network = network
    }

    func bind(to endpoint: String) throws(EventTransportError) -> String {
        let endpoint = try self.network.bind(endpoint)
        self.endpoints.withLock { _ = $0?.insert(endpoint) }
        return endpoint
    }

    func publish(_ event: OutgoingEvent) -> Bool {
        guard let endpoints = self.endpoints.withLock({ $0 }) else { return false }
        self.network.publish(event, at: endpoints)
        return true
    }

    func close() {
        let endpoints = self.endpoints.withLock { endpoints in
            defer { endpoints = nil }
            return endpoints
        }
        if let endpoints { self.network.release(endpoints) }
    }
}

private final class InMemorySubscriber: EventSubscriber {
    private let network: InMemoryTransport
    private let id: Int

    init(_ network: InMemoryTransport, _ id: Int) {
        self.network = network
        self.id = id
    }

    func connect(to endpoint: String, highWaterMark: Int) {
        self.network.change(self.id) { connections, _ in connections.insert(endpoint) }
    }
    func disconnect(from endpoint: String) { self.network.change(self.id) { connections, _ in connections.remove(endpoint) } }
    func subscribe(to topic: String) { self.network.change(self.id) { _, topics in topics.insert(topic) } }
    func unsubscribe(from topic: String) { self.network.change(self.id) { _, topics in topics.remove(topic) } }
    func close() { self.network.remove(self.id) }
}
