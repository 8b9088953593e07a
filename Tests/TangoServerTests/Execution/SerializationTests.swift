import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Where devices of class Relay find themselves, by device name.
private final class Locators: Sendable {
    private let store = Mutex<[String: String]>([:])
    func locator(_ context: DeviceContext) -> String { self.store.withLock { $0[context.name.folded] ?? "" } }
    func set(_ locator: String, of device: DeviceName) { self.store.withLock { $0[device.folded] = locator } }
}

/// Calls other devices, and itself, as its commands say.
private final class Relay: Device {
    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static func deviceClass(
        _ name: String = "Relay", _ model: SerialModel = .byDevice, execution: Execution = .inline, probe: GateProbe = GateProbe(),
        locators: Locators = Locators(), unit: @escaping @Sendable (DeviceContext) -> String = { $0.name.text }
    ) -> DeviceClass {
        DeviceClass(name, Relay.self, execution: execution, serialModel: model) {
            Attribute("value", Int32.self).read { _ in 42 }.write { _, _ in }
            AttributeDefinition(
                name: "own", type: .long,
                reader: .async { call in
                    let proxy = try await call.context.controlSystem.device(locators.locator(call.context))
                    let value = try await proxy.readAttribute("value").readData
                    _ = try await proxy.state()
                    return AttributeReading(value, dimension: .scalar)
                })
            AttributeDefinition(
                name: "slow", type: .long, access: .readWrite,
                reader: .async { call in
                    await probe.hold("read " + unit(call.context))
                    return AttributeReading(.long([1]), dimension: .scalar)
                },
                writer: .async { call, _ in await probe.hold("write " + unit(call.context)) })
            CommandDefinition(
                CommandInfo(name: "Chain", inType: .stringArray, outType: .stringArray),
                handler: .async { call, argument in
                    probe.enter(unit(call.context))
                    defer { probe.leave(unit(call.context)) }
                    guard case .stringArray(let path) = argument, let next = path.first else {
                        return .stringArray([call.context.name.text])
                    }
                    let proxy = try await call.context.controlSystem.device(next)
                    guard case .stringArray(let rest) = try await proxy.command("Chain", .stringArray(Array(path.dropFirst()))) else {
                        return .stringArray([])
                    }
                    return .stringArray([call.context.name.text] + rest)
                })
            CommandDefinition(
                CommandInfo(name: "CallWhenOpen", inType: .string, outType: .void),
                handler: .async { call, argument in
                    guard case .string(let peer) = argument else { return .void }
                    await probe.hold(unit(call.context))
                    try await call.context.controlSystem.device(peer).command("Nothing")
                    return .void
                })
            CommandDefinition(
                CommandInfo(name: "Fail", inType: .string, outType: .void),
                handler: .async { call, argument in
                    guard case .string(let command) = argument else { return .void }
                    try await call.context.controlSystem.device(locators.locator(call.context)).command(command)
                    return .void
                })
            CommandDefinition(
                CommandInfo(name: "WriteOwn", inType: .void, outType: .void),
                handler: .async { call, _ in
                    try await call.context.controlSystem.device(locators.locator(call.context)).write("value", Int32(7))
                    return .void
                })
            CommandDefinition(
                CommandInfo(name: "Pass", inType: .void, outType: .void),
                handler: .async { call, _ in
                    await probe.pass(unit(call.context))
                    return .void
                })
            Command("Nothing", of: Relay.self) { _, _ in .void }
            CommandDefinition(
                CommandInfo(name: "Block", inType: .void, outType: .void),
                handler: .sync { call, _ in
                    probe.enter(unit(call.context))
                    while !probe.isOpen { usleep(1000) }
                    probe.leave(unit(call.context))
                    return .void
                })
            CommandDefinition(
                CommandInfo(name: "BlockLater", inType: .void, outType: .void),
                handler: .async { call, _ in
                    await Task.yield()
                    probe.enter(unit(call.context))
                    while !probe.isOpen { usleep(1000) }
                    probe.leave(unit(call.context))
                    return .void
                })
        }
    }
}

/// What happened, in order.
private final class Order: Sendable {
    private let store = Mutex<[String]>([])
    var steps: [String] { self.store.withLock { $0 } }
    func add(_ step: String) { self.store.withLock { $0.append(step) } }
}

extension TestServer {
    fileprivate func locator(_ name: String) -> String { "tango://127.0.0.1:\(self.server.port)/\(name)#dbase=no" }

    fileprivate func set(_ locators: Locators) {
        for device in self.server.devices { locators.set(self.locator(device.name.text), of: device.name) }
    }
}

struct SerializationTests {
    @Test(arguments: [Execution.inline, .blocking], [SerialModel.byDevice, .byClass, .byProcess, .none])
    func aDeviceReadsItsOwnAttributeInARead(execution: Execution, model: SerialModel) async throws {
        let locators = Locators()
        try await TestServer.run(
            [Relay.deviceClass("Relay", model, execution: execution, locators: locators)], devices: ["t/a/1"],
            gateTimeout: .milliseconds(300)
        ) { test in
            test.set(locators)
            let device = try await test.device()
            #expect(try await device.readAttribute("own").readData == .long([42]))
            #expect(try await device.readAttributes(["value", "own", "own", "State"]).map(\.failure) == [nil, nil, nil, nil])
            let lines = try test.context().runtime.blackBox.lines(50)
            #expect(lines.contains { $0.hasSuffix("Operation read_attributes_5 (value) from cache_device requested from user thread") })
            #expect(lines.contains { $0.hasSuffix("Attribute state requested from user thread") })
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func aDeviceUsesItselfInACommand(execution: Execution) async throws {
        let locators = Locators()
        try await TestServer.run(
            [Relay.deviceClass(execution: execution, locators: locators)], devices: ["t/a/1"], gateTimeout: .milliseconds(300)
        ) { test in
            test.set(locators)
            let device = try await test.device()
            try await device.command("WriteOwn")
            #expect(try await device.readAttribute("value").setData == .long([7]))
            // Errors come as over the network.
            #expect(await device.commandFailure("Fail", .string("NoSuch"))?.reason == .commandNotFound)
            let me = test.locator("t/a/1")
            #expect(try await device.command("Chain", .stringArray([me, me, me])) == .stringArray(Array(repeating: "t/a/1", count: 4)))
            let gone = await device.commandFailure("Chain", .stringArray([test.locator("t/no/1")]))
            #expect(gone?.errors.contains { $0.description.contains("OBJECT_NOT_EXIST") } == true)
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func aChainOfCallsMayComeBack(execution: Execution) async throws {
        let classes = [
            Relay.deviceClass(execution: execution),
            Relay.deviceClass("Other", .byClass, execution: execution == .inline ? .blocking : .inline),
        ]
        try await TestServer.run(
            classes, devices: ["Relay::t/a/1", "Other::t/b/1", "Other::t/b/2"], gateTimeout: .milliseconds(300)
        ) { test in
            let path = ["t/b/1", "t/a/1", "t/b/2", "t/b/1"]
            let answer = try await test.device().command("Chain", .stringArray(path.map(test.locator)))
            #expect(answer == .stringArray(["t/a/1"] + path))
            // Everything is free again.
            for name in ["t/a/1", "t/b/1", "t/b/2"] { try await test.device(name).command("Nothing") }
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func twoDevicesThatWaitForEachOtherFailAndGoOn(execution: Execution) async throws {
        let probe = GateProbe()
        try await TestServer.run(
            [Relay.deviceClass(execution: execution, probe: probe)], devices: ["t/a/1", "t/a/2"], gateTimeout: .milliseconds(50)
        ) { test in
            let (one, two) = (try await test.device("t/a/1"), try await test.device("t/a/2"))
            async let first = one.commandFailure("CallWhenOpen", .string(test.locator("t/a/2")))
            async let second = two.commandFailure("CallWhenOpen", .string(test.locator("t/a/1")))
            try await eventually { probe.running("t/a/1") == 1 && probe.running("t/a/2") == 1 }
            probe.open()
            let failures = await [first, second].compactMap { $0 }
            #expect(!failures.isEmpty)
            for failure in failures {
                #expect(failure.reason == .commandTimedOut)
                #expect(failure.reasonDescription == "Not able to acquire serialization (dev, class or process) monitor")
            }
            for device in [one, two] { try await device.command("Nothing") }
        }
    }

    @Test func workStartedBesideAHandlerIsNotTheHandler() async throws {
        let locators = Locators()
        let probe = GateProbe()
        try await TestServer.run([Relay.deviceClass(probe: probe, locators: locators)], devices: ["t/a/1"], gateTimeout: .seconds(20)) {
            test in
            test.set(locators)
            let order = Order()
            let me = test.locator("t/a/1")
            try test.context().addCommand(
                CommandDefinition(
                    CommandInfo(name: "Start", inType: .void, outType: .void),
                    handler: .async { call, _ in
                        let system = call.context.controlSystem
                        Task {
                            try await system.device(me).command("Nothing")
                            order.add("beside")
                        }
                        await probe.hold("start")
                        order.add("handler")
                        return .void
                    }))
            let device = try await test.device()
            async let started: CommandData = device.command("Start")
            try await eventually {
                let lines = (try? test.context().runtime.blackBox.lines(50)) ?? []
                return lines.contains { $0.contains("(cmd = Nothing)") && $0.hasSuffix("user thread") }
            }
            probe.open()
            _ = try await started
            try await eventually { order.steps == ["handler", "beside"] }
        }
    }

    @Test(arguments: [SerialModel.byClass, .byProcess])
    func devicesOfOneUnitNeverOverlap(model: SerialModel) async throws {
        let probe = GateProbe()
        let names = ["One::t/a/1", "One::t/a/2", "Two::t/b/1", "Two::t/b/2"]
        let unit: @Sendable (DeviceContext) -> String = { context in
            model == .byProcess ? "process" : context.name.text.hasPrefix("t/a") ? "One" : "Two"
        }
        let classes = [
            Relay.deviceClass("One", model, probe: probe, unit: unit),
            Relay.deviceClass("Two", model, execution: .blocking, probe: probe, unit: unit),
        ]
        try await TestServer.run(classes, devices: names, gateTimeout: .seconds(20)) { test in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<40 {
                    let device = try await test.device(String(names[index % 4].dropFirst(5)))
                    group.addTask { try await device.command("Pass") }
                }
                try await group.waitForAll()
            }
        }
        #expect(probe.runs == 40 && probe.overlaps == 0)
    }

    @Test(arguments: [Execution.inline, .blocking])
    func withoutSerializationReadsOverlapButWritesAndConfigurationDoNot(execution: Execution) async throws {
        let probe = GateProbe()
        try await TestServer.run(
            [Relay.deviceClass("Free", .none, execution: execution, probe: probe)], devices: ["t/a/1"], gateTimeout: .milliseconds(100)
        ) { test in
            let device = try await test.device()
            async let reads = [device.readAttribute("slow"), device.readAttribute("slow")]
            async let more = device.readAttribute("slow")
            try await eventually { probe.running("read t/a/1") >= 2 }
            async let write: Void = device.write("slow", Int32(1))
            try await eventually { probe.running("write t/a/1") == 1 }
            // Another write waits; reading and commands do not.
            #expect(await device.writeFailure("value", .long([1]))?.reason == .commandTimedOut)
            #expect(await device.configFailure("value") { $0.label = "x" }?.reason == .commandTimedOut)
            #expect(try await device.readAttribute("value").readData == .long([42]))
            try await device.command("Nothing")
            #expect(probe.running("write t/a/1") == 1)
            probe.open()
            _ = try await (reads, more)
            try await write
            #expect(await device.writeFailure("value", .long([1])) == nil)
        }
    }

    @Test(arguments: ["Block", "BlockLater"])
    func aBlockedDriverCallHoldsUpItsDeviceOnly(command: String) async throws {
        let probe = GateProbe()
        try await TestServer.run(
            [Relay.deviceClass(execution: .blocking, probe: probe)], devices: ["t/a/1", "t/a/2"], gateTimeout: .seconds(20)
        ) { test in
            let (blocked, free) = (try await test.device("t/a/1"), try await test.device("t/a/2"))
            let order = Order()
            async let held: Void = {
                try await blocked.command(command)
                order.add("blocked")
            }()
            try await eventually { probe.running("t/a/1") == 1 }
            for _ in 0..<200 {
                try await free.command("Pass")
                #expect(try await free.readAttribute("value").readData == .long([42]))
            }
            order.add("free")
            #expect(probe.running("t/a/1") == 1)
            probe.open()
            try await held
            #expect(order.steps == ["free", "blocked"])
        }
    }

    @Test func everyKindOfRequestThatWaitsTooLongFails() async throws {
        let probe = GateProbe()
        let held = Relay.deviceClass(probe: probe)
        try await TestServer.run([held], devices: ["t/a/1"], gateTimeout: .milliseconds(30)) { test in
            let device = try await test.device()
            try test.context().addPipe(
                PipeDefinition(
                    PipeConfig(name: "pipe", writable: .readWrite), reader: .sync { _ in BenchDevice.blob }, writer: .sync { _, _ in }))
            async let read = device.readAttribute("slow")
            try await eventually { probe.running("read t/a/1") == 1 }
            let write = AttributeWrite(name: "value", data: .long([1]))
            for (name, step) in [
                ("command", { try await device.command("Nothing") }), ("init", { try await device.command("Init") }),
                ("state", { try await device.command("State") }), ("read", { _ = try await device.readAttributes(["State"]) }),
                ("write", { _ = try await device.writeAttributes([write]) }),
                ("write and read", { _ = try await device.writeReadAttributes([write], read: ["value"]) }),
                ("configure", { try await device.setAttributeConfigs([try await device.attributeConfig("value")]) }),
                ("pipe", { _ = try await device.readPipe("pipe") }),
                ("write pipe", { try await device.writePipe("pipe", BenchDevice.blob) }),
                ("write and read pipe", { _ = try await device.writeReadPipe("pipe", BenchDevice.blob) }),
            ] as [(String, () async throws -> Void)] {
                let failure = await #expect(throws: DevFailed.self, "\(name)") { try await step() }
                #expect(failure?.reason == .commandTimedOut, "\(name)")
                #expect(failure?.reasonDescription == "Not able to acquire serialization (dev, class or process) monitor", "\(name)")
            }
            probe.open()
            _ = try await read
            try await device.command("Nothing")
        }
    }

    @Test func aLockIsRespectedByTheServersOwnDevices() async throws {
        try await TestServer.run([Relay.deviceClass()], devices: ["t/a/1", "t/a/2"], gateTimeout: .seconds(5)) { test in
            try await test.device("t/a/2").lock(validity: 60)
            let failure = await (try test.device("t/a/1")).commandFailure("Chain", .stringArray([test.locator("t/a/2")]))
            #expect(failure?.reason == .deviceLocked)
            try await test.device("t/a/2").unlock()
            _ = try await test.device("t/a/1").command("Chain", .stringArray([test.locator("t/a/2")]))
        }
    }
}

/// Reads another device of its server while it is initialized.
private final class Curious: Device {
    private let context: DeviceContext
    private let neighbor: String

    convenience init(context: DeviceContext) { self.init(context: context, neighbor: "") }

    init(context: DeviceContext, neighbor: String) {
        self.context = context
        self.neighbor = neighbor
    }

    func initialize() async throws {
        if self.context.name.folded == "t/c/2" { try await self.context.controlSystem.device(self.neighbor).command("Nothing") }
        self.context.setState(.on)
    }
}

struct InitializationCallTests {
    @Test func callsOfADeviceThatIsInitializedAreMarkedInTheBlackBox() async throws {
        let port = try await Self.freePort()
        let neighbor = "tango://localhost:\(port)/t/a/1#dbase=no"
        let classes = [Relay.deviceClass(), DeviceClass("Curious", make: { Curious(context: $0, neighbor: neighbor) })]
        let arguments = ServerArguments(
            instance: "test",
            source: .none([.init(name: "t/a/1", deviceClass: "Relay"), .init(name: "t/c/2", deviceClass: "Curious")]),
            endPoint: .init(host: "127.0.0.1", port: port))
        let server = DeviceServer(
            classes: classes,
            configuration: .init(name: "Test", arguments: arguments))
        try await server.start()
        let called = try #require(server.device(named: "t/a/1"))
        #expect(server.device(named: "t/c/2")?.state == .on)
        func newest() throws -> String? { try called.blackBox.lines(1).first }
        #expect(
            try newest()?.hasSuffix(
                "Operation command_inout_4 (cmd = Nothing) from cache_device requested during device server process init sequence") == true)
        // The same in a running server is user code like any other.
        let client = ControlSystem()
        try await client.device("tango://127.0.0.1:\(port)/t/c/2#dbase=no").command("Init")
        #expect(try newest()?.hasSuffix("requested from user thread") == true)
        await client.shutdown()
        await server.stop()
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }
}
