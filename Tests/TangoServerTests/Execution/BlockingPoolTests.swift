import Dispatch
import Synchronization
import TangoClient
import TangoTestSupport
import Testing

@testable import TangoServer

@Suite struct BlockingPoolTests {
    @Test func aPoolHasNoThreadBeforeWorkComes() async {
        let pool = BlockingPool(maximumThreads: 8)
        #expect(pool.threadCount == 0)
        await pool.shutdown()
    }

    @Test func oneThreadServesJobsThatComeOneAfterTheOther() async {
        let pool = BlockingPool(maximumThreads: 8, idleTime: .seconds(60))
        for _ in 0..<20 {
            await withCheckedContinuation { continuation in pool.submit { _ in continuation.resume() } }
            // It is idle again a moment after its job has ended.
            try? await eventually { pool.idleCount == pool.threadCount }
        }
        #expect(pool.threadCount == 1)
        await pool.shutdown()
    }

    @Test func blockedJobsRunBesideEachOtherUpToTheLimitAndTheOthersWait() async throws {
        let pool = BlockingPool(maximumThreads: 4)
        let release = DispatchSemaphore(value: 0)
        let (started, finished) = (Counter(), Counter())
        for _ in 0..<6 {
            pool.submit { _ in
                started.add()
                release.wait()
                finished.add()
            }
        }
        try await eventually { started.value == 4 }
        #expect(pool.threadCount == 4)
        release.signal()
        try await eventually { started.value == 5 }
        #expect(finished.value == 1)
        for _ in 0..<5 { release.signal() }
        try await eventually { finished.value == 6 }
        await pool.shutdown()
    }

    @Test func threadsWithoutWorkEndAndNewOnesComeWithNewWork() async throws {
        let pool = BlockingPool(maximumThreads: 4, idleTime: .milliseconds(1))
        let done = Counter()
        for _ in 0..<50 {
            for _ in 0..<4 { pool.submit { _ in done.add() } }
            try await eventually { pool.threadCount == 0 }
        }
        #expect(done.value == 200)
        await pool.shutdown()
    }

    @Test func aShutdownCancelsWhatWaitsAndWaitsForWhatRuns() async throws {
        let pool = BlockingPool(maximumThreads: 1)
        let release = DispatchSemaphore(value: 0)
        let (started, finished, cancelled) = (Counter(), Counter(), Counter())
        pool.submit { _ in
            started.add()
            release.wait()
            finished.add()
        }
        try await eventually { started.value == 1 }
        for _ in 0..<3 {
            pool.submit { state in
                if case .cancelled = state { cancelled.add() }
            }
        }
        let ending = Task { await pool.shutdown() }
        try await eventually { cancelled.value == 3 }
        #expect(finished.value == 0)
        release.signal()
        await ending.value
        #expect(finished.value == 1)
        #expect(pool.threadCount == 0)
        pool.submit { state in
            if case .cancelled = state { cancelled.add() }
        }
        #expect(cancelled.value == 4)
    }

    @Test func manyDevicesThatBlockAreServedAtOnceAndAnIdleServerHasNoThreadsForThem() async throws {
        let release = DispatchSemaphore(value: 0)
        let started = Counter()
        let blocking = DeviceClass("Blocking", Quiet.self) {
            Command("Wait", of: Quiet.self) { _, _ in
                started.add()
                release.wait()
                return .void
            }
        }
        let names = (0..<4).map { "t/b/\($0)" }
        try await TestServer.run([blocking], devices: names) { test in
            #expect(test.server.context?.pool.threadCount == 0)
            let calls = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for name in names { group.addTask { _ = try await test.device(name).command("Wait") } }
                    try await group.waitForAll()
                }
            }
            try await eventually { started.value == names.count }
            for _ in names { release.signal() }
            try await calls.value
        }
    }
}

private final class Quiet: Device {
    init(context: DeviceContext) {}
    func initialize() {}
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { self.count.load(ordering: .acquiring) }
    func add() { self.count.add(1, ordering: .acquiringAndReleasing) }
}
