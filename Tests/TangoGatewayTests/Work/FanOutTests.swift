import Synchronization
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct FanOutTests {
    /// Work that does not notice its cancellation.
    private static func hang() async {
        await withCheckedContinuation { continuation in
            Task {
                try? await Task.sleep(for: .seconds(20))
                continuation.resume()
            }
        }
    }

    @Test func resultsAreInTheOrderOfTheItems() async {
        let results = await FanOut.run(Array(0..<500), on: anyEventLoop, until: .now + .seconds(60), width: 7) { number -> Int in
            if number % 50 == 0 { try? await Task.sleep(for: .milliseconds(5)) }
            return number * 2
        }
        #expect(results == (0..<500).map { $0 * 2 })
        #expect(await FanOut.run([Int](), on: anyEventLoop, until: .now) { $0 }.isEmpty)
    }

    @Test func noMoreThanTheWidthRunAtOnce() async {
        let running = Mutex((now: 0, most: 0))
        _ = await FanOut.run(Array(0..<200), on: anyEventLoop, until: .now + .seconds(60), width: 5) { _ in
            running.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            await Task.yield()
            running.withLock { $0.now -= 1 }
        }
        #expect(running.withLock { $0.most } <= 5)
    }

    @Test func slowWorkFreesItsSlotAndIsCancelledAtTheDeadline() async {
        // Far more hang than there are slots.
        let results = await FanOut.run(Array(0..<100), on: anyEventLoop, until: .now + .seconds(1), width: 4) { number -> Int in
            if number < 40 { await Self.hang() }
            return number
        }
        #expect(results.prefix(40).allSatisfy { $0 == nil })
        #expect(Array(results.suffix(60)) == Array(40..<100))
    }

    @Test func itemsThatAreNotAwaitedHaveOnlyTheGraceTime() async {
        let answered = Counter()
        let isAwaited: (Int) -> Bool = { $0 >= 10 }
        let results = await FanOut.run(
            Array(0..<20), on: anyEventLoop, until: .now + .seconds(60), width: 4, grace: .milliseconds(50), isAwaited: isAwaited
        ) { number -> Int in
            if number < 5 { try? await Task.sleep(for: .milliseconds(1500)) }
            if number < 5, !Task.isCancelled { answered.add() }
            if number > 15 { try? await Task.sleep(for: .milliseconds(20)) }
            return number
        }
        #expect(results.prefix(5).allSatisfy { $0 == nil })
        #expect(Array(results.suffix(15)) == Array(5..<20))
        // Work that was begun continues.
        for _ in 0..<500 where answered.value < 5 { try? await Task.sleep(for: .milliseconds(10)) }
        #expect(answered.value == 5)
    }

    @Test func aSlowFetchIsSharedAndDelaysNoOtherKey() async throws {
        let cache = ExpiringCache<String, Int, DevFailed>(lifetime: .seconds(600))
        let release = Release()
        let fetches = Counter()
        let (count, sum) = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    try await cache.value("slow", isFresh: false) { () async throws(DevFailed) -> Int in
                        fetches.add()
                        try? await release.wait()
                        return 1
                    }
                }
            }
            let other = try await cache.value("other", isFresh: false) { () async throws(DevFailed) -> Int in 2 }
            #expect(other == 2)
            release.open()
            return try await group.reduce(into: (0, 0)) { $0 = ($0.0 + 1, $0.1 + $1) }
        }
        #expect(count == 32 && sum == 32)
        #expect(fetches.value == 1)
    }

    @Test func failuresAreNotCachedAndFetchesFromBeforeAWriteAreNotShared() async throws {
        let cache = ExpiringCache<String, Int, DevFailed>(lifetime: .seconds(600))
        await #expect(throws: DevFailed.self) {
            try await cache.value("a", isFresh: false) { () async throws(DevFailed) -> Int in throw DevFailed("R", "d") }
        }
        #expect(try await cache.value("a", isFresh: false) { () async throws(DevFailed) -> Int in 1 } == 1)
        let release = Release()
        let early = Task {
            try await cache.value("b", isFresh: false) { () async throws(DevFailed) -> Int in
                try? await release.wait()
                return 1
            }
        }
        await Task.yield()
        cache.invalidate()
        #expect(try await cache.value("b", isFresh: false) { () async throws(DevFailed) -> Int in 2 } == 2)
        release.open()
        _ = try await early.value
        #expect(try await cache.value("b", isFresh: false) { () async throws(DevFailed) -> Int in 3 } == 2)
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    func add() { self.count.withLock { $0 += 1 } }

    var value: Int { self.count.withLock { $0 } }

    @Test func anOlderFetchDoesNotReplaceANewerOne() async throws {
        let cache = ExpiringCache<String, Int, DevFailed>(lifetime: .seconds(600))
        let release = Release()
        let isFetching = Counter()
        let early = Task {
            try await cache.value("a", isFresh: false) { () async throws(DevFailed) -> Int in
                isFetching.add()
                try? await release.wait()
                return 1
            }
        }
        while isFetching.value == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try await cache.value("a", isFresh: true) { () async throws(DevFailed) -> Int in 2 } == 2)
        release.open()
        #expect(try await early.value == 1)
        #expect(try await cache.value("a", isFresh: false) { () async throws(DevFailed) -> Int in 3 } == 2)
    }
}
