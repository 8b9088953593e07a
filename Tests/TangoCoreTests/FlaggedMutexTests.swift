import Foundation
import Synchronization
import TangoCore
import Testing

@Suite("A mutex with an atomic flag")
struct FlaggedMutexTests {
    @Test func flagFollowsTheValue() {
        let list = FlaggedMutex<[Int]>([])
        #expect(list.isFlagged == false)
        #expect(list.withLockIfFlagged { $0.count } == nil)
        list.withLock { $0.append(1) }
        #expect(list.isFlagged == true)
        #expect(list.withLockIfFlagged { $0.count } == 1)
        list.withLockIfFlagged { $0.removeAll() }
        #expect(list.isFlagged == false)
    }

    @Test func initialValueSetsTheFlag() {
        let set = FlaggedMutex<Int?>(1)
        let empty = FlaggedMutex<[String: Int]>([:])
        #expect(set.isFlagged == true)
        #expect(empty.isFlagged == false)
    }

    @Test func flagFollowsAChangeThatEndsWithAnError() {
        struct Failure: Error {}
        let value = FlaggedMutex<Int?>(nil)
        #expect(throws: Failure.self) {
            try value.withLock { value in
                value = 1
                throw Failure()
            }
        }
        #expect(value.isFlagged == true)
    }

    /// With a flag that is set outside the lock, a thread that empties the value clears the flag of one that has filled it since. Two
    /// threads that meet in each round lose it some ten times in fifty thousand rounds.
    @Test func concurrentChangesNeverLoseTheFlag() {
        let shared = Shared()
        let rounds = 50_000
        let emptier = Thread {
            for round in 1...rounds {
                Self.wait(for: shared.begun, round)
                shared.value.withLock { if $0 != round { $0 = nil } }
                shared.ended.store(round, ordering: .releasing)
            }
        }
        emptier.start()
        var lost = 0
        for round in 1...rounds {
            shared.begun.store(round, ordering: .releasing)
            // The two meet at another point of their work in each round.
            for _ in 0..<round % 64 { _ = shared.ended.load(ordering: .relaxed) }
            shared.value.withLock { $0 = round }
            Self.wait(for: shared.ended, round)
            if !shared.value.isFlagged { lost += 1 }
        }
        #expect(lost == 0)
    }

    private final class Shared: Sendable {
        let value = FlaggedMutex<Int?>(nil)
        let begun = Atomic(0)
        let ended = Atomic(0)
    }

    /// Spins, and gives the processor away where the other thread has none.
    private static func wait(for number: borrowing Atomic<Int>, _ round: Int) {
        var spins = 0
        while number.load(ordering: .acquiring) < round {
            spins += 1
            if spins.isMultiple(of: 1000) { sched_yield() }
        }
    }
}
