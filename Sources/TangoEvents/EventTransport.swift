package import TangoWire

/// What carries events from servers to clients: ZeroMQ, or in tests the memory of the process.
package protocol EventTransport: Sendable {
    /// Makes a publisher that is not bound yet.
    /// - Parameter highWaterMark: how many messages wait for a subscriber that is slow, before it misses some.
    func makePublisher(highWaterMark: Int) throws(EventTransportError) -> any EventPublisher

    /// Makes a subscriber that is not connected yet.
    /// - Parameter receive: called for every message, in the order of each publisher, one at a time; it must be quick. What it cannot keep up
    ///   with is lost at the publisher's high-water mark.
    func makeSubscriber(_ receive: @escaping @Sendable (EventFrames) -> Void) async throws(EventTransportError) -> any EventSubscriber
}

/// Sends events to all who subscribed to their topics.
package protocol EventPublisher: Sendable {
    /// Listens at an address, additionally to others.
    /// - Parameter endpoint: `tcp://host:port`; the port `*` is chosen by the system.
    /// - Returns: the address with its port.
    func bind(to endpoint: String) throws(EventTransportError) -> String

    /// Sends a message, and never waits: a subscriber that is too slow misses it. Messages of one task arrive in their order.
    /// - Returns: whether the message was taken; not whether anybody received it.
    @discardableResult
    func publish(_ event: OutgoingEvent) -> Bool

    /// Ends all connections; later messages go nowhere.
    func close()
}

/// Receives events of any number of publishers.
package protocol EventSubscriber: Sendable {
    /// Connects to a publisher, which need not be there yet. Connecting twice is connecting once.
    /// - Parameters:
    ///   - endpoint: `tcp://host:port` with a numeric address: a name would be looked up on the thread that carries all events.
    ///   - highWaterMark: how many messages of this publisher may wait here.
    func connect(to endpoint: String, highWaterMark: Int) async throws(EventTransportError)

    /// Ends a connection; without one it does nothing.
    func disconnect(from endpoint: String)

    /// Receives from now on the messages whose topics begin with a text, from all publishers. Subscribing twice is subscribing once.
    func subscribe(to topic: String)

    /// Ends a subscription; without one it does nothing.
    func unsubscribe(from topic: String)

    /// Ends everything; nothing is received after it returned.
    func close() async
}

/// Why a publisher or subscriber could not carry out an order.
package struct EventTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed, and why.
    package let description: String

    /// Creates an error.
    package init(_ description: String) {
        self.description = description
    }
}
