import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Something broken that a test repairs.
private final class Defect: Sendable {
    private let store = Mutex(true)
    var isThere: Bool { self.store.withLock { $0 } }
    func repair() { self.store.withLock { $0 = false } }
}

/// Cannot be initialized while broken.
private final class Breakable: Device {
    private let context: DeviceContext
    private let defect: Defect

    convenience init(context: DeviceContext) { self.init(context: context, Defect()) }

    init(context: DeviceContext, _ defect: Defect) {
        self.context = context
        self.defect = defect
    }

    func initialize() async throws {
        if self.defect.isThere { throw DevFailed("Breakable_Broken", "the crystal is cracked") }
        self.context.setState(.on)
    }
}

/// Cannot even be made while broken.
private final class Unmakeable: Device {
    convenience init(context: DeviceContext) throws { try self.init(context: context, Defect()) }

    init(context: DeviceContext, _ defect: Defect) throws {
        if defect.isThere { throw DevFailed("Unmakeable_Broken", "no parts") }
        context.setState(.on)
    }
    func initialize() {}
}

/// How often a command was executed.
private final class Executions: Sendable {
    private let store = Mutex(0)
    var count: Int { self.store.withLock { $0 } }
    func add() { self.store.withLock { $0 += 1 } }
}

struct LifeTests {
    /// The end of the connections would tell the client to repeat what is not answered.
    @Test func aCallThatRunsWhenTheServerStopsIsAnsweredAndNotRepeated() async throws {
        let (latch, executions) = (Latch(), Executions())
        let deviceClass = DeviceClass("Slow", PlainDevice.self, serialModel: .none) {
            Command("Slow") { (_: PlainDevice) async in
                executions.add()
                await latch.wait()
            }
        }
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            let call = Task { try await device.command("Slow") }
            try await eventually { executions.count == 1 }
            let stop = Task { await test.server.stop() }
            // Until nobody listens any more.
            try await eventually {
                let other = ControlSystem()
                defer { Task { await other.shutdown() } }
                let device = try? await other.device("tango://127.0.0.1:\(test.server.port)/t/a/1#dbase=no")
                return (try? await device?.ping()) == nil
            }
            latch.open()
            #expect(try await call.value == .void)
            await stop.value
            #expect(executions.count == 1)
        }
    }

    @Test func aFailedInitializationLeavesTheDeviceReachableAndInitRecoversIt() async throws {
        let defect = Defect()
        let deviceClass = DeviceClass("Breakable", make: { Breakable(context: $0, defect) })
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await Self.check(device, text: "the crystal is cracked", reason: "Breakable_Broken")
            defect.repair()
            try await device.command("Init")
            #expect(try await device.state() == .on)
            #expect(try await device.status() == "The device is in ON state.")
        }
    }

    @Test func aDeviceThatCannotBeMadeIsReachableAndInitRecoversIt() async throws {
        let defect = Defect()
        let deviceClass = DeviceClass("Unmakeable", make: { try Unmakeable(context: $0, defect) })
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await Self.check(device, text: "no parts", reason: "Unmakeable_Broken")
            #expect(try await device.command("Status") == .string("The device is in FAULT state.\nInitialization failed:\nno parts"))
            defect.repair()
            try await device.command("Init")
            #expect(try await device.state() == .on)
            #expect(try await device.command("Status") == .string("The device is in ON state."))
        }
    }

    private static func check(_ device: DeviceProxy, text: String, reason: ErrorReason) async throws {
        try await device.ping()
        #expect(try await device.state() == .fault)
        #expect(try await device.status() == "The device is in FAULT state.\nInitialization failed:\n\(text)")
        #expect(
            try await device.readAttributes(["State", "Status"]).map(\.data) == [
                .deviceState(.fault), .string([try await device.status()]),
            ])
        let failure = await device.commandFailure("Init")
        #expect(failure?.errors.map(\.reason) == [reason, "API_InitThrowsException"])
        #expect(failure?.errors.last?.description.hasSuffix("Device server adm. device name = dserver/Test/test") == true)
        #expect(try await device.state() == .fault)
    }

    @Test(arguments: ["t/a/1", "T/A/1", "tango://127.0.0.1:10000/t/a/1", "tango://127.0.0.1:10000/T/a/1#dbase=no"])
    func devRestartTakesAnyFormOfTheName(name: String) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            let (first, second) = (try await test.device(), try await test.device("t/a/2"))
            for device in [first, second] { try await device.writeAttribute(AttributeWrite(name: "number", data: .double([3]))) }
            try await test.admin().command("DevRestart", .string(name))
            #expect(try await first.readAttribute("number").data == .double([1.5, 0]))
            #expect(try await second.readAttribute("number").data == .double([3, 3]))
        }
    }

    @Test func devRestartOfAnUnknownDeviceIsRefused() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let failure = try await test.admin().commandFailure("DevRestart", .string("no/such/device"))
            #expect(failure?.reason == .deviceNotFound && failure?.reasonDescription == "Device no/such/device not found")
        }
    }

    @Test func restartServerMakesEverythingAnewAtTheSamePort() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            let device = try await test.device()
            try await device.writeAttribute(AttributeWrite(name: "number", data: .double([3])))
            try test.context().addAttribute(AttributeDefinition(name: "dynamic", type: .long))
            let port = test.server.port
            try await test.admin().command("RestartServer")
            try await eventually { (try? await device.readAttribute("number").data) == .double([1.5, 0]) }
            #expect(test.server.port == port)
            try await eventually { test.server.devices.map(\.name.text) == ["t/a/1", "t/a/2"] }
            let gone = try await device.readAttributes(["dynamic"])
            #expect(gone[0].failure?.reason == .attributeNotFound)
            // Init of the admin device does the same, but is over when it answers.
            try await device.writeAttribute(AttributeWrite(name: "number", data: .double([3])))
            try await test.admin().command("Init")
            #expect(try await device.readAttribute("number").data == .double([1.5, 0]))
        }
    }

    @Test func killAnswersAndEndsTheServer() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            async let stopped: Void = test.server.waitForStop()
            try await test.admin().command("Kill")
            await stopped
        }
    }

    @Test func aCommandUnderWayIsAnsweredBeforeTheServerStops() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            async let held: CommandData = device.command("Hold")
            try await eventually { probe.running("t/a/1") == 1 }
            async let stopped: Void = test.server.stop()
            try await eventually { await test.failure(.ping) != nil }
            probe.open()
            #expect(try await held == .void)
            await stopped
            guard case .connectionRefused? = await test.failure(.ping) else {
                Issue.record("still listening")
                return
            }
        }
    }

    @Test func theAdminDeviceKnowsItsServer() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass(), BenchDevice.deviceClass()], devices: ["Gated::t/g/1", "t/a/1"]) { test in
            let admin = try await test.admin()
            #expect(try await admin.command("QueryClass") == .stringArray(["Gated", "Bench"]))
            #expect(try await admin.command("QueryDevice") == .stringArray(["Gated::t/g/1", "Bench::t/a/1"]))
            #expect(try await admin.command("QueryWizardDevProperty", .string("bench")) == .stringArray(["speed", "How fast", "12"]))
            #expect(try await admin.state() == .on)
            #expect(try await admin.status() == "The device is ON\nThe polling is ON")
            #expect(try test.context().property("SPEED") == ["12"])
            #expect(try test.context().property("unknown") == nil)
        }
    }

    @Test func aServerThatCannotStartSaysWhy() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            for (name, port, text) in [
                ("t/a/1", test.server.port, "Cannot listen at 127.0.0.1:\(test.server.port)"),
                ("No::t/a/2", 0, "class No is not in this server"),
            ] {
                let devices = [
                    ServerArguments.NamedDevice(
                        name: String(name.split(separator: "::")[name.hasPrefix("No") ? 1 : 0]),
                        deviceClass: name.hasPrefix("No") ? "No" : nil)
                ]
                let arguments = ServerArguments(instance: "second", source: .none(devices), endPoint: .init(host: "127.0.0.1", port: port))
                let second = DeviceServer(
                    classes: [BenchDevice.deviceClass()],
                    configuration: .init(name: "Test", arguments: arguments))
                let error = await #expect(throws: ServerStartError.self) { try await second.start() }
                #expect(error?.description.contains(text) == true)
                await second.stop()
            }
        }
    }
}
