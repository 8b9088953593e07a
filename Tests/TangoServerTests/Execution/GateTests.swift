import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Sees which handlers run at the same time, by unit of serialization.
final class GateProbe: Sendable {
    private struct State {
        var running: [String: Int] = [:]
        var overlaps = 0
        var runs = 0
        var isOpen = false
    }

    private let state = Mutex(State())

    var overlaps: Int { self.state.withLock { $0.overlaps } }
    var runs: Int { self.state.withLock { $0.runs } }
    func running(_ unit: String) -> Int { self.state.withLock { $0.running[unit] ?? 0 } }
    func open() { self.state.withLock { $0.isOpen = true } }
    var isOpen: Bool { self.state.withLock { $0.isOpen } }

    func enter(_ unit: String) {
        self.state.withLock { state in
            state.runs += 1
            state.running[unit, default: 0] += 1
            if state.running[unit] != 1 { state.overlaps += 1 }
        }
    }

    func leave(_ unit: String) { self.state.withLock { $0.running[unit, default: 0] -= 1 } }

    /// Stays in for several suspensions.
    func pass(_ unit: String) async {
        self.enter(unit)
        for _ in 0..<5 { await Task.yield() }
        try? await Task.sleep(for: .milliseconds(1))
        self.leave(unit)
    }

    /// Stays in until the probe is opened.
    func hold(_ unit: String) async {
        self.enter(unit)
        while !self.state.withLock({ $0.isOpen }) { try? await Task.sleep(for: .milliseconds(1)) }
        self.leave(unit)
    }

    private func command(_ name: String, _ handler: @escaping @Sendable (MemberCall) async throws -> Void) -> CommandDefinition {
        CommandDefinition(
            CommandInfo(name: name, inType: .void, outType: .void),
            handler: .async { call, _ in
                try await handler(call)
                return .void
            })
    }

    func deviceClass(_ name: String = "Gated", _ model: SerialModel = .byDevice, execution: Execution = .inline) -> DeviceClass {
        DeviceClass(name, PlainDevice.self, execution: execution, serialModel: model) {
            self.command("Pass") { await self.pass($0.context.name.text) }
            self.command("Hold") { await self.hold($0.context.name.text) }
            self.command("Nested") { call in
                let (context, unit) = (call.context, call.context.name.text)
                self.enter(unit)
                try await context.withDevice { (_: PlainDevice) in try await context.withDevice { (_: PlainDevice) in await Task.yield() } }
                self.leave(unit)
            }
            self.command("Background") { call in
                let context = call.context
                Task { for _ in 0..<20 { try await context.withDevice { (_: PlainDevice) in await self.pass(context.name.text) } } }
            }
            CommandDefinition(
                CommandInfo(name: "Block", inType: .void, outType: .void),
                handler: .sync { call, _ in
                    self.enter(call.context.name.text)
                    while !self.state.withLock({ $0.isOpen }) { usleep(1000) }
                    self.leave(call.context.name.text)
                    return .void
                })
            Attribute("value", Int32.self).read { _ in 1 }.write { _, _ in }
        }
    }
}

private func together(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        try await group.waitForAll()
    }
}

struct GateTests {
    @Test(arguments: [Execution.inline, .blocking])
    func asynchronousCommandsOfOneDeviceNeverOverlap(execution: Execution) async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass(execution: execution)], devices: ["t/a/1", "t/a/2"]) { test in
            let devices = [try await test.device("t/a/1"), try await test.device("t/a/2")]
            try await together(60) { try await devices[$0 % 2].command($0 % 3 == 0 ? "Nested" : "Pass") }
        }
        #expect(probe.runs == 60)
        #expect(probe.overlaps == 0)
    }

    @Test func backgroundWorkStartedByAHandlerWaitsItsTurn() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await device.command("Background")
            try await together(20) { _ in try await device.command("Pass") }
            try await eventually { probe.runs == 40 && probe.running("t/a/1") == 0 }
        }
        #expect(probe.overlaps == 0)
    }

    @Test func withoutSerializationCommandsOverlap() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass("Free", .none)], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            async let all: Void = together(3) { _ in try await device.command("Hold") }
            try await eventually { probe.running("t/a/1") == 3 }
            probe.open()
            try await all
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func aBusyDeviceStillSaysWhoItIs(execution: Execution) async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass(execution: execution)], devices: ["t/a/1", "t/a/2"]) { test in
            let (busy, other) = (try await test.device(), try await test.device("t/a/2"))
            async let held: CommandData = busy.command(execution == .inline ? "Hold" : "Block")
            try await eventually { probe.running("t/a/1") == 1 }
            try await busy.ping()
            _ = try await busy.info()
            _ = try await busy.attributeConfigs()
            _ = try await busy.commandList()
            _ = try await busy.blackBox(1)
            #expect(try await busy.adminName() == "dserver/Test/test")
            // Another device is not held up.
            try await other.command("Pass")
            #expect(try await other.readAttribute("value").readData == .long([1]))
            #expect(probe.running("t/a/1") == 1)
            probe.open()
            #expect(try await held == .void)
        }
    }

    @Test func aRequestThatWaitsTooLongFails() async throws {
        let probe = GateProbe()
        try await TestServer.run([probe.deviceClass()], devices: ["t/a/1"], gateTimeout: .milliseconds(30)) { test in
            let device = try await test.device()
            async let held: CommandData = device.command("Hold")
            try await eventually { probe.running("t/a/1") == 1 }
            for call: () async throws -> Void in [
                { try await device.command("Pass") }, { _ = try await device.readAttributes(["value"]) },
                { _ = try await device.writeAttributes([AttributeWrite(name: "value", data: .long([1]))]) },
                { try await test.context().withDevice { (_: PlainDevice) in } },
            ] {
                let failure = await #expect(throws: DevFailed.self) { try await call() }
                #expect(failure?.reason == .commandTimedOut)
                #expect(failure?.reasonDescription == "Not able to acquire serialization (dev, class or process) monitor")
            }
            guard case .system(let exception)? = await test.failure(.state) else {
                Issue.record("no system exception")
                return
            }
            #expect(exception == SystemException("IMP_LIMIT", minorCode: 10))
            #expect(try await device.status() == "Not able to acquire device monitor")
            probe.open()
            _ = try await held
            try await device.command("Pass")
        }
    }

    @Test(arguments: [
        (SerialModel.byDevice, [false, false, false]), (.byClass, [true, false, false]), (.byProcess, [true, true, false]),
    ])
    func theModelSaysWhoWaitsForWhom(model: SerialModel, waits: [Bool]) async throws {
        let probe = GateProbe()
        let classes = [probe.deviceClass("One", model), probe.deviceClass("Two", model)]
        try await TestServer.run(classes, devices: ["One::t/a/1", "One::t/a/2", "Two::t/b/1"], gateTimeout: .milliseconds(30)) { test in
            let device = try await test.device()
            async let held: CommandData = device.command("Hold")
            try await eventually { probe.running("t/a/1") == 1 }
            let others = [try await test.device("t/a/2"), try await test.device("t/b/1"), try await test.admin()]
            for (other, waits) in zip(others, waits) {
                let failure = await other.commandFailure("State")
                #expect(failure?.reason == (waits ? .commandTimedOut : nil), "\(model) \(other.name)")
            }
            probe.open()
            _ = try await held
        }
    }

    @Test func theGateServesInOrderAndForgetsThoseWhoGaveUp() async throws {
        let gate = Gate()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let order = Mutex<[String]>([])
        #expect(gate.tryAcquire())
        #expect(!gate.tryAcquire())
        #expect(await gate.acquire(within: .milliseconds(5), on: loop) == false)
        for name in ["a", "b", "c"] {
            gate.acquire(within: .seconds(60), on: loop) { isHeld in
                order.withLock { $0.append(isHeld ? name : "none") }
                gate.release()
            }
        }
        #expect(order.withLock { $0 } == [])
        gate.release()
        #expect(order.withLock { $0 } == ["a", "b", "c"])
        #expect(gate.tryAcquire())
    }
}
