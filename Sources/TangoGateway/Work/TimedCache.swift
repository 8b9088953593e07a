import Synchronization
import TangoCore
import TangoIIOP

/// Values kept for a short while.
///
/// A value is fetched once however many ask for it meanwhile, in a task of its own: a source that hangs holds up those who ask for its
/// key, and nobody else.
final class TimedCache<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private typealias Fetch = Task<Result<Value, Failure>, Never>

    private enum Entry {
        case kept(Value, expires: ContinuousClock.Instant)
        case fetching(Fetch, Int)

        func isWorthless(at now: ContinuousClock.Instant) -> Bool {
            if case .kept(_, let expires) = self { expires <= now } else { false }
        }
    }

    private struct State {
        private(set) var entries: [Key: Entry] = [:]
        /// The keys that are forgotten together.
        private var groups: [String: Set<Key>] = [:]
        /// Counts fetches: what one brings is kept only while its entry is its own.
        var fetchCount = 0
        let group: (@Sendable (Key) -> String)?

        init(group: (@Sendable (Key) -> String)?) { self.group = group }

        mutating func set(_ entry: Entry, _ key: Key) {
            let isNew = self.entries.updateValue(entry, forKey: key) == nil
            if isNew, let group = self.group?(key) { self.groups[group, default: []].insert(key) }
        }

        mutating func remove(_ key: Key) {
            guard self.entries.removeValue(forKey: key) != nil, let group = self.group?(key) else { return }
            self.groups[group]?.remove(key)
            if self.groups[group]?.isEmpty ?? false { self.groups[group] = nil }
        }

        mutating func removeAll() {
            self.entries = [:]
            self.groups = [:]
        }

        mutating func removeWorthless(at now: ContinuousClock.Instant) {
            for key in self.entries.filter({ $0.value.isWorthless(at: now) }).keys { self.remove(key) }
        }

        func keys(ofGroup group: String) -> Set<Key> { self.groups[group] ?? [] }
    }

    private enum Found {
        case value(Value)
        case fetch(Fetch)
    }

    private let state: Mutex<State>
    private let hits = Atomic<UInt64>(0)
    private let misses = Atomic<UInt64>(0)
    private let lifetime: Duration
    private let limit: Int
    private let executors: EventLoopExecutors?

    /// How often the value was kept, or being fetched already.
    var hitCount: UInt64 { self.hits.load(ordering: .relaxed) }
    /// How often it had to be fetched.
    var missCount: UInt64 { self.misses.load(ordering: .relaxed) }

    /// - Parameters:
    ///   - executors: fetches started on one of their event loops stay there.
    ///   - group: names what a key belongs to, for those who forget by that.
    init(
        lifetime: Duration, limit: Int = 4096, executors: EventLoopExecutors? = nil, group: (@Sendable (Key) -> String)? = nil
    ) {
        self.state = Mutex(State(group: group))
        self.lifetime = lifetime
        self.executors = executors
        self.limit = limit
    }

    /// The kept value, or a newly fetched one. `isFresh` demands one whose fetching starts now. Failures are not kept.
    func value(
        _ key: Key, isFresh: Bool, fetch: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let now = ContinuousClock.now
        let found = self.state.withLock { state -> Found in
            if !isFresh {
                switch state.entries[key] {
                case .kept(let value, let expires)? where expires > now:
                    self.hits.wrappingAdd(1, ordering: .relaxed)
                    return .value(value)
                case .fetching(let fetch, _)?:
                    self.hits.wrappingAdd(1, ordering: .relaxed)
                    return .fetch(fetch)
                default: break
                }
            }
            self.misses.wrappingAdd(1, ordering: .relaxed)
            if state.entries.count >= self.limit { state.removeWorthless(at: now) }
            state.fetchCount += 1
            let number = state.fetchCount
            let task = Fetch(executorPreference: self.executors?.current) {
                do throws(Failure) {
                    let value = try await fetch()
                    self.keep(value, key, number)
                    return .success(value)
                } catch {
                    self.forgetFetch(key, number)
                    return .failure(error)
                }
            }
            if state.entries.count < self.limit || state.entries[key] != nil { state.set(.fetching(task, number), key) }
            return .fetch(task)
        }
        switch found {
        case .value(let value): return value
        case .fetch(let task): return try await task.value.get()
        }
    }

    private func keep(_ value: Value, _ key: Key, _ number: Int) {
        self.state.withLock { state in
            guard case .fetching(_, number)? = state.entries[key] else { return }
            state.set(.kept(value, expires: .now + self.lifetime), key)
        }
    }

    private func forgetFetch(_ key: Key, _ number: Int) {
        self.state.withLock { state in
            guard case .fetching(_, number)? = state.entries[key] else { return }
            state.remove(key)
        }
    }

    /// Forgets everything, also what is being fetched.
    func invalidate() { self.state.withLock { $0.removeAll() } }

    /// Forgets what belongs together, also what is being fetched of it.
    func invalidate(group: String, where isMeant: (Key) -> Bool = { _ in true }) {
        self.state.withLock { state in
            for key in state.keys(ofGroup: group) where isMeant(key) { state.remove(key) }
        }
    }
}
