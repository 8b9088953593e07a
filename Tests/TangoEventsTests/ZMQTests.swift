import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoEvents

/// ZeroMQ on bad days: nothing blocks a publisher, and nothing ends the process.
@Suite struct ZMQTests {
    @Test func aSubscriberThatReadsNothingHoldsUpNobody() async throws {
        let transport = ZMQTransport()
        let publisher = try transport.makePublisher(highWaterMark: 10)
        let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
        let (stuck, reading) = (Receiver(), Receiver())
        let barrier = DispatchSemaphore(value: 0)
        let slow = try await transport.makeSubscriber { frames in
            stuck.receive(frames)
            if frames.count == 4 { barrier.wait() }
        }
        let quick = try await transport.makeSubscriber { reading.receive($0) }
        for (subscriber, receiver) in [(slow, stuck), (quick, reading)] {
            try await subscriber.connect(to: endpoint, highWaterMark: 10)
            subscriber.subscribe(to: "a")
            try await publisher.publish("a", until: receiver)
        }
        // Much more than the buffers of the sockets hold.
        let payload = ByteBuffer(repeating: 7, count: 1_000_000)
        for counter in 1...200 {
            #expect(publisher.publish(OutgoingEvent("a", UInt32(counter), payload: payload)))
            try await eventually { reading.counters("a").last == UInt32(counter) }
        }
        #expect(stuck.counters("a").filter { $0 > 0 } == [1])
        for _ in 0..<200 { barrier.signal() }
        await slow.close()
        await quick.close()
        #expect(stuck.counters("a").filter { $0 > 0 }.count < 200)
    }

    @Test func closingWhileOthersPublish() async throws {
        for _ in 0..<5 {
            let transport = ZMQTransport()
            let publisher = try transport.makePublisher(highWaterMark: 100)
            let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
            let receiver = Receiver()
            let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
            try await subscriber.connect(to: endpoint, highWaterMark: 100)
            subscriber.subscribe(to: "")
            try await publisher.publish("a", until: receiver)
            await withTaskGroup { group in
                for task in 0..<4 {
                    group.addTask { for counter in 0..<500 { publisher.publish(OutgoingEvent("\(task)", UInt32(counter))) } }
                }
                group.addTask { publisher.close() }
                group.addTask { await subscriber.close() }
                group.addTask {
                    subscriber.subscribe(to: "b")
                    try? await subscriber.connect(to: endpoint, highWaterMark: 1)
                }
            }
            #expect(!publisher.publish(OutgoingEvent("a")))
            #expect(throws: EventTransportError.self) { try publisher.bind(to: "tcp://127.0.0.1:*") }
            await #expect(throws: EventTransportError.self) { try await subscriber.connect(to: endpoint, highWaterMark: 1) }
            // In order, whatever was lost.
            for task in 0..<4 {
                let counters = receiver.counters("\(task)")
                #expect(counters == counters.sorted())
            }
        }
    }

    @Test func wrongAddressesAreErrors() async throws {
        let transport = ZMQTransport()
        let publisher = try transport.makePublisher(highWaterMark: 1)
        let subscriber = try await transport.makeSubscriber { _ in }
        for endpoint in ["", "x", "tcp://", "tcp://127.0.0.1", "nothing://127.0.0.1:1", "tcp://127.0.0.1:99999"] {
            #expect(throws: EventTransportError.self, "\(endpoint)") { try publisher.bind(to: endpoint) }
            await #expect(throws: EventTransportError.self, "\(endpoint)") {
                try await subscriber.connect(to: endpoint, highWaterMark: 1)
            }
        }
        await subscriber.close()
    }

    @Test func garbageOnThePortOfAPublisher() async throws {
        let transport = ZMQTransport()
        let publisher = try transport.makePublisher(highWaterMark: 100)
        let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
        let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // A greeting of ZMTP 3.1 with READY as SUB, then a frame that claims more than there is memory.
        var greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 1]
        greeting += Array("NULL".utf8)
        greeting += [UInt8](repeating: 0, count: 48)
        var huge = greeting + [4, 25, 5] as [UInt8]
        huge += Array("READY\u{B}Socket-Type\0\0\0\u{3}SUB".utf8)
        huge += [2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]
        let request: [UInt8] = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        let messages: [[UInt8]] = [request, [UInt8](repeating: 0xFF, count: 300), huge, greeting + [4, 0] as [UInt8]]
        for bytes in messages {
            let channel = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).get()
            try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
            try? await channel.close().get()
        }
        let receiver = Receiver()
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        try await subscriber.connect(to: endpoint, highWaterMark: 100)
        subscriber.subscribe(to: "a")
        try await publisher.publish("a", until: receiver)
        await subscriber.close()
        try await group.shutdownGracefully()
    }

    // MARK: - In processes of their own

    @Test func withoutFileDescriptorsThereIsAnErrorAndNoEnd() async {
        await #expect(processExitsWith: .success) { try await ResourceStories.descriptorsRunOut() }
    }

    @Test func connectionsThatFindNoDescriptorComeBack() async {
        await #expect(processExitsWith: .success) { try await ResourceStories.descriptorsComeBack() }
    }

    @Test func aForkedProcessDoesNothing() async {
        await #expect(processExitsWith: .success) { try await ResourceStories.forks() }
    }
}
