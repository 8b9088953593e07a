import NIOCore
import Synchronization

/// Events on their way to a client: of each attribute only the newest value waits.
///
/// A client that reads slowly misses values in between, and never the last one of an attribute. What waits is bounded by the number of
/// attributes.
struct EventQueue: AsyncSequence, Sendable {
    /// A value of an attribute, or why there is none.
    struct Event: Sendable {
        /// Number of the attribute.
        var number: Int
        /// Time of the reading, in milliseconds.
        var time: Int64
        var data: String

        fileprivate var text: String { "id: \(self.time)\nevent: \(self.number)\ndata: \(self.data)\n\n" }
    }

    /// What a stream says of itself.
    enum Notice: String, Sendable {
        /// How long the client waits before it opens the next stream, in milliseconds.
        case retry = "retry: 30000\n\n"
        /// A sign of life.
        case maintenance = "event: maintenance\ndata: I am OK!\n\n"
    }

    fileprivate struct Pending: Sendable {
        var notices: [Notice] = []
        var events: [Int: Event] = [:]
        /// Numbers of the attributes whose events wait, the first one first.
        var order: [Int] = []

        mutating func take() -> String? {
            if !self.notices.isEmpty { return self.notices.removeFirst().rawValue }
            guard !self.order.isEmpty else { return nil }
            return self.events.removeValue(forKey: self.order.removeFirst())?.text
        }
    }

    /// What waits, shared by the two ends.
    fileprivate final class Store: Sendable {
        let pending = Mutex(Pending())
    }

    /// The end at which events are put in.
    struct Sink: Sendable {
        private let store: Store
        private let wakeUps: AsyncStream<Void>.Continuation

        fileprivate init(_ store: Store, _ wakeUps: AsyncStream<Void>.Continuation) {
            self.store = store
            self.wakeUps = wakeUps
        }

        /// Puts an event in the place of the one of its attribute that waits, or behind all others.
        func put(_ event: Event) {
            self.store.pending.withLock { pending in
                if pending.events.updateValue(event, forKey: event.number) == nil { pending.order.append(event.number) }
            }
            self.wakeUps.yield()
        }

        /// Puts a notice before all events, unless it waits already.
        func announce(_ notice: Notice) {
            self.store.pending.withLock { pending in if !pending.notices.contains(notice) { pending.notices.append(notice) } }
            self.wakeUps.yield()
        }

        /// Ends the queue, after what waits has been taken.
        func finish() { self.wakeUps.finish() }

        /// Sets what is done when the queue ends, or nobody takes from it any more.
        func onTermination(_ action: @escaping @Sendable () -> Void) { self.wakeUps.onTermination = { _ in action() } }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let store: Store
        fileprivate var wakeUps: AsyncStream<Void>.AsyncIterator

        mutating func next() async -> ByteBuffer? {
            while true {
                if let text = self.store.pending.withLock({ $0.take() }) { return ByteBuffer(string: text) }
                guard await self.wakeUps.next(isolation: #isolation) != nil else { return nil }
            }
        }
    }

    private let store: Store
    private let wakeUps: AsyncStream<Void>

    /// Returns an empty queue and its other end.
    static func make() -> (queue: EventQueue, sink: Sink) {
        let store = Store()
        let (wakeUps, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        return (EventQueue(store: store, wakeUps: wakeUps), Sink(store, continuation))
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(store: self.store, wakeUps: self.wakeUps.makeAsyncIterator()) }
}
