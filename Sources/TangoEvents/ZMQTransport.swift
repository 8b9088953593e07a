package import TangoWire

/// Events over ZeroMQ, as all implementations of Tango send them. Nothing starts before the first publisher or subscriber is made.
package struct ZMQTransport: EventTransport {
    private let context = ZMQContext()

    /// Creates a transport, whose publishers and subscribers share the threads of libzmq.
    package init() {}

    package func makePublisher(highWaterMark: Int) throws(EventTransportError) -> any EventPublisher {
        try ZMQPublisher(context: self.context, highWaterMark: highWaterMark)
    }

    package func makeSubscriber(
        _ receive: @escaping @Sendable (EventFrames) -> Void
    ) async throws(EventTransportError) -> any EventSubscriber {
        try await ZMQSubscriber.start(context: self.context, receive)
    }
}
