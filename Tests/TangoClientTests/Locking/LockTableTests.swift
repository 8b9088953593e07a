import TangoCore
import Testing

@testable import TangoClient

struct LockTableTests {
    @Test func locksAreConfirmedAtFourFifthsOfTheShortestValidity() {
        var table = LockTable()
        #expect(table.period == nil && table.isEmpty)
        table.locked("a/b/c", validity: 10)
        #expect(table.period == .seconds(8))
        table.locked("a/b/d", validity: 2)
        #expect(table.period == .milliseconds(1600))
        #expect(table.names == ["a/b/c", "a/b/d"])
        table.unlocked("A/B/D", remaining: 0)
        #expect(table.period == .seconds(8))
    }

    @Test func aConnectionThatHoldsALockIsNeverIdleForLong() {
        var table = LockTable()
        table.locked("a/b/c", validity: .max)
        #expect(table.period == LockTable.longestPeriod)
    }

    @Test func nestedLocksAreCountedAndTheServerKnowsBest() {
        var table = LockTable()
        table.locked("a/b/c", validity: 10)
        table.locked("A/b/c", validity: 10)
        #expect(table.entries["a/b/c"]?.count == 2)
        table.unlocked("a/b/c", remaining: 1)
        #expect(table.entries["a/b/c"]?.count == 1)
        table.unlocked("a/b/c", remaining: 0)
        #expect(table.isEmpty)
        table.unlocked("a/b/c", remaining: 0)
        table.locked("a/b/c", validity: 10)
        // A count as large as a server can send.
        table.unlocked("a/b/c", remaining: .max)
        table.locked("a/b/c", validity: 10)
        #expect(table.entries["a/b/c"]?.count == .max)
        table.lost("A/B/C")
        #expect(table.names.isEmpty && table.period == nil)
    }

    @Test func aLostLockIsReportedOnce() {
        var table = LockTable()
        func reports(_ name: String) -> Bool { table.reportLoss(of: name) }
        #expect(!reports("a/b/c"))
        table.locked("a/b/c", validity: 10)
        table.lost("A/B/c")
        table.lost("never/locked/1")
        #expect(!table.isEmpty)
        #expect(reports("A/b/C"))
        #expect(!reports("a/b/c") && table.isEmpty)
        table.locked("a/b/c", validity: 10)
        #expect(reports("a/b/c") && table.isEmpty)
        table.locked("a/b/c", validity: 10)
        table.lost("a/b/c")
        table.locked("a/b/c", validity: 10)
        table.unlocked("a/b/c", remaining: 0)
        #expect(table.isEmpty)
    }

    @Test(arguments: [
        ("giop:tcp:160.103.5.157:32989", "160.103.5.157"), ("giop:tcp:[::ffff:160.103.5.157]:32989", "160.103.5.157"),
        ("giop:tcp:[::1]:32989", "::1"), ("giop:unix:/tmp/omni-tango/0012", "localhost"),
    ])
    func theHostOfALockerIsTakenFromItsAddress(address: String, host: String) throws {
        #expect(try LockStatus.host(inAddress: address) == host)
    }

    @Test func aLockStatusIsTakenApartOrRefused() throws {
        func status(_ longs: [Int32], _ strings: [String]) throws -> LockStatus {
            try LockStatus(.longStringArray(LongStringArray(longs: longs, strings: strings)))
        }
        #expect(try status([0, 0, 0, 0, 0, 0], ["free", "Not defined", "Not defined"]).locker == nil)
        let java = try status([1, 0, 1, 2, 3, 4], ["text", "giop:tcp:1.2.3.4:5", "Main"])
        #expect(java.text == "text")
        #expect(java.locker == LockerInfo(client: .java(words: [1, 2, 3, 4], mainClass: "Main"), host: "1.2.3.4"))
        for (longs, strings) in [
            ([], ["a", "b", "c"]), ([1, 2, 3, 4, 5, 6], ["a"]), ([1, 2, 0, 0, 0, 0], ["a", "nonsense", ""]),
        ] as [([Int32], [String])] {
            let failure = #expect(throws: DevFailed.self) { _ = try status(longs, strings) }
            #expect(failure?.reason == "API_WrongLockingStatus")
        }
    }

    @Test func theAccessServiceIsTheFirstOfItsKind() {
        #expect(AccessControl.serviceDevice([]) == nil)
        #expect(AccessControl.serviceDevice(["Other/tango:a/b/c", "AccessControl"]) == nil)
        let services = ["x", "accesscontrol/I:SYS/access/1", "AccessControl/tango:sys/access/2"]
        #expect(AccessControl.serviceDevice(services) == "sys/access/1")
        #expect(AccessControl.serviceDevice(["AccessControl/tango:tango://h:1/a/b/c"]) == "tango://h:1/a/b/c")
    }
}
