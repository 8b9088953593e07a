import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoIIOP
import Testing

@testable import TangoGateway

/// Equal requests that arrive together.
@Suite struct RequestCoalescerTests {
    private static func request(
        _ path: String = "/a", method: HTTPRequest.Method = .get, headers: [(HTTPField.Name, String)] = [], user: String? = nil,
        client: String = "10.0.0.1"
    ) -> GatewayRequest {
        var head = HTTPRequest(method: method, scheme: "http", authority: "s", path: path)
        for (name, value) in headers { head.headerFields[name] = value }
        var request = GatewayRequest(head: head, trustsForwarded: false, peer: client)
        request.user = user
        return request
    }

    private static func key(_ request: GatewayRequest, dependsOnAddress: Bool = false) -> RequestCoalescer.Key? {
        RequestCoalescer.Key(request, dependsOnAddress: dependsOnAddress)
    }

    /// Starts tasks in one turn of an event loop.
    private static func together<Value: Sendable>(
        _ count: Int, on executor: EventLoopExecutor, _ body: @escaping @Sendable (Int) async -> Value
    ) async throws -> [Value] {
        let tasks = try await executor.eventLoop.submit {
            (0..<count).map { index in Task(executorPreference: executor) { await body(index) } }
        }.get()
        var values: [Value] = []
        for task in tasks { values.append(await task.value) }
        return values
    }

    private static func outcome(_ text: String) -> RequestCoalescer.Outcome {
        .success(GatewayResponse(status: .ok, body: .bytes(Array(text.utf8))))
    }

    private static func text(_ outcome: RequestCoalescer.Outcome?) -> String? {
        if case .success(let response)? = outcome { String(decoding: response.body.bytes, as: UTF8.self) } else { nil }
    }

    @Test func equalRequestsOfOneTurnShareOneExecution() async throws {
        let joined = RequestCoalescer()
        let executor = anyEventLoop
        let readings = Atomic<Int>(0)
        let key = try #require(Self.key(Self.request()))
        let texts = try await Self.together(5, on: executor) { _ in
            Self.text(
                await joined.outcome(key, .seconds(60), on: executor) {
                    Self.outcome("\(readings.wrappingAdd(1, ordering: .relaxed).newValue)")
                })
        }
        #expect(texts == Array(repeating: "1", count: 5))
        #expect(joined.coalescedCount == 4)
        let later = try await Self.together(1, on: executor) { _ in
            Self.text(
                await joined.outcome(key, .seconds(60), on: executor) {
                    Self.outcome("\(readings.wrappingAdd(1, ordering: .relaxed).newValue)")
                })
        }
        #expect(later == ["2"])
    }

    @Test func aRequestInProgressIsNotJoined() async throws {
        let joined = RequestCoalescer()
        let executor = anyEventLoop
        let release = Release()
        let key = try #require(Self.key(Self.request()))
        let first = Task(executorPreference: executor) {
            await joined.outcome(key, .seconds(60), on: executor) {
                try? await release.wait()
                return Self.outcome("old")
            }
        }
        // Two turns later the first one is in progress.
        for _ in 0..<2 { try await executor.eventLoop.submit {}.get() }
        try await Task.sleep(for: .milliseconds(20))
        let second = try await Self.together(1, on: executor) { _ in
            Self.text(await joined.outcome(key, .seconds(60), on: executor) { Self.outcome("new") })
        }
        #expect(second == ["new"])
        release.open()
        #expect(Self.text(await first.value) == "old")
    }

    @Test func callersOffTheEventLoopAreNotCoalesced() async throws {
        let joined = RequestCoalescer()
        let executor = anyEventLoop
        let key = try #require(Self.key(Self.request()))
        for text in ["1", "2", "3"] {
            #expect(Self.text(await joined.outcome(key, .seconds(60), on: executor) { Self.outcome(text) }) == text)
        }
        #expect(joined.coalescedCount == 0)
    }

    @Test func differentRequestsAreAnsweredSeparately() async throws {
        let joined = RequestCoalescer()
        let executor = anyEventLoop
        let keys = [Self.request("/a"), Self.request("/a?b"), Self.request("/b")].compactMap { Self.key($0) }
        let texts = try await Self.together(keys.count, on: executor) { index in
            Self.text(await joined.outcome(keys[index], .seconds(60), on: executor) { Self.outcome("\(index)") })
        }
        #expect(texts == ["0", "1", "2"])
    }

    @Test func requestsThatDifferInAnythingThatMattersAreSeparate() {
        let plain = Self.key(Self.request())
        #expect(plain == Self.key(Self.request(client: "10.0.0.2")))
        #expect(plain != Self.key(Self.request(user: "anna")))
        #expect(Self.key(Self.request(), dependsOnAddress: true) != Self.key(Self.request(client: "10.0.0.2"), dependsOnAddress: true))
        for name in [HTTPField.Name.accept, .cacheControl, .range] {
            #expect(plain != Self.key(Self.request(headers: [(name, "x")])), "\(name)")
        }
        for name in [HTTPField.Name.ifNoneMatch, .ifModifiedSince, .traceParent] {
            #expect(Self.key(Self.request(headers: [(name, "x")])) == nil, "\(name)")
        }
        #expect(Self.key(Self.request(method: .put)) == nil)
        #expect(Self.key(Self.request(method: .head)) == nil)
    }

    @Test func aCancelledClientDoesNotCancelTheOthers() async throws {
        let executor = anyEventLoop
        let release = Release()
        let work = BoundedWork<Int>(.seconds(60), on: executor) {
            try? await release.wait()
            return Task.isCancelled ? 1 : 2
        }
        let leaving = Task { await work.result() }
        let staying = Task { await work.result() }
        try await Task.sleep(for: .milliseconds(20))
        leaving.cancel()
        release.open()
        #expect(await staying.value == .some(2))
    }

    @Test func workWithoutWaitersIsCancelled() async throws {
        let work = BoundedWork<Bool>(.seconds(60), on: anyEventLoop) {
            do {
                try await Task.sleep(for: .seconds(60))
                return false
            } catch {
                return true
            }
        }
        let waiter = Task { await work.result() }
        try await Task.sleep(for: .milliseconds(20))
        waiter.cancel()
        #expect(await waiter.value == .some(true))
        // Later requests begin again, or find the result.
        let late = await work.result()
        #expect(late == nil || late == .some(true))
    }

    @Test func workIsCancelledForAllWaitersAfterTheLimit() async throws {
        let joined = RequestCoalescer()
        let executor = anyEventLoop
        let key = try #require(Self.key(Self.request()))
        let outcomes = try await Self.together(3, on: executor) { _ in
            await joined.outcome(key, .milliseconds(10), on: executor) {
                try? await Task.sleep(for: .seconds(60))
                // Does not notice its cancellation for a while.
                await withCheckedContinuation { continuation in
                    Task {
                        try? await Task.sleep(for: .seconds(1))
                        continuation.resume()
                    }
                }
                return Self.outcome("late")
            }
        }
        #expect(outcomes.allSatisfy { $0 == nil })
    }
}
