import NIOCore
import Synchronization

/// How long the last events took to be sent, while somebody wants to know (`EnableEventSystemPerfMon`).
final class EventPerformance: Sendable {
    /// One event.
    struct Sample: Sendable, Hashable {
        /// Time since the event before; `nil` for the first.
        var sinceLast: TimeAmount?
        /// Time that sending it took.
        var duration: TimeAmount
    }

    private struct State {
        var samples: [Sample] = []
        var last: NIODeadline?
    }

    /// So many samples are kept.
    private static let limit = 256

    private let isOn = Atomic<Bool>(false)
    private let state = Mutex(State())

    init() {}

    /// Starts or ends the measurement; what was measured before is forgotten.
    func enable(_ isOn: Bool) {
        self.state.withLock { $0 = State() }
        self.isOn.store(isOn, ordering: .relaxed)
    }

    /// The last events, oldest first; `nil` while nothing is measured.
    var samples: [Sample]? { self.isOn.load(ordering: .relaxed) ? self.state.withLock { $0.samples } : nil }

    /// The time when the sending of an event begins; `nil` while nothing is measured.
    func begin() -> NIODeadline? { self.isOn.load(ordering: .relaxed) ? .now() : nil }

    /// Takes the end of what began.
    func end(_ began: NIODeadline?) {
        guard let began else { return }
        let now = NIODeadline.now()
        self.state.withLock { state in
            if state.samples.count == Self.limit { state.samples.removeFirst() }
            state.samples.append(Sample(sinceLast: state.last.map { began - $0 }, duration: now - began))
            state.last = began
        }
    }
}
