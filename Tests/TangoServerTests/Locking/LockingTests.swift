import Foundation
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Locks on our server, over the wire: two clients, each with its connection.
struct LockingTests {
    private static func pair(_ device: String, _ number: Int32) -> CommandData {
        .longStringArray(LongStringArray(longs: [number], strings: [device]))
    }

    /// Runs the body with a second client; the first has locked t/a/1.
    private static func withLock(
        _ deviceClass: DeviceClass = BenchDevice.deviceClass(), validity: Int32 = 60, source: ServerArguments.Source? = nil,
        _ body: (TestServer, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run([deviceClass], devices: ["t/a/1", "t/a/2"], source: source) { test in
            let other = TestServer(server: test.server, client: ControlSystem())
            do {
                try await test.admin().command("LockDevice", Self.pair("T/A/1", validity))
                try await body(test, other)
            } catch {
                await other.client.shutdown()
                throw error
            }
            await other.client.shutdown()
        }
    }

    private static func reason(_ body: () async throws -> Void) async -> DevError? {
        do {
            try await body()
            return nil
        } catch {
            return DevFailed(wrapping: error).rootCause
        }
    }

    /// What a lock refuses to others.
    private static func changes(_ device: DeviceProxy) -> [(String, () async throws -> Void)] {
        [
            ("command_inout_4", { try await device.command("Nothing") }), ("command_inout_4", { try await device.command("NoSuch") }),
            ("command_inout_4", { try await device.command("Init") }),
            ("write_attributes_4", { try await device.write("number", 2.0) }),
            ("write_attributes_4", { try await device.write("plain", 2.0) }),
            ("write_attributes_4", { try await device.write("nope", 2.0) }),
            (
                "write_read_attributes_5",
                { _ = try await device.writeReadAttributes([AttributeWrite(name: "number", data: .double([1]))], read: ["number"]) }
            ),
            ("set_attribute_config_5", { try await device.setAttributeConfigs([try await device.attributeConfig("number")]) }),
            ("write_pipe_5", { try await device.writePipe("pipe", BenchDevice.blob) }),
            ("write_read_pipe_5", { _ = try await device.writeReadPipe("pipe", BenchDevice.blob) }),
        ]
    }

    @Test func othersCannotChangeALockedDevice() async throws {
        try await Self.withLock { test, other in
            for (operation, change) in Self.changes(try await other.device()) {
                let error = await Self.reason(change)
                #expect(error?.reason == .deviceLocked, "\(operation)")
                #expect(error?.description == "Device t/a/1 is locked by another client")
                #expect(error?.origin == "Device_Impl::\(operation)")
            }
            let pipe = await other.failure(.setPipeConfigs([PipeConfig(name: "pipe")], identity: .cpp(pid: 1)))
            guard case .user(.devFailed(let failed))? = pipe else {
                Issue.record("\(String(describing: pipe))")
                return
            }
            #expect(failed.reason == .deviceLocked)
            // The other device of the server is nobody's.
            for (operation, change) in Self.changes(try await other.device("t/a/2")) {
                #expect(await Self.reason(change)?.reason != .deviceLocked, "\(operation)")
            }
            // A refused request is in the black box all the same.
            let line = try await other.device().blackBox(1).first
            #expect(line?.contains("Operation set_pipe_config_5") == true)
            #expect(try await test.device().read("number", as: Double.self).value == 1.5)
        }
    }

    @Test func theOwnerCanDoEverything() async throws {
        try await Self.withLock { test, _ in
            for (operation, change) in Self.changes(try await test.device()) {
                #expect(await Self.reason(change)?.reason != .deviceLocked, "\(operation)")
            }
        }
    }

    @Test func readingIsAlwaysAllowed() async throws {
        try await Self.withLock { _, other in
            let device = try await other.device()
            try await device.ping()
            _ = try await device.info()
            #expect(try await device.state() == .on)
            _ = try await device.status()
            _ = try await device.command("STATE")
            _ = try await device.command("Status")
            _ = try await device.readAttributes(["number", "State"])
            _ = try await device.attributeConfigs()
            _ = try await device.commandList()
            _ = try await device.readPipe("pipe")
            _ = try await device.blackBox(1)
            let history = await Self.reason { _ = try await device.attributeHistory("number", count: 1) }
            #expect(history?.reason == .attributeNotPolled)
        }
    }

    @Test func callersWithoutIdentityNeverOwnALock() async throws {
        try await Self.withLock { test, _ in
            // The very connection that holds the lock, in older request forms.
            for call: DeviceCall in [
                .command("Nothing", .void, source: .device, identity: nil, version: 1),
                .command("Nothing", .void, source: .device, identity: nil, version: 2),
                .writeAttributes(
                    [AttributeValue(name: "number", data: .double([1]), format: .unknown, type: nil, time: .zero, readDimension: .scalar)],
                    identity: nil, version: 3),
                .setAttributeConfigs([], identity: nil, version: 3),
            ] {
                guard case .user(.devFailed(let failed))? = await test.failure(call) else {
                    Issue.record("\(call) was served")
                    continue
                }
                #expect(failed.reason == .deviceLocked)
            }
            let old = DeviceCall.command("LockDevice", Self.pair("t/a/1", 10), source: .device, identity: nil, version: 2)
            guard case .user(.devFailed(let failed))? = await test.failure(old, on: "dserver/test/test") else {
                Issue.record("it locked")
                return
            }
            #expect(failed.reason == "API_ClientTooOld")
        }
    }

    @Test func commandsTheClassAllowsToEverybodyPass() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("properties")
        try "Test/test/DEVICE/Bench: \"t/a/1\", \"t/a/2\"\nCLASS/Bench->AllowedAccessCmd: nothing, ECHO\n"
            .write(to: file, atomically: true, encoding: .utf8)
        try await Self.withLock(source: .file(file.path)) { _, other in
            let device = try await other.device()
            try await device.command("Nothing")
            #expect(try await device.command("Echo", .double(2)) == .double(2))
            #expect(await device.commandFailure("Fail")?.reason == .deviceLocked)
        }
    }

    @Test func theLockOfADeviceCanNeitherBeTakenNorGivenBackByOthers() async throws {
        try await Self.withLock { test, other in
            let (mine, admin) = (try await test.admin(), try await other.admin())
            #expect(await admin.commandFailure("LockDevice", Self.pair("t/a/1", 10))?.reason == .deviceLocked)
            #expect(await admin.commandFailure("UnLockDevice", Self.pair("t/a/1", 0))?.reason == .deviceLocked)
            #expect(await admin.commandFailure("ReLockDevices", .stringArray(["t/a/1"]))?.reason == .deviceLocked)
            try await mine.command("LockDevice", Self.pair("t/a/1", 60))
            #expect(try await mine.command("UnLockDevice", Self.pair("t/a/1", 0)) == .long(1))
            try await mine.command("ReLockDevices", .stringArray(["T/A/1"]))
            #expect(try await mine.command("UnLockDevice", Self.pair("t/a/1", 0)) == .long(0))
            #expect(try await mine.command("UnLockDevice", Self.pair("t/a/1", 0)) == .long(0))
            #expect(await mine.commandFailure("ReLockDevices", .stringArray(["t/a/1"]))?.reason == .deviceNotLocked)
            try await admin.command("LockDevice", Self.pair("t/a/1", 10))
            #expect(await mine.commandFailure("LockDevice", Self.pair("t/a/1", 10))?.reason == .deviceLocked)
        }
    }

    @Test func someDevicesCannotBeLocked() async throws {
        try await Self.withLock { test, _ in
            let admin = try await test.admin()
            let own = await admin.commandFailure("LockDevice", Self.pair("DSERVER/Test/test", 10))
            #expect(own?.reason == "API_DeviceUnlockable")
            #expect(own?.reasonDescription == "Impossible to lock device server administration device")
            for (command, argument) in [
                ("LockDevice", Self.pair("no/such/device", 10)), ("UnLockDevice", Self.pair("no/such/device", 0)),
                ("DevLockStatus", .string("no/such/device")), ("ReLockDevices", .stringArray(["no/such/device"])),
            ] {
                let failure = await admin.commandFailure(command, argument)
                #expect(failure?.reason == .deviceNotFound && failure?.reasonDescription == "Device no/such/device not found", "\(command)")
            }
            let empty = CommandData.longStringArray(LongStringArray(longs: [], strings: []))
            for command in ["LockDevice", "UnLockDevice"] {
                #expect(await admin.commandFailure(command, empty)?.reason == .wrongNumberOfArguments)
            }
            // Of several, those that can be are locked again, and the others are named.
            let several = await admin.commandFailure("ReLockDevices", .stringArray(["no/such/device", "t/a/1", "t/a/2"]))
            #expect(several?.errors.map(\.reason) == [.deviceNotFound, .deviceNotLocked])
        }
    }

    @Test func aLockLostByForceIsReported() async throws {
        try await Self.withLock { test, other in
            let (device, theirs) = (try await test.device(), try await other.device())
            #expect(try await other.admin().command("UnLockDevice", Self.pair("t/a/1", 1)) == .long(0))
            for _ in 0..<2 {
                let failure = await device.commandFailure("Nothing")
                #expect(failure?.reason == .deviceUnlocked)
                #expect(failure?.reasonDescription == "Device t/a/1 has been unlocked by an administrative client!!!")
                #expect(await device.writeFailure("number", .double([2]))?.reason == .deviceUnlocked)
            }
            _ = try await device.readAttribute("number")
            _ = try await device.command("State")
            _ = try await theirs.readAttribute("number")
            #expect(await device.commandFailure("Nothing")?.reason == .deviceUnlocked)
            try await theirs.command("Nothing")
            try await device.command("Nothing")
        }
    }

    @Test func theLockSurvivesDevRestartWhichOnlyTheOwnerMay() async throws {
        try await Self.withLock { test, other in
            let refused = try await other.admin().commandFailure("DevRestart", .string("T/A/1"))
            #expect(refused?.reason == .deviceLocked)
            #expect(
                refused?.reasonDescription
                    == "Device t/a/1 is locked by another client. Your request is not allowed while a device is locked.")
            try await other.admin().command("DevRestart", .string("t/a/2"))
            try await test.device().write("number", 3.0)
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await test.device().read("number", as: Double.self).value == 1.5)
            #expect(try await other.device().commandFailure("Nothing")?.reason == .deviceLocked)
            #expect(try await test.device().commandFailure("Nothing") == nil)
        }
    }

    @Test func theLockOfADeadClientEndsByValidityOnly() async throws {
        try await Self.withLock(validity: 1) { test, other in
            await test.client.shutdown()
            let device = try await other.device()
            #expect(await device.commandFailure("Nothing")?.reason == .deviceLocked)
            try await eventually { await device.commandFailure("Nothing") == nil }
        }
    }

    @Test func theStatusSaysWhoHoldsTheLock() async throws {
        try await Self.withLock { test, other in
            guard case .longStringArray(let locked) = try await other.admin().command("DevLockStatus", .string("T/A/1")) else {
                Issue.record("another type")
                return
            }
            #expect(locked.longs == [1, getpid(), 0, 0, 0, 0])
            #expect(locked.strings.first == "Device t/a/1 is locked by CPP or Python client with PID \(getpid()) from host localhost")
            #expect(locked.strings[1].wholeMatch(of: /giop:tcp:127\.0\.0\.1:\d+/) != nil)
            #expect(locked.strings[2] == "Not defined")
            let free = try await other.admin().command("DevLockStatus", .string("t/a/2"))
            #expect(
                free
                    == .longStringArray(
                        LongStringArray(
                            longs: [0, 0, 0, 0, 0, 0], strings: ["Device t/a/2 is not locked", "Not defined", "Not defined"])))
            let java = ClientIdentity.java(mainClass: "Main", uuid: (0x1_0000_0002, 0xFFFF_FFFF_0000_0003))
            _ = try await other.call(
                .command("LockDevice", Self.pair("t/a/2", 10), source: .device, identity: java, version: 4), on: "dserver/test/test")
            guard case .longStringArray(let held) = try await test.admin().command("DevLockStatus", .string("t/a/2")) else {
                Issue.record("another type")
                return
            }
            #expect(held.longs == [1, 0, 1, 2, -1, 3])
            #expect(held.strings[0] == "Device t/a/2 is locked by JAVA client class Main from host localhost" && held.strings[2] == "Main")
        }
    }

    @Test func theCommandsAreDescribedAsOnTheIncumbents() async throws {
        try await Self.withLock { test, _ in
            let infos = try await test.admin().commandList()
            for (name, input, output, inText, outText) in [
                ("LockDevice", DataType.longStringArray, DataType.void, "Str[0] = Device name. Lg[0] = Lock validity", "Uninitialised"),
                ("UnLockDevice", .longStringArray, .long, "Str[x] = Device name(s). Lg[0] = Force flag", "Device global lock counter"),
                ("ReLockDevices", .stringArray, .void, "Device(s) name", "Uninitialised"),
                ("DevLockStatus", .string, .longStringArray, "Device name", "Device locking status"),
                ("DevRestart", .string, .void, "Device name", "Uninitialised"),
            ] {
                let info = try #require(infos.first { $0.name == name })
                #expect(info.inType == input && info.outType == output, "\(name)")
                #expect(info.inDescription == inText && info.outDescription == outText, "\(name)")
            }
        }
    }
}
