import Synchronization
import TangoCore

/// Lets few queries run at once; the others wait in order, without a thread.
final class QueryTurns: Sendable {
    private struct State {
        var running = 0
        var waiting: [Waiting] = []
    }

    private struct Waiting {
        let turn: CheckedContinuation<Answer, Never>
        let since = ContinuousClock.now
    }

    private enum Answer {
        case begun
        /// Too many wait already.
        case refused
        /// Its turn came too late: its client has given up.
        case expired
    }

    /// Largest number of queries that wait.
    private static let waitingLimit = 256

    private let state = Mutex(State())
    private let width: Int
    private let longestWait: Duration

    /// - Parameters:
    ///   - width: how many run at once.
    ///   - longestWait: one that waited longer does not run.
    init(_ width: Int, longestWait: Duration = .seconds(10)) {
        self.width = width
        self.longestWait = longestWait
    }

    /// Number of queries that wait.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    /// Runs a query in its turn.
    /// - Throws: `DB_SQLError` when too many wait already, or its turn comes too late.
    func run<Value>(_ body: () throws(DevFailed) -> Value) async throws(DevFailed) -> Value {
        try await self.begin()
        defer { self.end() }
        return try body()
    }

    private func begin() async throws(DevFailed) {
        let answer = await withCheckedContinuation { (turn: CheckedContinuation<Answer, Never>) in
            let answer: Answer? = self.state.withLock { state in
                if state.running < self.width {
                    state.running += 1
                    return .begun
                }
                guard state.waiting.count < Self.waitingLimit else { return .refused }
                state.waiting.append(Waiting(turn: turn))
                return nil
            }
            if let answer { turn.resume(returning: answer) }
        }
        switch answer {
        case .begun: break
        case .refused: throw DevFailed(.databaseSQL, "Too many queries wait")
        case .expired:
            throw DevFailed(.databaseSQL, "The query waited more than \(self.longestWait.components.seconds) s for others")
        }
    }

    private func end() {
        let now = ContinuousClock.now
        let (expired, next) = self.state.withLock { state in
            let count = state.waiting.firstIndex { now - $0.since <= self.longestWait } ?? state.waiting.count
            let expired = state.waiting.prefix(count).map(\.turn)
            state.waiting.removeFirst(count)
            let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst().turn
            if next == nil { state.running -= 1 }
            return (expired, next)
        }
        for turn in expired { turn.resume(returning: .expired) }
        next?.resume(returning: .begun)
    }
}
