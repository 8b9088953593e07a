import Synchronization
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoDatabase

struct QueryTurnsTests {
    /// Runs a query that holds the only turn until another one waits.
    /// - Returns: why the other one did not run.
    private func second(longestWait: Duration) async throws -> DevFailed? {
        let turns = QueryTurns(1, longestWait: longestWait)
        let isRunning = Mutex(false)
        let isOpen = Mutex(false)
        let first = Task.detached {
            try await turns.run {
                isRunning.withLock { $0 = true }
                while !isOpen.withLock({ $0 }) {}
            }
        }
        try await eventually { isRunning.withLock { $0 } }
        let second = Task { () -> DevFailed? in
            do throws(DevFailed) {
                try await turns.run {}
                return nil
            } catch {
                return error
            }
        }
        try await eventually { turns.waitingCount == 1 }
        isOpen.withLock { $0 = true }
        try await first.value
        let outcome = await second.value
        // The turn is free again.
        try await turns.run {}
        return outcome
    }

    @Test func aQueryWhoseTurnComesTooLateDoesNotRun() async throws {
        #expect(try await self.second(longestWait: .zero)?.reason == .databaseSQL)
        #expect(try await self.second(longestWait: .seconds(3600)) == nil)
    }
}
