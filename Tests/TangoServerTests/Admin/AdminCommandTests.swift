import Foundation
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// The admin device's commands, over the wire.
struct AdminCommandTests {
    /// Talks to other devices.
    private final class Talker: Device {
        let context: DeviceContext

        init(context: DeviceContext) { self.context = context }

        func initialize() async throws {
            if let first = self.context.property("First")?.first { _ = try await self.context.controlSystem.device(first) }
        }

        static let deviceClass = DeviceClass("Talker", Talker.self) {
            Command("Talk", of: Talker.self, in: .string) { device, argument in
                if case .string(let name) = argument { try await device.context.controlSystem.device(name).ping() }
                return .void
            }
        }
    }

    /// Runs the body with a server whose properties are in a file of these lines.
    private static func withFile(
        _ lines: String, _ classes: [DeviceClass], _ body: (TestServer) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try lines.write(to: file, atomically: true, encoding: .utf8)
        try await TestServer.run(classes, devices: [], source: .file(file.path), body)
    }

    // MARK: - Arguments

    @Test func anArgumentOfAnotherTypeIsRefusedInTheWordsOfTheIncumbents() async throws {
        let old = "Imcompatible command argument type, expected type is :"
        let new = "Incompatible command argument type, expected type is : Tango::"
        let texts = [
            "AddLoggingTarget": "\(old) DevVarStringArray", "AddObjPolling": "\(old) DevVarLongStringArray",
            "DevLockStatus": "\(new)ConstDevString", "DevPollStatus": "\(old) string", "DevRestart": "\(old) string",
            "EnableEventSystemPerfMon": "\(new)DevBoolean", "EventConfirmSubscription": "\(new)DevVarStringArray",
            "EventSubscriptionChange": "\(new)DevVarStringArray", "ZmqEventSubscriptionChange": "\(new)DevVarStringArray",
            "GetLoggingLevel": "\(old) DevVarStringArray", "GetLoggingTarget": "\(old) DevString",
            "LockDevice": "\(new)DevVarLongStringArray", "QueryWizardClassProperty": "\(old) string",
            "QueryWizardDevProperty": "\(old) string", "ReLockDevices": "\(new)DevVarStringArray",
            "RemObjPolling": "\(old) DevVarStringArray", "RemoveLoggingTarget": "\(old) DevVarStringArray",
            "SetLoggingLevel": "\(old) DevVarLongStringArray", "UnLockDevice": "\(new)DevVarLongStringArray",
            "UpdObjPollingPeriod": "\(old) DevVarLongStringArray",
        ]
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            for (name, text) in texts {
                for argument: CommandData in [.double(1.5), .void] {
                    let call = DeviceCall.command(name, argument, source: .device, identity: .cpp(pid: 1), version: 4)
                    guard case .user(.devFailed(let failed))? = await test.failure(call, on: "dserver/test/test") else {
                        Issue.record("\(name) was served")
                        continue
                    }
                    #expect(failed.reason == .incompatibleCommandArgument)
                    #expect(failed.reasonDescription == text, "\(name)")
                }
            }
        }
    }

    @Test func unknownClassesHaveNoWizardProperties() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            for command in ["QueryWizardClassProperty", "QueryWizardDevProperty"] {
                let failure = await (try test.admin()).commandFailure(command, .string("DServer"))
                #expect(failure?.reason == "API_ClassNotFound")
                #expect(failure?.reasonDescription == "Class dserver not found in device server")
            }
        }
    }

    // MARK: - Locks

    private static func pair(_ number: Int32, _ strings: String...) -> CommandData {
        .longStringArray(LongStringArray(longs: [number], strings: strings))
    }

    private static let refused: [(String, CommandData)] = [
        ("AddObjPolling", Self.pair(1000, "T/A/1", "attribute", "number")), ("AddObjPolling", Self.pair(1000, "T/A/1", "pipe", "x")),
        ("SetLoggingLevel", Self.pair(3, "t/a/1")), ("SetLoggingLevel", Self.pair(3, "*")),
        ("AddLoggingTarget", .stringArray(["t/a/1", "console::cout"])), ("AddLoggingTarget", .stringArray(["t/a/1", "nonsense"])),
        ("RemoveLoggingTarget", .stringArray(["t/a/*", "console::cout"])), ("RemoveLoggingTarget", .stringArray(["t/a/1", "nonsense"])),
        ("DevRestart", .string("t/a/1")),
    ]

    @Test func othersMayNotAdministerALockedDevice() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            let other = TestServer(server: test.server, client: ControlSystem())
            let (mine, theirs) = (try await test.admin(), try await other.admin())
            try await mine.command("LockDevice", Self.pair(60, "t/a/1"))
            let rest = "is locked by another client. Your request is not allowed while a device is locked."
            for (command, argument) in Self.refused {
                let failure = await theirs.commandFailure(command, argument)
                #expect(failure?.reason == .deviceLocked, "\(command)")
                let name = command == "AddObjPolling" ? "T/A/1" : "t/a/1"
                #expect(failure?.reasonDescription == "Device \(name) \(rest)", "\(command)")
            }
            // Of a pattern, all are looked at before one is changed; what is wrong in itself is said first.
            #expect(try await mine.command("GetLoggingLevel", .stringArray(["t/a/2"])) == Self.pair(3, "t/a/2"))
            #expect(await theirs.commandFailure("SetLoggingLevel", Self.pair(4, "t/a/2", "x"))?.reason == .incompatibleCommandArgument)
            #expect(await theirs.commandFailure("SetLoggingLevel", Self.pair(9, "t/a/1"))?.reason == "API_MethodArgument")
            // An entry before the refused one is done.
            let both = CommandData.longStringArray(LongStringArray(longs: [5, 5], strings: ["t/a/2", "t/a/1"]))
            #expect(await theirs.commandFailure("SetLoggingLevel", both)?.reason == .deviceLocked)
            #expect(try await theirs.command("GetLoggingLevel", .stringArray(["t/a/2"])) == Self.pair(5, "t/a/2"))

            // A device that is not polled is not polled for anybody.
            let period = Self.pair(2000, "t/a/1", "attribute", "number")
            let removal = CommandData.stringArray(["t/a/1", "attribute", "number"])
            #expect(await theirs.commandFailure("UpdObjPollingPeriod", period)?.reason == "API_DeviceNotPolled")
            #expect(await theirs.commandFailure("RemObjPolling", removal)?.reason == "API_DeviceNotPolled")
            try await mine.command("AddObjPolling", Self.pair(1000, "t/a/1", "attribute", "number"))
            #expect(await theirs.commandFailure("UpdObjPollingPeriod", period)?.reason == .deviceLocked)
            #expect(await theirs.commandFailure("RemObjPolling", removal)?.reason == .deviceLocked)
            try await mine.command("UpdObjPollingPeriod", period)
            try await mine.command("RemObjPolling", removal)
            for (command, argument) in Self.refused where argument != .stringArray(["t/a/1", "nonsense"]) {
                #expect(await mine.commandFailure(command, argument)?.reason != .deviceLocked, "\(command)")
            }
            // Looking is free, and so is the other device.
            for (command, argument): (String, CommandData) in [
                ("GetLoggingLevel", .stringArray(["t/a/1"])), ("GetLoggingTarget", .string("t/a/1")), ("DevPollStatus", .string("t/a/1")),
                ("AddObjPolling", Self.pair(1000, "t/a/2", "attribute", "number")), ("DevRestart", .string("t/a/2")),
                ("StopPolling", .void),
                ("StartPolling", .void), ("StopLogging", .void), ("StartLogging", .void),
            ] {
                #expect(await theirs.commandFailure(command, argument) == nil, "\(command)")
            }
            await other.client.shutdown()
        }
    }

    // MARK: - Names

    @Test func onlyDevRestartTakesWholeAddresses() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let admin = try await test.admin()
            for name in ["tango://h:1/t/a/1", "t/a/1#dbase=no", "alias", ""] {
                for (command, argument): (String, CommandData) in [
                    ("DevPollStatus", .string(name)), ("DevLockStatus", .string(name)), ("GetLoggingTarget", .string(name)),
                    ("AddObjPolling", Self.pair(1000, name, "attribute", "number")), ("LockDevice", Self.pair(10, name)),
                ] {
                    let failure = await admin.commandFailure(command, argument)
                    #expect(failure?.reason == .deviceNotFound, "\(command) \(name)")
                    #expect(failure?.reasonDescription == "Device \(name) not found", "\(command) \(name)")
                }
            }
            try await admin.command("DevRestart", .string("tango://h:1/T/A/1#dbase=no"))
        }
    }

    @Test func aFileThatNamesADeviceTwiceIsRefused() async throws {
        let refusal = await #expect(throws: ServerStartError.self) {
            try await Self.withFile("Test/test/DEVICE/Bench: \"t/a/1\", \"T/A/1\"\n", [BenchDevice.deviceClass()]) { _ in }
        }
        #expect(refusal?.description == "Each device must have different name")
    }

    // MARK: - Queries

    @Test func subDevicesAreThoseThatTheDevicesUse() async throws {
        try await Self.withFile(
            "Test/test/DEVICE/Talker: \"t/b/2\", \"t/b/1\"\n", [Talker.deviceClass]
        ) { test in
            let admin = try await test.admin()
            #expect(try await admin.command("QuerySubDevice") == .stringArray([]))
            let address = "tango://127.0.0.1:\(test.server.port)"
            let (one, two) = (try await test.device("t/b/1"), try await test.device("t/b/2"))
            try await two.command("Talk", .string("\(address)/T/B/1#dbase=no"))
            try await one.command("Talk", .string("\(address)/t/b/2#dbase=no"))
            try await one.command("Talk", .string("\(address)/t/b/1#dbase=no"))
            try await one.command("Talk", .string("\(address)/T/B/2#dbase=no"))
            let lines = [
                "t/b/1 \(address)/t/b/2#dbase=no", "t/b/1 \(address)/t/b/1#dbase=no", "t/b/2 \(address)/t/b/1#dbase=no",
            ]
            #expect(try await admin.command("QuerySubDevice") == .stringArray(lines))
            // What cannot be had is not talked to.
            #expect(await one.commandFailure("Talk", .string("not a name/")) != nil)
            #expect(try await admin.command("QuerySubDevice") == .stringArray(lines))
            try await one.command("Init")
            #expect(try await admin.command("QuerySubDevice") == .stringArray([lines[2]]))
            try await admin.command("DevRestart", .string("t/b/2"))
            #expect(try await admin.command("QuerySubDevice") == .stringArray([]))
        }
    }

    @Test func thePropertyDescriptionDescribesTheDevice() async throws {
        let lines = """
            Test/test/DEVICE/Bench: "t/a/1", "t/a/2", "t/a/3"
            t/a/1->description: "My own device", more
            t/a/2->description: ""
            dserver/test/test->description: "mine"
            CLASS/Bench->doc_url: "http://somewhere"
            CLASS/Bench->description: "all of them"

            """
        try await Self.withFile(lines, [BenchDevice.deviceClass()]) { test in
            let admin = try await test.admin()
            let texts = ["t/a/1": "My own device", "t/a/2": "", "t/a/3": "A TANGO device"]
            for (name, text) in texts {
                let device = try await test.device(name)
                #expect(try await device.deviceDescription() == text)
                #expect(try await device.info().documentationURL == "Doc URL = http://somewhere")
            }
            #expect(try await admin.deviceDescription() == "A device server device !!")
            #expect(try await admin.info().documentationURL == "Doc URL = http://www.tango-controls.org")
        }
    }

    // MARK: - Restarts

    /// Runs the body while a command is being executed on t/a/1, which ends when the probe is opened.
    private static func whileBusy(_ body: (TestServer, GateProbe) async throws -> Void) async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            let device = try await test.device()
            async let held: CommandData = device.command("Hold")
            try await eventually { probe.running("t/a/1") == 1 }
            try await body(test, probe)
            #expect(try await held == .void)
        }
    }

    @Test(arguments: ["DevRestart", "Init", "RestartServer"]) func aRestartWaitsForTheRequestUnderWay(command: String) async throws {
        try await Self.whileBusy { test, probe in
            let admin = try await test.admin()
            let before = try test.context().runtime
            async let restarted: CommandData = admin.command(command, command == "DevRestart" ? .string("t/a/1") : .void)
            // Requests under way are served by the previous device.
            for _ in 0..<20 { await Task.yield() }
            #expect(try test.context().runtime === before)
            probe.open()
            #expect(try await restarted == .void)
            try await eventually { try test.server.devices.count == 2 && test.context().runtime !== before }
            #expect(before.isEnded)
            let again = try await test.device()
            try await again.ping()
        }
    }

    @Test func aRequestThatDoesNotEndKeepsNoServerFromStopping() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            async let failure = device.commandFailure("Hold")
            try await eventually { probe.running("t/a/1") == 1 }
            await test.server.stop()
            #expect(await failure != nil)
            guard case .connectionRefused? = await test.failure(.ping) else {
                Issue.record("still listening")
                return
            }
            probe.open()
        }
    }
}
