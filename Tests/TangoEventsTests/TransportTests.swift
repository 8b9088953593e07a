import NIOCore
import Synchronization
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoEvents

/// What every transport does: ZeroMQ over loopback, and the one in memory.
@Suite struct TransportTests {
    enum Kind: Sendable, CaseIterable {
        case zmq, memory

        var transport: any EventTransport {
            switch self {
            case .zmq: ZMQTransport()
            case .memory: InMemoryTransport()
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func messagesArriveWholeAndInOrder(_ kind: Kind) async throws {
        let transport = kind.transport
        let receiver = Receiver()
        let publisher = try transport.makePublisher(highWaterMark: 10_000)
        let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        try await subscriber.connect(to: endpoint, highWaterMark: 10_000)
        subscriber.subscribe(to: "tango://h:1/a/b/c/x.change")
        subscriber.subscribe(to: "tango://h:1/a/b/c/x.change")
        try await publisher.publish("tango://h:1/a/b/c/x.change", until: receiver)

        for counter in 1...2000 {
            #expect(publisher.publish(OutgoingEvent("tango://h:1/a/b/c/x.change", UInt32(counter))))
            #expect(publisher.publish(OutgoingEvent("tango://h:1/a/b/c/y.change", UInt32(counter))))
        }
        try await eventually { receiver.counters("tango://h:1/a/b/c/x.change").last == 2000 }
        let numbered = receiver.counters("tango://h:1/a/b/c/x.change").filter { $0 > 0 }
        #expect(numbered == (1...2000).map { UInt32($0) })
        #expect(receiver.counters("tango://h:1/a/b/c/y.change").isEmpty)
        #expect(receiver.all.last == OutgoingEvent("tango://h:1/a/b/c/x.change", 2000).frames)

        // Largest first: what is shared with libzmq and what is copied.
        let large = ByteBuffer(bytes: (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        for payload in [large, ByteBuffer(repeating: 1, count: 16 * 1024), ByteBuffer(repeating: 2, count: 16 * 1024 - 1), ByteBuffer()] {
            receiver.forget()
            let event = OutgoingEvent("tango://h:1/a/b/c/x.change", 1, payload: payload)
            #expect(publisher.publish(event))
            try await eventually { !receiver.all.isEmpty }
            #expect(receiver.all == [event.frames])
        }
        await subscriber.close()
        publisher.close()
    }

    @Test(arguments: Kind.allCases)
    func subscriptionsAndConnectionsComeAndGo(_ kind: Kind) async throws {
        let transport = kind.transport
        let receiver = Receiver()
        let publishers = try (0..<2).map { _ in try transport.makePublisher(highWaterMark: 1000) }
        let endpoints = try publishers.map { try $0.bind(to: "tcp://127.0.0.1:*") }
        #expect(Set(endpoints).count == 2)
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        for endpoint in endpoints {
            try await subscriber.connect(to: endpoint, highWaterMark: 1000)
            try await subscriber.connect(to: endpoint, highWaterMark: 1000)
        }
        subscriber.subscribe(to: "first")
        subscriber.subscribe(to: "second")
        try await publishers[0].publish("first", until: receiver)
        try await publishers[1].publish("second", until: receiver)

        // Each message once, although connected twice.
        receiver.forget()
        publishers[0].publish(OutgoingEvent("second", 1))
        try await eventually { receiver.counters("second").filter { $0 > 0 } == [1] }

        // Ended subscriptions: messages behind the other one show that nothing more comes.
        subscriber.unsubscribe(from: "second")
        subscriber.unsubscribe(from: "never")
        subscriber.subscribe(to: "third")
        try await publishers[1].publish("third", until: receiver)
        receiver.forget()
        publishers[1].publish(OutgoingEvent("second", 2))
        publishers[1].publish(OutgoingEvent("first", 3))
        try await eventually { receiver.counters("first") == [3] }
        #expect(receiver.counters("second").isEmpty)

        subscriber.disconnect(from: endpoints[1])
        subscriber.disconnect(from: "tcp://127.0.0.1:99")
        subscriber.subscribe(to: "fourth")
        try await publishers[0].publish("fourth", until: receiver)
        receiver.forget()
        publishers[1].publish(OutgoingEvent("first", 4))
        publishers[0].publish(OutgoingEvent("first", 5))
        try await eventually { receiver.counters("first").contains(5) }
        #expect(receiver.counters("first") == [5])

        await subscriber.close()
        receiver.forget()
        publishers[0].publish(OutgoingEvent("first", 6))
        #expect(receiver.all.isEmpty)
        for publisher in publishers { publisher.close() }
        #expect(!publishers[0].publish(OutgoingEvent("first", 7)))
    }

    @Test(arguments: Kind.allCases)
    func aSubscriberMayBeThereBeforeItsPublisher(_ kind: Kind) async throws {
        let transport = kind.transport
        let receiver = Receiver()
        let placeholder = try transport.makePublisher(highWaterMark: 10)
        let endpoint = try placeholder.bind(to: "tcp://127.0.0.1:*")
        placeholder.close()
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        try await subscriber.connect(to: endpoint, highWaterMark: 10)
        subscriber.subscribe(to: "a")
        let publisher = try transport.makePublisher(highWaterMark: 10)
        // libzmq frees the address of a closed publisher a little later.
        try await eventually { (try? publisher.bind(to: endpoint)) != nil }
        try await publisher.publish("a", until: receiver)
        await subscriber.close()
        publisher.close()
    }

    @Test(arguments: Kind.allCases)
    func anAddressInUseIsRefused(_ kind: Kind) throws {
        let transport = kind.transport
        let first = try transport.makePublisher(highWaterMark: 10)
        let endpoint = try first.bind(to: "tcp://127.0.0.1:*")
        let second = try transport.makePublisher(highWaterMark: 10)
        let error = #expect(throws: EventTransportError.self) { try second.bind(to: endpoint) }
        #expect(error?.description.contains(endpoint) == true)
    }
}
