import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Hosts of clients by name.
@Suite struct HostNamesTests {
    private static let pool = BlockingPool(maximumThreads: 4)

    @Test func thisHostIsNotLookedUp() async {
        let names = HostNames(Self.pool) { address in "not \(address)" }
        #expect(await names.name(of: "127.0.0.1") == "localhost")
        #expect(await names.name(of: "::1") == "localhost")
        #expect(await names.name(of: "10.1.2.3") == "not 10.1.2.3")
    }

    @Test func oneLookUpServesAllWhoAsk() async {
        let lookups = Atomic<Int>(0)
        let names = HostNames(Self.pool) { _ in
            lookups.wrappingAdd(1, ordering: .relaxed)
            return "control.example.org"
        }
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { await names.name(of: "10.1.2.3") } }
            for await name in group { #expect(name == "control.example.org") }
        }
        #expect(await names.name(of: "10.1.2.3") == "control.example.org")
        #expect(lookups.load(ordering: .relaxed) == 1)
    }

    @Test func namesAreBelievedForAWhileOnly() async {
        let lookups = Atomic<Int>(0)
        let names = HostNames(Self.pool, lifetime: .zero) { _ in "n\(lookups.wrappingAdd(1, ordering: .relaxed).newValue)" }
        #expect(await names.name(of: "10.1.2.3") == "n1")
        #expect(await names.name(of: "10.1.2.3") == "n2")
    }

    @Test func anAddressWithoutNameStandsForItself() async {
        let names = HostNames(Self.pool) { _ in nil }
        #expect(await names.name(of: "10.1.2.3") == "10.1.2.3")
    }

    @Test func aNameServiceThatHangsCostsTheNameAndNotTheAnswer() async throws {
        let isAwake = Atomic<Bool>(false)
        let names = HostNames(Self.pool, timeLimit: .milliseconds(10)) { _ in
            while !isAwake.load(ordering: .relaxed) {}
            return "late.example.org"
        }
        #expect(await names.name(of: "10.1.2.3") == "10.1.2.3")
        #expect(await names.name(of: "10.1.2.3") == "10.1.2.3")
        isAwake.store(true, ordering: .relaxed)
        try await eventually { await names.name(of: "10.1.2.3") == "late.example.org" }
    }

    @Test func fewThreadsWaitForANameServiceThatHangs() async throws {
        let isAwake = Atomic<Bool>(false)
        let running = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let names = HostNames(BlockingPool(maximumThreads: 8), timeLimit: .milliseconds(10)) { address in
            most.max(running.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
            while !isAwake.load(ordering: .relaxed) {}
            running.wrappingSubtract(1, ordering: .relaxed)
            return "host of \(address)"
        }
        let addresses = (1...20).map { "10.1.2.\($0)" }
        await withTaskGroup(of: Bool.self) { group in
            for address in addresses { group.addTask { await names.name(of: address) == address } }
            for await isAddress in group { #expect(isAddress) }
        }
        isAwake.store(true, ordering: .relaxed)
        for address in addresses { try await eventually { await names.name(of: address) == "host of \(address)" } }
        #expect(most.load(ordering: .relaxed) <= 2)
    }

    @Test func theBlackBoxNamesHosts() throws {
        let box = BlackBox()
        for host in ["10.1.2.3", "127.0.0.1", "10.1.2.4", "10.1.2.3"] {
            box.record(Request(call: .ping, operation: .ping, requester: .client(.init(host: host, port: 4))))
        }
        let page = try box.page(10)
        #expect(page.remoteHosts == ["10.1.2.3", "10.1.2.4"])
        #expect(
            page.lines(["10.1.2.3": "control.example.org"]).map { String($0.suffix(while: { $0 != " " })) }
                == ["control.example.org", "10.1.2.4", "localhost", "control.example.org"])
        #expect(try box.page(1).lines().count == 1)
    }

    @Test func aBlackBoxOfThisHostNeedsNoNameService() throws {
        let box = BlackBox()
        #expect(throws: DevFailed.self) { try box.page(5) }
        box.record(Request(call: .ping, operation: .ping, requester: .client(.init(host: "127.0.0.1", port: 4))))
        #expect(try box.page(5).remoteHosts.isEmpty)
        box.record(Request(call: .ping, operation: .ping, requester: .client(.init(host: "10.1.2.3", port: 4))))
        #expect(try !box.page(5).remoteHosts.isEmpty)
        #expect(throws: DevFailed.self) { try box.page(0) }
    }

    @Test func theCallIsAnsweredBeforeItIsRecorded() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let runtime = try test.context().runtime
            // A documentation address: it has no name.
            runtime.blackBox.record(Request(call: .ping, operation: .ping, requester: .client(.init(host: "203.0.113.7", port: 4))))
            let device = try await test.device()
            #expect(try await device.blackBox(5).map { String($0.suffix(while: { $0 != " " })) } == ["203.0.113.7"])
            let lines = try await device.blackBox(5)
            #expect(lines.count == 2 && lines[0].contains("Operation blackbox requested from localhost"))
        }
    }
}

extension String {
    fileprivate func suffix(while isKept: (Character) -> Bool) -> Substring {
        self[(self.lastIndex { !isKept($0) }.map { self.index(after: $0) } ?? self.startIndex)...]
    }
}
