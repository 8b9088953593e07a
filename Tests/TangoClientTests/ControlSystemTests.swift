import NIOPosix
import TangoCore
import Testing

@testable import TangoClient

@Suite struct ControlSystemTests {
    @Test func hostsAreTheSameInAnySpelling() async throws {
        let system = ControlSystem(host: TangoHost(host: "Machine", port: 1))
        #expect(try system.database() === system.database(TangoHost(host: "mACHINE", port: 1)))
        #expect(try system.database() !== system.database(TangoHost(host: "machine", port: 2)))
        #expect(system.keptCounts.databases == 2)
        await system.shutdown()
    }

    @Test func onlySoManyHostsAreKeptAndThoseInUseStay() async throws {
        let system = ControlSystem(
            host: TangoHost(host: "used", port: 1), options: ClientOptions(), group: MultiThreadedEventLoopGroup.singleton, databaseLimit: 4
        )
        let used = try system.database()
        for number in 0..<1000 {
            _ = try system.database(TangoHost(host: "host\(number)", port: 1))
            #expect(try system.database() === used)
        }
        #expect(system.keptCounts.databases == 4)
        await system.shutdown()
    }

    @Test func whatWasUsedLongestAgoGoes() {
        var kept = RecentlyUsed<Int, String>(limit: 3)
        for key in 1...3 { kept.keep("\(key)", key) }
        #expect(kept.value(1) == "1")
        kept.keep("4", 4)
        #expect(kept.count == 3 && kept.value(2) == nil && kept.value(1) == "1" && kept.value(3) == "3" && kept.value(4) == "4")
        // The same key again needs no room.
        kept.keep("new", 3)
        #expect(kept.count == 3 && kept.value(3) == "new" && kept.value(1) == "1")
        var large = RecentlyUsed<Int, Int>(limit: 100)
        for key in 0..<10_000 {
            large.keep(key, key)
            #expect(large.count <= 100 && large.value(key) == key)
        }
        #expect(large.count > 80)
    }
}
