import Synchronization

/// Runs work that may hang: after the limit the caller goes on with `nil`, and the work is cancelled.
///
/// The work is not waited for, since a call to a silent device may take its own time to notice the cancellation.
func withDeadline<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async -> Value) async -> Value? {
    let race = Race<Value>()
    let worker = Task { race.finish(await work()) }
    let timer = Task {
        try? await Task.sleep(for: limit)
        race.finish(nil)
    }
    let winner = await withTaskCancellationHandler {
        await race.result
    } onCancel: {
        worker.cancel()
        timer.cancel()
    }
    worker.cancel()
    timer.cancel()
    return winner
}

/// The first result, for one waiter.
private final class Race<Value: Sendable>: Sendable {
    private enum State {
        case running
        case waiting(CheckedContinuation<Value?, Never>)
        case finished(Value?)
    }

    private let state = Mutex(State.running)

    func finish(_ value: Value?) {
        let waiter: CheckedContinuation<Value?, Never>? = self.state.withLock { state in
            switch state {
            case .running:
                state = .finished(value)
                return nil
            case .waiting(let continuation):
                state = .finished(value)
                return continuation
            case .finished: return nil
            }
        }
        waiter?.resume(returning: value)
    }

    var result: Value? {
        get async {
            await withCheckedContinuation { continuation in
                let finished: Value?? = self.state.withLock { state in
                    if case .finished(let value) = state { return .some(value) }
                    state = .waiting(continuation)
                    return .none
                }
                if let finished { continuation.resume(returning: finished) }
            }
        }
    }
}

/// Values kept for a short while.
final class TimedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var entries: [Key: (value: Value, expires: ContinuousClock.Instant)] = [:]
        /// Counts invalidations: what was fetched before one is not kept after it.
        var generation = 0
    }

    private let state = Mutex(State())
    private let lifetime: Duration
    private let limit: Int
    private let hits = Atomic<UInt64>(0)
    private let misses = Atomic<UInt64>(0)

    /// How often the value was kept.
    var hitCount: UInt64 { self.hits.load(ordering: .relaxed) }
    /// How often it had to be fetched.
    var missCount: UInt64 { self.misses.load(ordering: .relaxed) }

    init(lifetime: Duration, limit: Int = 4096) {
        self.lifetime = lifetime
        self.limit = limit
    }

    /// The kept value, or a newly fetched one. `isFresh` demands the latter.
    func value<Failure: Error>(
        _ key: Key, isFresh: Bool, fetch: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let now = ContinuousClock.now
        let (kept, generation) = self.state.withLock { state in
            let entry = state.entries[key]
            return (entry.flatMap { $0.expires > now ? $0.value : nil }, state.generation)
        }
        if let kept, !isFresh {
            self.hits.wrappingAdd(1, ordering: .relaxed)
            return kept
        }
        self.misses.wrappingAdd(1, ordering: .relaxed)
        let value = try await fetch()
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= self.limit { state.entries = state.entries.filter { $0.value.expires > now } }
            if state.entries.count < self.limit { state.entries[key] = (value, now + self.lifetime) }
        }
        return value
    }

    /// Forgets everything.
    func invalidate() {
        self.state.withLock { state in
            state.entries = [:]
            state.generation += 1
        }
    }
}
