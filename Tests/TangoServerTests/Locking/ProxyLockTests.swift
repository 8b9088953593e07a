import Foundation
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoClient
@testable import TangoServer

/// Locking with `DeviceProxy`.
struct ProxyLockTests {
    private static func withTwo(_ body: (TestServer, TestServer) async throws -> Void) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            let other = TestServer(server: test.server, client: ControlSystem())
            do {
                try await body(test, other)
            } catch {
                await other.client.shutdown()
                throw error
            }
            await other.client.shutdown()
        }
    }

    @Test func aLockKeepsOthersOutUntilItIsGivenBack() async throws {
        try await Self.withTwo { test, other in
            let (mine, theirs) = (try await test.device(), try await other.device())
            #expect(try await mine.isLocked() == false)
            #expect(try await mine.lockInfo() == nil)
            #expect(try await mine.lockingStatus() == "Device t/a/1 is not locked")
            try await mine.lock()
            try await mine.lock()
            #expect(try await mine.isLocked())
            #expect(try await mine.isLockedByMe())
            let info = try await theirs.lockInfo()
            #expect(info == LockerInfo(client: .cpp(pid: UInt32(getpid())), host: "127.0.0.1"))
            #expect(try await theirs.lockingStatus().hasPrefix("Device t/a/1 is locked by CPP or Python client with PID"))
            #expect(await theirs.writeFailure("number", .double([2]))?.reason == .deviceLocked)
            try await mine.write("number", 2.0)
            try await mine.unlock()
            #expect(await theirs.writeFailure("number", .double([2]))?.reason == .deviceLocked)
            #expect(test.client.locks.isInUse)
            try await mine.unlock()
            #expect(await theirs.writeFailure("number", .double([2])) == nil)
            #expect(!test.client.locks.isInUse)
            try await mine.unlock()
        }
    }

    @Test func wrongValiditiesAreRefused() async throws {
        try await Self.withTwo { test, _ in
            let device = try await test.device()
            for validity in [1, 0, -5, Int.min] {
                let failure = await #expect(throws: DevFailed.self) { try await device.lock(validity: validity) }
                #expect(failure?.reason == .methodArgument)
                #expect(failure?.reasonDescription == "Lock validity can not be lower than 2 seconds")
            }
            #expect(try await device.isLocked() == false)
            try await device.lock(validity: 20)
            let failure = await #expect(throws: DevFailed.self) { try await device.lock(validity: 10) }
            #expect(failure?.reason == .methodArgument)
            #expect(failure?.reasonDescription == "Device t/a/1 is already locked with another lock validity (20 sec)")
            let admin = await #expect(throws: DevFailed.self) { try await test.admin().lock() }
            #expect(admin?.reason == "API_DeviceUnlockable")
        }
    }

    @Test func aLockIsConfirmedForAsLongAsItIsHeld() async throws {
        try await Self.withTwo { test, other in
            let device = try await test.device()
            let admin = try #require(test.server.device(named: test.server.adminName))
            try await device.lock(validity: 2)
            try await test.device("t/a/2").lock(validity: 60)
            try await eventually { try admin.blackBox.lines(50).filter { $0.contains("ReLockDevices") }.count >= 2 }
            // Without them it would have ended by now.
            #expect(try await other.device().isLocked())
            #expect(await (try other.device()).writeFailure("number", .double([2]))?.reason == .deviceLocked)
            try await device.unlock()
            try await test.device("t/a/2").unlock()
            #expect(!test.client.locks.isInUse)
        }
    }

    @Test func aLockTakenAwayByForceIsNoticed() async throws {
        try await Self.withTwo { test, other in
            let device = try await test.device()
            try await device.lock(validity: 2)
            let refused = await #expect(throws: DevFailed.self) { try await other.device().unlock() }
            #expect(refused?.reason == .deviceLocked)
            try await other.device().unlock(force: true)
            #expect(await device.commandFailure("Nothing")?.reason == .deviceUnlocked)
            try await eventually { !test.client.locks.isInUse }
        }
    }

    @Test func theEndOfAClientGivesItsLocksBack() async throws {
        try await Self.withTwo { test, other in
            let device = try await other.device()
            try await device.lock(validity: 3600)
            try await device.lock(validity: 3600)
            #expect(await (try test.device()).commandFailure("Nothing")?.reason == .deviceLocked)
            await other.client.shutdown()
            #expect(await (try test.device()).commandFailure("Nothing") == nil)
        }
    }

    @Test func aLostConnectionReportsTheLostLock() async throws {
        try await Self.withTwo { test, _ in
            let device = try await test.device()
            try await device.lock(validity: 3600)
            await test.server.stop()
            let failure = await device.commandFailure("Nothing")
            #expect(failure?.errors.last?.reason == .deviceUnlocked)
            #expect(
                failure?.errors.last?.description
                    == "Device t/a/1 has lost your lock(s) (server re-start?) while executing command Nothing")
            #expect(!test.client.locks.isInUse)
            let next = await device.commandFailure("Nothing")
            #expect(next != nil && next?.errors.last?.reason != .deviceUnlocked)
        }
    }

    /// The lock belongs to the connection, which a time-out leaves: the server takes the next one for another client's (cppTango 9.3.4).
    @Test func aLockLostByATimeOutIsReportedOnce() async throws {
        let slow = DeviceClass("Slow", PlainDevice.self) {
            Command("Sleep") { (_, seconds: Double) in try await Task.sleep(for: .seconds(seconds)) }
            Command("Nothing") { _ in }
        }
        try await TestServer.run([slow], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await device.lock(validity: 3600)
            let late = await device.withTimeout(.milliseconds(50)).commandFailure("Sleep", .double(2))
            #expect(late?.errors.contains { $0.reason == .deviceTimedOut } == true)
            let failure = await device.commandFailure("Nothing")
            #expect(failure?.errors.map(\.reason) == [.deviceLocked, .deviceUnlocked])
            #expect(!test.client.locks.isInUse)
            let next = await device.commandFailure("Nothing")
            #expect(next?.errors.map(\.reason) == [.deviceLocked])
        }
    }
}
