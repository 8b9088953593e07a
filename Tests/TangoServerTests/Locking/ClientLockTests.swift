import TangoCore
import TangoIIOP
import Testing

@testable import TangoServer

/// The rules of locks without server and clock.
struct ClientLockTests {
    private static func client(_ pid: UInt32, port: Int = 1000) -> LockClient {
        LockClient(identity: .cpp(pid: pid), peer: PeerAddress(host: "10.0.0.1", port: port))
    }

    private let one = Self.client(1)
    private let other = Self.client(2)

    private static func reason(_ body: () throws(DevFailed) -> Void) -> DevError? {
        do {
            try body()
            return nil
        } catch {
            return error.rootCause
        }
    }

    @Test func aLockLastsItsWholeSecondsTheLastIncluded() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        #expect(lock.hold(now: 110)?.client == self.one)
        #expect(lock.hold(now: 111) == nil)
        #expect(lock.refusal(of: self.other, isHarmless: false, now: 110) == .locked)
        #expect(lock.refusal(of: self.other, isHarmless: false, now: 111) == nil)
        #expect(!lock.concernsRequests)
    }

    @Test func lockingAgainMakesItLastAndIsCounted() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        try lock.lock(by: self.one, for: 5, now: 108, device: "t/a/1")
        #expect(lock.hold(now: 113)?.count == 2)
        #expect(lock.hold(now: 114) == nil)
        #expect(try lock.unlock(by: self.one, force: false, now: 109, device: "t/a/1") == 1)
        #expect(lock.refusal(of: self.other, isHarmless: false, now: 109) == .locked)
        #expect(try lock.unlock(by: self.one, force: false, now: 109, device: "t/a/1") == 0)
        #expect(lock.refusal(of: self.other, isHarmless: false, now: 109) == nil)
        #expect(try lock.unlock(by: self.one, force: false, now: 109, device: "t/a/1") == 0)
    }

    @Test func relockingMakesItLast() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        try lock.relock(by: self.one, now: 110, device: "t/a/1")
        #expect(lock.hold(now: 120)?.count == 1)
        let late = Self.reason { () throws(DevFailed) in try lock.relock(by: self.one, now: 121, device: "t/a/1") }
        #expect(late?.reason == .deviceNotLocked && late?.description == "t/a/1: Device t/a/1 is not locked. Can't re-lock it")
        let foreign = Self.reason { () throws(DevFailed) in try lock.relock(by: self.other, now: 120, device: "t/a/1") }
        #expect(foreign?.reason == .deviceLocked && foreign?.description == "t/a/1: Device t/a/1 is already locked by another client")
        var free = ClientLock()
        #expect(Self.reason { () throws(DevFailed) in try free.relock(by: self.one, now: 1, device: "x") }?.reason == .deviceNotLocked)
    }

    @Test func anotherClientCanNeitherLockNorUnlock() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        let locking = Self.reason { () throws(DevFailed) in try lock.lock(by: self.other, for: 10, now: 110, device: "t/a/1") }
        #expect(locking?.reason == .deviceLocked && locking?.description == "Device t/a/1 is already locked by another client")
        let unlocking = Self.reason { () throws(DevFailed) in
            _ = try lock.unlock(by: self.other, force: false, now: 110, device: "t/a/1")
        }
        #expect(unlocking?.reason == .deviceLocked && unlocking?.description == "Device t/a/1 is locked by another client, can't unlock it")
        #expect(Self.reason { () throws(DevFailed) in _ = try lock.unlock(by: nil, force: false, now: 110, device: "t/a/1") } != nil)
        // Once it ran out, anybody can.
        try lock.lock(by: self.other, for: 10, now: 111, device: "t/a/1")
        #expect(lock.hold(now: 111)?.client == self.other && lock.hold(now: 111)?.count == 1)
    }

    @Test func aForcedUnlockIsReportedUntilAnotherClientComes() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        #expect(try lock.unlock(by: nil, force: true, now: 101, device: "t/a/1") == 0)
        #expect(lock.concernsRequests)
        #expect(lock.refusal(of: self.one, isHarmless: true, now: 102) == .unlocked)
        #expect(lock.refusal(of: self.one, isHarmless: false, now: 1000) == .unlocked)
        #expect(lock.refusal(of: self.other, isHarmless: false, now: 1000) == nil)
        #expect(lock.refusal(of: self.one, isHarmless: false, now: 1000) == nil)
        #expect(!lock.concernsRequests)
        // A client that locks again gets no more such errors.
        try lock.lock(by: self.one, for: 10, now: 2000, device: "t/a/1")
        _ = try lock.unlock(by: self.other, force: true, now: 2001, device: "t/a/1")
        try lock.lock(by: self.one, for: 10, now: 2002, device: "t/a/1")
        #expect(try lock.unlock(by: self.one, force: false, now: 2003, device: "t/a/1") == 0)
        #expect(lock.refusal(of: self.one, isHarmless: false, now: 2003) == nil)
        // Unlocking by force what is not locked, or not any more, takes nothing from anybody.
        try lock.lock(by: self.one, for: 10, now: 3000, device: "t/a/1")
        #expect(try lock.unlock(by: self.other, force: true, now: 3011, device: "t/a/1") == 0)
        #expect(lock.refusal(of: self.one, isHarmless: false, now: 3011) == nil)
    }

    @Test func harmlessRequestsPassAForeignLock() throws {
        var lock = ClientLock()
        try lock.lock(by: self.one, for: 10, now: 100, device: "t/a/1")
        #expect(lock.refusal(of: self.other, isHarmless: true, now: 100) == nil)
        #expect(lock.refusal(of: nil, isHarmless: true, now: 100) == nil)
        #expect(lock.refusal(of: nil, isHarmless: false, now: 100) == .locked)
        #expect(lock.refusal(of: self.one, isHarmless: false, now: 100) == nil)
    }

    @Test func processesAndConnectionsAreDifferentClientsJavaGoesByItsWords() {
        #expect(Self.client(1) == Self.client(1))
        #expect(Self.client(1) != Self.client(2))
        #expect(Self.client(1) != Self.client(1, port: 1001))
        let peer = self.one.peer
        #expect(LockClient(identity: .cpp6(pid: 1, traceParent: "a", traceState: "b"), peer: peer) == self.one)
        #expect(LockClient(identity: .cpp(pid: 1), peer: PeerAddress(host: "10.0.0.2", port: 1000)) != self.one)
        let java = LockClient(identity: .java(mainClass: "M", uuid: (1, 2)), peer: peer)
        #expect(java != self.one)
        #expect(java == LockClient(identity: .java6(mainClass: "N", uuid: (1, 2), traceParent: "", traceState: ""), peer: peer))
        #expect(java == LockClient(identity: .java(mainClass: "M", uuid: (1, 2)), peer: Self.client(1, port: 5).peer))
        #expect(java != LockClient(identity: .java(mainClass: "M", uuid: (1, 3)), peer: peer))
    }

    @Test func anyValidityIsTaken() throws {
        for validity in [Int32.min, -1, 0, .max] {
            var lock = ClientLock()
            try lock.lock(by: self.one, for: validity, now: 5, device: "x")
            #expect((lock.hold(now: 5) != nil) == (validity >= 0))
        }
    }
}
