import Dispatch
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

    /// With a flag that is set outside the lock, a thread that empties the value clears the flag of one that has filled it since.
    @Test func concurrentChangesNeverLoseTheFlag() {
        let value = FlaggedMutex<Int?>(nil)
        for round in 0..<20_000 {
            DispatchQueue.concurrentPerform(iterations: 2) { thread in
                value.withLock { value in
                    if thread == 0 { value = round } else if value != round { value = nil }
                }
            }
            #expect(value.isFlagged == true)
        }
    }
}
