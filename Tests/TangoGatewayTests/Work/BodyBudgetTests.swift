import HTTPTypes
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct BodyBudgetTests {
    private static let free = BodyBudget.freeSize

    @Test func theBodiesUnderWayAreBoundedTogether() async throws {
        let budget = BodyBudget(limit: 1_000_000)
        let small = try await budget.share(of: Self.free, within: .zero)
        #expect(budget.usedBytes == 0, "small bodies do not count")
        var first: BodyBudget.Share? = try await budget.share(of: Self.free + 600_000, within: .zero)
        let second = try await budget.share(of: Self.free + 400_000, within: .zero)
        #expect(budget.usedBytes == 1_000_000)
        do throws(HTTPFailure) {
            _ = try await budget.share(of: Self.free + 1, within: .milliseconds(1))
            Issue.record("There was room")
        } catch {
            #expect(error.status == .serviceUnavailable && error.closesConnection && error.headers[.retryAfter] == "1")
        }
        #expect(budget.usedBytes == 1_000_000 && budget.waitingCount == 0)
        _ = try await budget.share(of: 1, within: .zero)
        // Of one whose length was not known, the rest is given back.
        first?.shrink(to: Self.free + 100_000)
        #expect(budget.usedBytes == 500_000)
        first?.shrink(to: Self.free + 200_000)
        #expect(budget.usedBytes == 500_000)
        first = nil
        #expect(budget.usedBytes == 400_000)
        second.shrink(to: 0)
        #expect(budget.usedBytes == 0)
        withExtendedLifetime((small, second)) {}
    }

    @Test func bodiesWaitForEachOtherInOrder() async throws {
        let budget = BodyBudget(limit: 1000)
        var first: BodyBudget.Share? = try await budget.share(of: Self.free + 1000, within: .zero)
        let release = Release()
        let second = Task {
            let share = try await budget.share(of: Self.free + 900, within: .seconds(600))
            try await release.wait()
            withExtendedLifetime(share) {}
        }
        try await eventually { budget.waitingCount == 1 }
        let third = Task { try await budget.share(of: Self.free + 200, within: .seconds(600)) }
        try await eventually { budget.waitingCount == 2 }
        #expect(first != nil)
        first = nil
        try await eventually { budget.usedBytes == 900 }
        #expect(budget.waitingCount == 1)
        release.open()
        try await second.value
        let last = try await third.value
        #expect(budget.usedBytes == 200)
        withExtendedLifetime(last) {}
    }

    @Test func whoIsCancelledLeavesTheQueue() async throws {
        let budget = BodyBudget(limit: 1000)
        let first = try await budget.share(of: Self.free + 500, within: .zero)
        let second = Task { try? await budget.share(of: Self.free + 900, within: .seconds(600)) }
        try await eventually { budget.waitingCount == 1 }
        let third = Task { try await budget.share(of: Self.free + 500, within: .seconds(600)) }
        try await eventually { budget.waitingCount == 2 }
        second.cancel()
        #expect(await second.value == nil)
        let last = try await third.value
        #expect(budget.usedBytes == 1000 && budget.waitingCount == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try? await budget.share(of: Self.free + 1, within: .seconds(600))
        }
        #expect(await late.value == nil && budget.waitingCount == 0)
        withExtendedLifetime((first, last)) {}
    }

    @Test func severalLargestBodiesHaveRoomByDefault() {
        let configuration = GatewayConfiguration()
        #expect(configuration.maximumBodiesSize == 4 * configuration.maximumBodySize)
    }

    @Test func aRequestLetsItsBodyGo() async throws {
        let budget = BodyBudget(limit: 1000)
        let head = HTTPRequest(method: .put, scheme: "http", authority: "a", path: "/")
        var request = GatewayRequest(head: head, trustsForwarded: false)
        request.setBody([1, 2], try await budget.share(of: Self.free + 500, within: .zero))
        #expect(budget.usedBytes == 500)
        request = request.withoutBody
        #expect(budget.usedBytes == 0 && request.body.isEmpty && request.method == .put)
    }

    @Test func whoGivesUpLetsOthersPass() async throws {
        let budget = BodyBudget(limit: 1000)
        let first = try await budget.share(of: Self.free + 500, within: .zero)
        let second = Task { try? await budget.share(of: Self.free + 900, within: .milliseconds(200)) }
        try await eventually { budget.waitingCount == 1 }
        let third = try await budget.share(of: Self.free + 500, within: .seconds(600))
        #expect(await second.value == nil && budget.usedBytes == 1000)
        withExtendedLifetime((first, third)) {}
    }
}
