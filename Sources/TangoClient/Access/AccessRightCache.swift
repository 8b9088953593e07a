import Synchronization

/// The access service's answer for one device, until the device is looked up anew.
final class AccessRightCache: Sendable {
    /// Identifies the time between two calls of `forget`: an answer to a query of an earlier period is not kept.
    struct Period: Sendable, Hashable {
        fileprivate var number: UInt64
    }

    private struct State {
        var right: AccessRight?
        var number: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Whether `right` is `write`. Changed under the lock, so that the two cannot contradict each other.
    private let isWriter: Atomic<Bool>
    private let isRestricted: Bool

    /// - Parameter isRestricted: whether the device is under access control; otherwise everything is allowed.
    init(isRestricted: Bool) {
        self.isRestricted = isRestricted
        self.isWriter = Atomic(!isRestricted)
    }

    /// Whether everything is known to be allowed.
    var mayWrite: Bool { self.isWriter.load(ordering: .relaxed) }

    /// The right that is known, and the period in which an answer may be kept.
    var current: (right: AccessRight?, period: Period) {
        self.state.withLock { ($0.right, Period(number: $0.number)) }
    }

    /// Keeps an answer, unless the right was forgotten since the query was sent.
    func keep(_ right: AccessRight, queriedIn period: Period) {
        self.state.withLock { state in
            guard state.number == period.number else { return }
            state.right = right
            if case .write = right { self.isWriter.store(true, ordering: .relaxed) }
        }
    }

    /// Forgets the right.
    func forget() {
        guard self.isRestricted else { return }
        self.state.withLock { state in
            state.number &+= 1
            state.right = nil
            self.isWriter.store(false, ordering: .relaxed)
        }
    }
}
