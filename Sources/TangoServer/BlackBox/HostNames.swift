import Synchronization
import TangoIIOP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Looks up names of hosts by their addresses, for black boxes and lock status.
///
/// Callers that need the same address share one look-up. Look-ups run on the thread pool, few at a time, since handlers need its threads.
/// When the name service does not answer in time, the address stands for the name.
final class HostNames: Sendable {
    private enum Entry {
        case known(String, until: ContinuousClock.Instant)
        case pending([CheckedContinuation<String, Never>])
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Look-ups on the pool.
        var running = 0
        /// Addresses whose look-up has to wait.
        var waiting: [String] = []
    }

    /// Look-ups at a time.
    private static let runningLimit = 2

    private let state = Mutex(State())
    private let pool: BlockingPool
    private let timeLimit: Duration
    private let lifetime: Duration
    private let capacity: Int
    private let lookUp: @Sendable (String) -> String?

    /// - Parameters:
    ///   - timeLimit: how long to wait for the name service.
    ///   - lifetime: how long a name is kept.
    ///   - capacity: number of names kept.
    ///   - lookUp: looks up an address; may block.
    init(
        _ pool: BlockingPool, timeLimit: Duration = .seconds(1), lifetime: Duration = .seconds(60), capacity: Int = 1024,
        lookUp: @escaping @Sendable (String) -> String? = HostNames.resolve
    ) {
        self.pool = pool
        self.timeLimit = timeLimit
        self.lifetime = lifetime
        self.capacity = capacity
        self.lookUp = lookUp
    }

    static func isLocal(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

    /// Returns the name of a client's host: `localhost` for this one, the address for one without a name.
    func name(of address: String) async -> String {
        guard !Self.isLocal(address) else { return "localhost" }
        return await withCheckedContinuation { continuation in
            let (known, isFirst) = self.state.withLock { state -> (String?, Bool) in
                switch state.entries[address] {
                case .known(let name, let expiry)? where expiry > .now: return (name, false)
                case .pending(let waiters)?:
                    state.entries[address] = .pending(waiters + [continuation])
                    return (nil, false)
                default:
                    if state.entries.count >= self.capacity {
                        state.entries = state.entries.filter { if case .pending = $0.value { true } else { false } }
                    }
                    state.entries[address] = .pending([continuation])
                    return (nil, true)
                }
            }
            if let known { continuation.resume(returning: known) }
            if isFirst { self.startLookUp(of: address) }
        }
    }

    private func startLookUp(of address: String) {
        Task {
            try? await Task.sleep(for: self.timeLimit)
            self.giveUp(address)
        }
        let isNow = self.state.withLock { state in
            guard state.running < Self.runningLimit else {
                if state.waiting.count < self.capacity { state.waiting.append(address) }
                return false
            }
            state.running += 1
            return true
        }
        if isNow { self.start(address) }
    }

    private func start(_ address: String) {
        self.pool.submit { poolState in
            self.keep(poolState == .active ? self.lookUp(address) ?? address : address, for: address)
            let next: String? = self.state.withLock { state in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.running -= 1
                return nil
            }
            if let next { self.start(next) }
        }
    }

    private func keep(_ name: String, for address: String) {
        self.answer(address) { _ in .known(name, until: .now + self.lifetime) }
    }

    /// Answers with the address; the look-up continues, for later callers.
    private func giveUp(_ address: String) {
        self.answer(address) { entry in
            if case .pending = entry { .known(address, until: .now + self.lifetime) } else { entry }
        }
    }

    private func answer(_ address: String, _ change: (Entry?) -> Entry?) {
        let (waiters, name) = self.state.withLock { state -> ([CheckedContinuation<String, Never>], String) in
            let before = state.entries[address]
            let after = change(before)
            state.entries[address] = after
            guard case .pending(let waiters)? = before, case .known(let name, _)? = after else { return ([], address) }
            return (waiters, name)
        }
        for waiter in waiters { waiter.resume(returning: name) }
    }

    /// Looks up the name of an address; `nil` when it has none. Blocks until the name service answers.
    static func resolve(_ address: String) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, nil, &hints, &found) == 0, let found else { return nil }
        defer { freeaddrinfo(found) }
        var name = [CChar](repeating: 0, count: 1025)
        guard getnameinfo(found.pointee.ai_addr, found.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, 0) == 0 else {
            return nil
        }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
