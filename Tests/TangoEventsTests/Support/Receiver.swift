import NIOCore
import Synchronization
import TangoTestSupport
import TangoWire

@testable import TangoEvents

/// Keeps the messages that a subscriber received.
final class Receiver: Sendable {
    private let received = Mutex<[EventFrames]>([])

    func receive(_ frames: EventFrames) { self.received.withLock { $0.append(frames) } }

    var all: [EventFrames] { self.received.withLock { $0 } }

    /// The counters of the messages of a topic.
    func counters(_ topic: String) -> [UInt32] {
        self.all.compactMap { try? EventMessage($0) }.filter { $0.topic == topic }.map(\.callInfo.counter)
    }

    func forget() { self.received.withLock { $0 = [] } }
}

extension OutgoingEvent {
    init(_ topic: String, _ counter: UInt32 = 1, payload: ByteBuffer? = ByteBuffer(string: "payload")) {
        self.init(topic: Array(topic.utf8), callInfo: EventCallInfo(counter: counter), payload: payload)
    }
}

extension EventPublisher {
    /// Publishes heartbeats of a topic until the receiver has one: only then is the subscription known to have arrived.
    func publish(_ topic: String, until receiver: Receiver) async throws {
        try await eventually {
            self.publish(OutgoingEvent(topic, 0, payload: nil))
            return !receiver.counters(topic).isEmpty
        }
    }
}
