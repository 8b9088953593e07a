import NIOCore
import Synchronization
import TangoCore
import TangoEvents
import TangoWire
import Testing

@testable import TangoServer

/// A supplier and a subscriber in memory.
private final class Listener: Sendable {
    let transport = InMemoryTransport()
    let supplier: EventSupplier
    private let received = Mutex<[EventMessage]>([])

    init(usesDatabase: Bool = true, publishedHosts: [String] = ["10.0.0.1"]) {
        self.supplier = EventSupplier(
            EventSupplier.Configuration(
                host: TangoHost(host: "db", port: 10000), usesDatabase: usesDatabase, adminDevice: "dserver/Exe/Inst",
                boundHost: "10.0.0.1",
                publishedHosts: publishedHosts),
            transport: self.transport)
    }

    /// Subscribes as a client does.
    @discardableResult
    func subscribe(
        _ kind: EventKind, _ member: String? = "Value", version: Int = 6, deviceVersion: Int = 6,
        now: NIODeadline = .distantPast + .seconds(1)
    ) async throws -> EventSubscriptionReply {
        let reply = try self.supplier.subscribe(to: kind, of: "A/B/C", member, version: version, deviceVersion: deviceVersion, now: now)
        let subscriber = self.transport.makeSubscriber { [weak self] frames in
            guard let message = try? EventMessage(frames) else { return }
            self?.received.withLock { $0.append(message) }
        }
        let endpoints = try #require(reply.endpoints.first)
        try await subscriber.connect(to: endpoints.event, highWaterMark: 1)
        try await subscriber.connect(to: endpoints.heartbeat, highWaterMark: 1)
        let (topic, channel) = (try #require(reply.topic), try #require(reply.channel))
        subscriber.subscribe(to: topic)
        subscriber.subscribe(to: channel + ".heartbeat")
        return reply
    }

    /// One message.
    struct Received {
        /// Name of the event as in the topic.
        let event: String
        let counter: UInt32
        let payload: EventPayload?
    }

    /// What has come since the last call.
    func take() -> [Received] {
        self.received.withLock { messages in
            defer { messages = [] }
            return messages.map { message in
                let topic = EventTopic(parsing: message.topic)
                let layout = topic?.layout(deviceVersion: 6)
                return Received(
                    event: topic?.event.name ?? message.topic, counter: message.callInfo.counter,
                    payload: layout.flatMap { try? message.payload($0) })
            }
        }
    }
}

/// What a server publishes, and to whom.
@Suite struct EventSupplierTests {
    private static func time(_ milliseconds: Int64) -> NIODeadline { .distantPast + .seconds(1) + .milliseconds(milliseconds) }

    private static func value(_ numbers: [Double], _ quality: AttributeQuality = .valid) -> AttributeValue {
        AttributeValue(
            name: "Value", data: .double(numbers), quality: quality, format: .spectrum, type: .double,
            time: Timestamp(seconds: 5, microseconds: 6, nanoseconds: 0), readDimension: AttributeDimension(x: Int32(numbers.count), y: 0))
    }

    private static func criteria(abs: String = "1", archivePeriod: String = "Not specified") -> EventCriteria {
        var events = EventProperties()
        events.absoluteChange = abs
        events.archiveAbsoluteChange = abs
        events.archivePeriod = archivePeriod
        return EventCriteria(events)
    }

    @Test func theAnswerToASubscription() async throws {
        let listener = Listener(publishedHosts: ["10.0.0.1", "::1"])
        #expect(listener.supplier.info.result.strings == ["Heartbeat: ", "Event: "])
        try listener.supplier.open()
        #expect(listener.supplier.info.result == LongStringArray(longs: [1033], strings: ["Heartbeat: tcp://10.0.0.1:1", "Event: "]))
        let reply = try await listener.subscribe(.change)
        #expect(reply.result.longs == [1033, 6, 1000, 0, 0, 434])
        #expect(
            reply.result.strings == [
                "tcp://10.0.0.1:1", "tcp://10.0.0.1:2", "tcp://[::1]:1", "tcp://[::1]:2", "tango://db:10000/a/b/c/value.idl5_change",
                "tango://db:10000/dserver/exe/inst",
            ])
        #expect(try await listener.subscribe(.interfaceChange, "dummy").topic == "tango://db:10000/a/b/c.intr_change")
        #expect(try await listener.subscribe(.change, version: 4).topic == "tango://db:10000/a/b/c/value.change")
        #expect(try await listener.subscribe(.change, version: 6, deviceVersion: 4).topic == "tango://db:10000/a/b/c/value.change")
        #expect(listener.supplier.info.event == "tcp://10.0.0.1:2")

        let alone = Listener(usesDatabase: false)
        let answer = try await alone.subscribe(.user)
        #expect(answer.topic == "tango://db:10000/a/b/c/value#dbase=no.idl5_user_event")
        #expect(answer.channel == "tango://db:10000/dserver/exe/inst#dbase=no")
    }

    @Test func polledValuesForClientsOfAllVersions() async throws {
        let listener = Listener()
        #expect(listener.supplier.events(of: "a/b/c", "value") == nil)
        try await listener.subscribe(.change)
        try await listener.subscribe(.change, version: 4)
        try await listener.subscribe(.change, version: 3)
        let events = try #require(listener.supplier.events(of: "A/b/c", "VALUE"))
        #expect(events.isSubscribed(.change) && !events.isSubscribed(.archive) && events.isPollingWatched)

        events.polled(Self.value([1, 2]), began: Self.time(0), Self.criteria())
        let first = listener.take()
        // One for clients of interface 5 and 6, one for those before.
        #expect(Set(first.map(\.event)) == ["idl5_change", "change"])
        #expect(first.allSatisfy { $0.counter == 1 && $0.payload == .value(Self.value([1, 2])) })
        events.polled(Self.value([1, 2.5]), began: Self.time(1), Self.criteria())
        #expect(listener.take().isEmpty)
        events.polled(Self.value([1, 3]), began: Self.time(2), Self.criteria())
        #expect(listener.take().allSatisfy { $0.counter == 2 })
        // Criteria that become smaller act at once, against the last value sent.
        events.polled(Self.value([1, 3.5]), began: Self.time(3), Self.criteria())
        #expect(listener.take().isEmpty)
        events.polled(Self.value([1, 3.5]), began: Self.time(3), Self.criteria(abs: "0.5"))
        #expect(!listener.take().isEmpty)
        // A second subscriber causes nothing.
        try await listener.subscribe(.change)
        events.polled(Self.value([1, 3.5]), began: Self.time(4), Self.criteria())
        #expect(listener.take().isEmpty)
    }

    @Test func kindsAreIndependent() async throws {
        let listener = Listener()
        for kind in [EventKind.change, .archive, .periodic, .alarm] { try await listener.subscribe(kind) }
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        func poll(_ number: Double, _ quality: AttributeQuality = .valid, at milliseconds: Int64) -> [String] {
            events.polled(Self.value([number], quality), began: Self.time(milliseconds), Self.criteria(archivePeriod: "2000"))
            return listener.take().map { "\($0.event) \($0.counter)" }.sorted()
        }
        #expect(poll(0, at: 0) == ["alarm 1", "idl5_archive 1", "idl5_change 1", "idl5_periodic 1"])
        #expect(poll(0, at: 500) == [])
        #expect(poll(1, at: 600) == ["idl5_archive 2", "idl5_change 2"])
        #expect(poll(1, at: 990) == ["idl5_periodic 2"])
        #expect(poll(1, .alarm, at: 1000) == ["alarm 2", "idl5_archive 3", "idl5_change 3"])
        #expect(poll(1, .alarm, at: 1961) == ["idl5_archive 4"])
        #expect(poll(1, .alarm, at: 1971) == ["idl5_periodic 3"])
        #expect(
            listener.supplier.counters == [
                "tango://db:10000/a/b/c/value.idl5_change": 3, "tango://db:10000/a/b/c/value.alarm": 2,
                "tango://db:10000/a/b/c/value.idl5_archive": 4, "tango://db:10000/a/b/c/value.idl5_periodic": 3,
            ])
    }

    @Test func errorsAreSentOnceByPollingAndEachTimeByPushing() async throws {
        let listener = Listener()
        try await listener.subscribe(.change)
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        let failure = DevFailed("Broken", "coil", origin: "here")
        let failed = AttributeValue(name: "Value", failure: failure, time: .zero)
        for _ in 0..<3 { events.polled(failed, began: Self.time(0), Self.criteria()) }
        #expect(listener.take().map(\.payload) == [.failure(failure)])
        var support = EventSupport()
        support.change = .always
        for _ in 0..<3 { events.pushed(.change, failed, now: Self.time(0), support, Self.criteria()) }
        #expect(listener.take().map(\.payload) == [.failure(failure), .failure(failure), .failure(failure)])
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        #expect(listener.take().count == 1)

        events.pollingStopped(failure, name: "Value", except: support)
        #expect(listener.take().isEmpty)
        events.pollingStopped(failure, name: "Value", except: EventSupport())
        #expect(listener.take().map(\.payload) == [.failure(failure)])
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        #expect(listener.take().count == 1)
    }

    @Test func pushedValues() async throws {
        let listener = Listener()
        for kind in [EventKind.change, .user] { try await listener.subscribe(kind) }
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        var support = EventSupport()
        func push(_ kind: EventKind, _ number: Double, _ quality: AttributeQuality = .valid) -> [String] {
            events.pushed(kind, Self.value([number], quality), now: Self.time(0), support, Self.criteria())
            return listener.take().map(\.event)
        }
        support.change = .always
        for _ in 0..<2 { #expect(push(.change, 1) == ["idl5_change"]) }
        for _ in 0..<2 { #expect(push(.user, 1) == ["idl5_user_event"]) }
        #expect(push(.archive, 1) == [])
        support.change = .detected
        #expect(push(.change, 1.5) == [])
        #expect(push(.change, 2) == ["idl5_change"])

        // Change events send alarm events, unless the device sends those itself.
        try await listener.subscribe(.alarm)
        support.change = .always
        #expect(push(.change, 2) == ["idl5_change", "alarm"])
        #expect(push(.change, 2) == ["idl5_change"])
        #expect(push(.change, 2, .alarm) == ["idl5_change", "alarm"])
        #expect(push(.change, 2, .alarm) == ["idl5_change"])
        support.alarm = .always
        #expect(push(.change, 2) == ["idl5_change"])
        #expect(push(.alarm, 2) == ["alarm"])
        support.alarm = .none
        events.pushed(.change, Self.value([2], .warning), now: Self.time(0), support, Self.criteria(), sendsAlarms: false)
        #expect(listener.take().map(\.event) == ["idl5_change"])
    }

    @Test func whatIsNoValue() async throws {
        let listener = Listener()
        for kind in [EventKind.attributeConfig, .dataReady] { try await listener.subscribe(kind) }
        try await listener.subscribe(.attributeConfig, version: 4)
        try await listener.subscribe(.interfaceChange, nil)
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        let config = AttributeConfig(name: "Value", writable: .read, format: .scalar, typeNumber: 5)
        for _ in 0..<2 { events.publish(.attributeConfig, .attributeConfig(config)) }
        let configs = listener.take()
        #expect(configs.map(\.event).sorted() == ["attr_conf", "attr_conf", "idl5_attr_conf", "idl5_attr_conf"])
        #expect(configs.allSatisfy { $0.payload == .attributeConfig(config) })
        events.publish(.dataReady, .dataReady(DataReady(attribute: "Value", typeNumber: 5, counter: 9)))
        #expect(listener.take().map(\.payload) == [.dataReady(DataReady(attribute: "Value", typeNumber: 5, counter: 9))])
        let device = try #require(listener.supplier.events(of: "a/b/c", nil))
        let change = InterfaceChange(isDeviceStarted: false, commands: [], attributes: [config])
        device.publish(.interfaceChange, .interfaceChange(change))
        #expect(listener.take().map(\.payload) == [.interfaceChange(change)])
    }

    @Test func heartbeatsFromTheFirstSubscriptionOn() async throws {
        let listener = Listener()
        try listener.supplier.open()
        listener.supplier.tick(now: Self.time(0))
        try await listener.subscribe(.change)
        for milliseconds in [1000, 2000, 8999, 9000, 18000, 27000] as [Int64] { listener.supplier.tick(now: Self.time(milliseconds)) }
        let beats = listener.take()
        #expect(beats.map(\.event) == ["heartbeat", "heartbeat", "heartbeat", "heartbeat"])
    }

    @Test func subscriptionsEndAndBeginAgain() async throws {
        let listener = Listener()
        try await listener.subscribe(.change, now: Self.time(0))
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        listener.supplier.tick(now: Self.time(599_999))
        #expect(events.isSubscribed(.change))
        _ = listener.take()
        listener.supplier.tick(now: Self.time(600_000))
        #expect(!events.isSubscribed(.change) && !events.isPollingWatched)
        events.polled(Self.value([9]), began: Self.time(600_000), Self.criteria())
        #expect(!listener.take().contains { $0.event == "idl5_change" })

        _ = try listener.supplier.subscribe(to: .change, of: "a/b/c", "value", version: 5, deviceVersion: 6, now: Self.time(700_000))
        events.polled(Self.value([20]), began: Self.time(700_000), Self.criteria())
        #expect(listener.take().map(\.counter) == [2])
    }

    @Test func restartsAndRemovals() async throws {
        let listener = Listener()
        try await listener.subscribe(.change)
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        #expect(listener.take().count == 1)
        listener.supplier.deviceRestarted("A/B/C")
        events.polled(Self.value([1]), began: Self.time(0), Self.criteria())
        #expect(listener.take().map(\.counter) == [2])
        listener.supplier.memberRemoved("VALUE", of: "a/B/c")
        #expect(!events.isPollingWatched && listener.supplier.events(of: "a/b/c", "value") == nil)
        events.polled(Self.value([5]), began: Self.time(0), Self.criteria())
        #expect(listener.take().isEmpty)

        listener.supplier.close()
        let failure = await #expect(throws: DevFailed.self) { try await listener.subscribe(.change) }
        #expect(failure?.reason == .shutdownInProgress)
        #expect(listener.supplier.info.result.strings == ["Heartbeat: ", "Event: "])
    }

    @Test func pushesOfManyTasksKeepTheirOrder() async throws {
        let listener = Listener()
        try await listener.subscribe(.change)
        let events = try #require(listener.supplier.events(of: "a/b/c", "value"))
        var support = EventSupport()
        support.change = .always
        await withTaskGroup { [support] group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        events.pushed(.change, Self.value([Double(task), Double(number)]), now: Self.time(0), support, .default)
                    }
                }
            }
        }
        let received = listener.take()
        #expect(received.map(\.counter) == Array(1...1600))
        var last: [Double: Double] = [:]
        for event in received {
            guard case .value(let value)? = event.payload, case .double(let numbers) = value.data else { continue }
            #expect(numbers[1] == (last[numbers[0]] ?? -1) + 1)
            last[numbers[0]] = numbers[1]
        }
        #expect(last.count == 8)
    }
}
