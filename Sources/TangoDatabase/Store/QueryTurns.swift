import Synchronization
import TangoCore

/// Lets few queries run at once; the others wait in order, without a thread.
final class QueryTurns: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    /// Largest number of queries that wait.
    private static let waitingLimit = 256

    private let state = Mutex(State())
    private let width: Int

    /// - Parameter width: how many run at once.
    init(_ width: Int) {
        self.width = width
    }

    /// Runs a query in its turn.
    /// - Throws: `DB_SQLError` when too many wait already.
    func run<Value>(_ body: () throws(DevFailed) -> Value) async throws(DevFailed) -> Value {
        try await self.begin()
        defer { self.end() }
        return try body()
    }

    private func begin() async throws(DevFailed) {
        let isTaken = await withCheckedContinuation { (turn: CheckedContinuation<Bool, Never>) in
            let answer: Bool? = self.state.withLock { state in
                if state.running < self.width {
                    state.running += 1
                    return true
                }
                guard state.waiting.count < Self.waitingLimit else { return false }
                state.waiting.append(turn)
                return nil
            }
            if let answer { turn.resume(returning: answer) }
        }
        guard isTaken else { throw DevFailed(.databaseSQL, "Too many queries wait") }
    }

    private func end() {
        let next = self.state.withLock { state in
            let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            if next == nil { state.running -= 1 }
            return next
        }
        next?.resume(returning: true)
    }
}
