import Synchronization
import TangoCore
import TangoIIOP

/// A cache whose values expire.
///
/// Concurrent requests for a key share one fetch, which is a task of its own: a slow source delays only the requests for its key.
final class ExpiringCache<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private typealias Fetch = Task<Result<Value, Failure>, Never>

    private enum Entry {
        case kept(Value, expires: ContinuousClock.Instant)
        case fetching(Fetch, Int)

        func isExpired(at now: ContinuousClock.Instant) -> Bool {
            if case .kept(_, let expires) = self { expires <= now } else { false }
        }
    }

    private struct State {
        private(set) var entries: [Key: Entry] = [:]
        /// Keys that are invalidated together.
        private var groups: [String: Set<Key>] = [:]
        /// Number of fetches. A fetch stores its value only while the entry still has its number.
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

        mutating func removeExpired(at now: ContinuousClock.Instant) {
            for key in self.entries.filter({ $0.value.isExpired(at: now) }).keys { self.remove(key) }
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
    private let executors: EventLoops?

    /// Number of look-ups that found the value, or its fetch in progress.
    var hitCount: UInt64 { self.hits.load(ordering: .relaxed) }
    /// Number of look-ups that started a fetch.
    var missCount: UInt64 { self.misses.load(ordering: .relaxed) }

    /// - Parameters:
    ///   - limit: most entries.
    ///   - executors: a fetch started on one of their event loops runs there.
    ///   - group: group of a key, for `invalidate(group:where:)`.
    init(
        lifetime: Duration, limit: Int = 4096, executors: EventLoops? = nil, group: (@Sendable (Key) -> String)? = nil
    ) {
        self.state = Mutex(State(group: group))
        self.lifetime = lifetime
        self.executors = executors
        self.limit = limit
    }

    /// Returns the cached value, or fetches one. With `isFresh` always fetches. Failures are not cached.
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
            if state.entries.count >= self.limit { state.removeExpired(at: now) }
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

    /// Removes all values, also those being fetched.
    func invalidate() { self.state.withLock { $0.removeAll() } }

    /// Removes the values of a group, also those being fetched.
    func invalidate(group: String, where isStale: (Key) -> Bool = { _ in true }) {
        self.state.withLock { state in
            for key in state.keys(ofGroup: group) where isStale(key) { state.remove(key) }
        }
    }
}
