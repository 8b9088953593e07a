import NIOCore
import Synchronization
import TangoCore
import TangoEvents
import TangoWire

/// The events of one attribute or pipe, or of the lists of members of a device: who is sent what, and what was sent last.
///
/// It belongs to the name, not to the device's object, so that subscriptions outlive DevRestart. Events leave in the order in which they are
/// made, whatever tasks make them; nothing here waits for a subscriber.
final class MemberEvents: Sendable {
    /// A topic of the events of a kind: one for each encoding that somebody has subscribed to.
    private struct Outlet {
        let encoding: SubscriptionTable.Encoding
        let topic: [UInt8]
        /// Number of the last event.
        var counter: UInt32 = 0
        /// Whether somebody is subscribed; the counter goes on when somebody is again.
        var isOpen = true
    }

    /// The events of a kind.
    private struct Stream {
        var outlets: [Outlet] = []
        /// The last value sent.
        var last: EventValue?
        /// When the last event was sent because a period was over.
        var period: NIODeadline?

        var isOpen: Bool { self.outlets.contains { $0.isOpen } }
    }

    private let state = Mutex<[EventKind: Stream]>([:])
    /// A bit for each kind that somebody is subscribed to.
    private let subscribed = Atomic<UInt32>(0)
    private let publisher: any EventPublisher
    private let performance: EventPerformance

    init(_ publisher: any EventPublisher, _ performance: EventPerformance) {
        self.publisher = publisher
        self.performance = performance
    }

    /// Whether somebody is subscribed to a kind; costs one atomic load.
    func isSubscribed(_ kind: EventKind) -> Bool { self.subscribed.load(ordering: .relaxed) & kind.bit != 0 }

    /// Whether somebody is subscribed to a kind that polled values may cause; costs one atomic load.
    var isPollingWatched: Bool { self.subscribed.load(ordering: .relaxed) & Self.polledBits != 0 }

    /// In the order in which one value sends them.
    private static let polledKinds: [EventKind] = [.change, .alarm, .archive, .periodic]
    private static let polledBits = MemberEvents.polledKinds.reduce(0) { $0 | $1.bit }

    // MARK: - Subscriptions

    /// Sends events of a kind under a topic from now on.
    func open(_ kind: EventKind, _ encoding: SubscriptionTable.Encoding, topic: EventTopic) {
        self.change { streams in
            var stream = streams[kind] ?? Stream()
            if let index = stream.outlets.firstIndex(where: { $0.encoding == encoding }) {
                stream.outlets[index].isOpen = true
            } else {
                stream.outlets.append(Outlet(encoding: encoding, topic: Array(topic.description.utf8)))
            }
            streams[kind] = stream
        }
    }

    /// Sends no more events of a kind in some encodings.
    func close(_ kind: EventKind, _ encodings: Set<SubscriptionTable.Encoding>) {
        self.change { streams in
            guard var stream = streams[kind] else { return }
            for index in stream.outlets.indices where encodings.contains(stream.outlets[index].encoding) {
                stream.outlets[index].isOpen = false
            }
            streams[kind] = stream
        }
    }

    /// Forgets what was sent: the next value is an event again.
    func forgetLastValues() {
        self.change { streams in
            for kind in streams.keys {
                streams[kind]?.last = nil
                streams[kind]?.period = nil
            }
        }
    }

    private func change(_ body: (inout [EventKind: Stream]) -> Void) {
        self.state.withLock { streams in
            body(&streams)
            let bits = streams.reduce(0 as UInt32) { $1.value.isOpen ? $0 | $1.key.bit : $0 }
            self.subscribed.store(bits, ordering: .relaxed)
        }
    }

    /// Number of the last event of each topic, by the topic's text.
    var counters: [String: UInt32] {
        self.state.withLock { streams in
            var counters: [String: UInt32] = [:]
            for outlet in streams.values.flatMap(\.outlets) { counters[String(decoding: outlet.topic, as: UTF8.self)] = outlet.counter }
            return counters
        }
    }

    // MARK: - Values

    /// Sends the events that a polled value causes.
    /// - Parameter began: when its reading began.
    func polled(_ value: AttributeValue, began: NIODeadline, _ criteria: EventCriteria) {
        guard self.isPollingWatched else { return }
        let new = EventValue(value)
        self.state.withLock { streams in
            var message = Message(value)
            for kind in Self.polledKinds where self.isSubscribed(kind) {
                guard var stream = streams[kind], Self.isEvent(kind, new, &stream, began, criteria) else { continue }
                self.send(&stream, &message)
                streams[kind] = stream
            }
        }
    }

    /// Sends the events that a pushed value causes.
    /// - Parameters:
    ///   - kind: a kind that carries a value.
    ///   - support: what the device declares for the attribute.
    ///   - sendsAlarms: whether a change event sends an alarm event, too, as the property `AutoAlarmOnChangeEvent` has it.
    func pushed(
        _ kind: EventKind, _ value: AttributeValue, now: NIODeadline, _ support: EventSupport, _ criteria: EventCriteria,
        sendsAlarms: Bool = true
    ) {
        let alarms = kind == .change && sendsAlarms && support.alarm == .none && self.isSubscribed(.alarm)
        guard self.isSubscribed(kind) || alarms else { return }
        let new = EventValue(value)
        self.state.withLock { streams in
            var message = Message(value)
            if self.isSubscribed(kind), var stream = streams[kind] {
                let isDetected = support.pushing(kind) == .detected
                if !isDetected || Self.isEvent(kind, new, &stream, now, criteria) {
                    stream.last = new
                    self.send(&stream, &message)
                }
                streams[kind] = stream
            }
            if alarms, var stream = streams[.alarm], Self.isEvent(.alarm, new, &stream, now, criteria) {
                self.send(&stream, &message)
                streams[.alarm] = stream
            }
        }
    }

    /// Sends an error to all who expect polled values: there will be none.
    func pollingStopped(_ failure: DevFailed, name: String, except support: EventSupport) {
        guard self.isPollingWatched else { return }
        let value = AttributeValue(name: name, failure: failure, time: .now)
        self.state.withLock { streams in
            var message = Message(value)
            for kind in Self.polledKinds where self.isSubscribed(kind) && support.pushing(kind) == .none {
                guard var stream = streams[kind] else { continue }
                stream.last = EventValue(value)
                self.send(&stream, &message)
                streams[kind] = stream
            }
        }
    }

    /// Sends what is no value: a configuration, an announcement, a pipe, the lists of members.
    func publish(_ kind: EventKind, _ payload: EventPayload) {
        guard self.isSubscribed(kind) else { return }
        self.state.withLock { streams in
            guard var stream = streams[kind] else { return }
            var message = Message(payload)
            self.send(&stream, &message)
            streams[kind] = stream
        }
    }

    /// Whether the value is an event of a kind; if so, keeps what the next one is compared with.
    private static func isEvent(
        _ kind: EventKind, _ value: EventValue, _ stream: inout Stream, _ now: NIODeadline, _ criteria: EventCriteria
    ) -> Bool {
        switch kind {
        case .change:
            guard ChangeDetector.isEvent(value, after: stream.last, criteria.change) else { return false }
        case .alarm:
            guard AlarmDetector.isEvent(value, after: stream.last) else { return false }
        case .archive:
            let before = stream.last.flatMap { last in stream.period.map { ArchiveDetector.Last(value: last, period: $0) } }
            guard let last = ArchiveDetector.event(value, after: before, criteria, now: now) else { return false }
            stream.period = last.period
        case .periodic:
            guard PeriodicDetector.isEvent(after: stream.period, criteria, now: now) else { return false }
            stream.period = now
        case .user, .attributeConfig, .dataReady, .pipe, .interfaceChange: return true
        }
        stream.last = value
        return true
    }

    // MARK: - Sending

    /// The content of an event, encoded when it is first needed, once for each encoding.
    private struct Message {
        let payload: EventPayload
        private var encoded: [SubscriptionTable.Encoding: ByteBuffer] = [:]

        init(_ payload: EventPayload) {
            self.payload = payload
        }

        init(_ value: AttributeValue) {
            self.payload = value.failure.map { .failure($0) } ?? .value(value)
        }

        /// The frame in an encoding.
        mutating func encoded(_ encoding: SubscriptionTable.Encoding) -> ByteBuffer {
            if let bytes = self.encoded[encoding] { return bytes }
            let bytes = self.payload.encoded(version: self.payload.version(for: encoding))
            self.encoded[encoding] = bytes
            return bytes
        }
    }

    private func send(_ stream: inout Stream, _ message: inout Message) {
        let began = self.performance.begin()
        defer { self.performance.end(began) }
        for index in stream.outlets.indices where stream.outlets[index].isOpen {
            stream.outlets[index].counter &+= 1
            let outlet = stream.outlets[index]
            self.publisher.publish(
                OutgoingEvent(
                    topic: outlet.topic, callInfo: EventCallInfo(counter: outlet.counter, isError: message.payload.isError),
                    payload: message.encoded(outlet.encoding)))
        }
    }
}

extension EventPayload {
    /// The interface version whose structure clients of an encoding read.
    fileprivate func version(for encoding: SubscriptionTable.Encoding) -> Int {
        // Configurations of interface 4 are those of 3.
        if case .attributeConfig = self, encoding == .four { return 3 }
        return encoding.rawValue
    }
}

extension EventKind {
    /// A bit of its own.
    fileprivate var bit: UInt32 {
        switch self {
        case .change: 1
        case .alarm: 2
        case .archive: 4
        case .periodic: 8
        case .user: 16
        case .attributeConfig: 32
        case .dataReady: 64
        case .pipe: 128
        case .interfaceChange: 256
        }
    }
}
