import Foundation
import NIOCore
import TangoTestSupport
import TangoWire

@testable import TangoEvents

/// What only a process of its own can try: it takes away what libzmq needs.
enum ResourceStories {
    struct Unexpected: Error {
        let what: String

        init(_ what: String) { self.what = what }
    }

    /// Opens descriptors until so many are left.
    private static func exhaust(leaving count: Int) -> [Int32] {
        var held: [Int32] = []
        while true {
            let descriptor = open("/dev/null", O_RDONLY)
            guard descriptor >= 0 else { break }
            held.append(descriptor)
        }
        for _ in 0..<min(count, held.count) { close(held.removeLast()) }
        return held
    }

    private static func limitDescriptors() {
        var limit = rlimit(rlim_cur: 256, rlim_max: 256)
        #if canImport(Glibc)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            setrlimit(RLIMIT_NOFILE, &limit)
        #endif
    }

    /// Makes publishers and subscribers with every number of descriptors left, from none to plenty.
    static func descriptorsRunOut() async throws {
        self.limitDescriptors()
        var succeeded = 0
        for count in 0...60 {
            let held = self.exhaust(leaving: count)
            defer { for descriptor in held { close(descriptor) } }
            let transport = ZMQTransport()
            let publisher = try? transport.makePublisher(highWaterMark: 1)
            let isBound = (try? publisher?.bind(to: "tcp://127.0.0.1:*")) != nil
            let subscriber = try? await transport.makeSubscriber { _ in }
            await subscriber?.close()
            publisher?.publish(OutgoingEvent("a"))
            publisher?.close()
            if count < 7, publisher != nil { throw Unexpected("a publisher with \(count) descriptors") }
            if isBound { succeeded += 1 }
        }
        guard succeeded > 0 else { throw Unexpected("never a publisher") }
    }

    /// A subscriber connects while neither side can open a socket; when both can, messages arrive.
    static func descriptorsComeBack() async throws {
        self.limitDescriptors()
        let transport = ZMQTransport()
        let receiver = Receiver()
        let publisher = try transport.makePublisher(highWaterMark: 100)
        let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        subscriber.subscribe(to: "a")
        for count in [0, 1] {
            let held = self.exhaust(leaving: count)
            try? await subscriber.connect(to: endpoint, highWaterMark: 100)
            for _ in 0..<100 { publisher.publish(OutgoingEvent("a", 0, payload: nil)) }
            self.waitForAttempts()
            for descriptor in held { close(descriptor) }
        }
        try await publisher.publish("a", until: receiver)
        await subscriber.close()
        publisher.close()
    }

    /// Waits long enough for several attempts to connect, without a timer of libdispatch, which may need a descriptor itself.
    private static func waitForAttempts() { usleep(1_000_000) }

    /// In a copy of the process everything fails at once; in the process itself all goes on.
    static func forks() async throws {
        let transport = ZMQTransport()
        let receiver = Receiver()
        let publisher = try transport.makePublisher(highWaterMark: 100)
        let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
        let subscriber = try await transport.makeSubscriber { receiver.receive($0) }
        try await subscriber.connect(to: endpoint, highWaterMark: 100)
        subscriber.subscribe(to: "a")
        try await publisher.publish("a", until: receiver)

        let child = systemFork()
        if child == 0 {
            let isPublished = publisher.publish(OutgoingEvent("a"))
            let isBound = (try? publisher.bind(to: "tcp://127.0.0.1:*")) != nil
            let isMade = (try? ZMQTransport().makePublisher(highWaterMark: 1)) != nil
            subscriber.unsubscribe(from: "a")
            publisher.close()
            _exit(isPublished || isBound || isMade ? 1 : 0)
        }
        var status: Int32 = -1
        guard waitpid(child, &status, 0) == child, status == 0 else { throw Unexpected("the copy ended with \(status)") }

        receiver.forget()
        publisher.publish(OutgoingEvent("a", 5))
        // Heartbeats of before may still be under way.
        try await eventually { receiver.counters("a").filter { $0 > 0 } == [5] }
        await subscriber.close()
        publisher.close()
    }
}

/// `fork`, which Swift does not let in.
@_silgen_name("fork") private func systemFork() -> Int32
