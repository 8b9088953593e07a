import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// A device that counts its requests.
final class PolledDevice: Device {
    let context: DeviceContext
    private var level: Int32 = 0
    private var setPoint = 1.5

    init(context: DeviceContext) {
        self.context = context
        context.setState(.on)
    }
    func initialize() {}

    static func deviceClass(execution: Execution = .inline, codedPeriod: Duration? = nil, latch: Latch? = nil) -> DeviceClass {
        DeviceClass("Polled", PolledDevice.self, execution: execution) {
            Attribute("Level", Int32.self).read { device in
                device.level += 1
                return device.level
            }
            Attribute("Other", Int32.self).read { _ in 7 }
            Attribute("Target", Double.self).stored(at: \.setPoint)
            Attribute("Failing", Int32.self).read { _ in throw DevFailed("Test_Read", "no reading", origin: "PolledDevice") }
            if let codedPeriod {
                Attribute("Coded", Int32.self).read { _ in 3 }.polled(every: codedPeriod)
            } else {
                Attribute("Coded", Int32.self).read { _ in 3 }
            }
            Attribute("Row", [Double].self, maxDimX: 10).read { [1, 2, Double($0.level)] }
            AttributeDefinition(
                name: "Hanging", type: .long,
                // Hangs while the latch is closed, on all devices but the first.
                reader: .async { call in
                    if call.context.name.folded != "t/a/1" { await latch?.wait() }
                    return AttributeReading(.long([1]), dimension: .scalar)
                })
            AttributeDefinition(name: "Invalid", type: .long, reader: .sync { _ in .invalid })
            Command("Run", of: PolledDevice.self, out: .long) { device, _ in
                device.level += 1
                return .long(device.level)
            }
            Command("Nothing", of: PolledDevice.self) { _, _ in .void }
            Command("Fail", of: PolledDevice.self) { _, _ in throw DevFailed("Test_Run", "no running", origin: "PolledDevice") }
            Command("Echo", of: PolledDevice.self, in: .long, out: .long) { $1 }
            Command("SetState", of: PolledDevice.self, in: .state) { device, argument in
                if case .state(let state) = argument { device.context.setState(state) }
                return .void
            }
        }
    }
}

extension TestServer {
    /// AddObjPolling, UpdObjPollingPeriod.
    @discardableResult
    func poll(
        _ kind: String, _ name: String, _ period: Int32, of device: String = "t/a/1", command: String = "AddObjPolling"
    ) async throws -> DevFailed? {
        await (try self.admin()).commandFailure(
            command, .longStringArray(LongStringArray(longs: [period], strings: [device, kind, name])))
    }

    @discardableResult
    func stopPolling(_ kind: String, _ name: String, of device: String = "t/a/1") async throws -> DevFailed? {
        await (try self.admin()).commandFailure("RemObjPolling", .stringArray([device, kind, name]))
    }

    func pollStatus(_ device: String = "t/a/1") async throws -> [String] {
        try await self.admin().command("DevPollStatus", device, as: [String].self)
    }

    /// Waits until the object has so many records.
    func records(_ count: Int, of attribute: String, device: String = "t/a/1") async throws {
        let proxy = try await self.device(device)
        try await eventually { (try? await proxy.attributeHistory(attribute, count: 100).values.count) ?? 0 >= count }
    }
}

func failure(_ body: () async throws -> Void) async -> DevFailed? {
    do {
        try await body()
        return nil
    } catch {
        return error as? DevFailed
    }
}

private func same(
    _ failure: DevFailed?, _ reason: ErrorReason, _ text: String, elements: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(failure?.reason == reason, sourceLocation: sourceLocation)
    #expect(failure?.reasonDescription == text, sourceLocation: sourceLocation)
    #expect(failure?.errors.count == elements, sourceLocation: sourceLocation)
}

struct PollingTests {
    private func run(
        codedPeriod: Duration? = nil, devices: [String] = ["t/a/1"], execution: Execution = .inline, latch: Latch? = nil,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let deviceClass = PolledDevice.deviceClass(execution: execution, codedPeriod: codedPeriod, latch: latch)
        try await TestServer.run([deviceClass], devices: devices, body)
    }

    private func configure(_ test: TestServer, _ properties: [String: [String]], device: String = "t/a/1") async throws {
        try await test.context(device).runtime.database.putProperties(properties.map { (name: $0.key, values: $0.value) })
    }

    // MARK: - Properties that cannot be used

    /// Entries without a usable period are shown where users look, stay in the properties until someone corrects them, and cost nothing else.
    @Test(arguments: [["Quick", "x"], ["Quick", "2"], ["Quick", "-5"], ["Quick", "99999999999"], ["Quick"], ["", ""]])
    func unusableEntriesAreShownAndKept(_ entry: [String]) async throws {
        let deviceClass = PolledDevice.deviceClass(execution: .inline, codedPeriod: nil, latch: nil)
        let properties = ["polled_attr": ["Slow", "1000"] + entry, "polled_cmd": entry]
        try await StorageStand.run([deviceClass], properties: properties) { stand in
            let shown = entry.joined(separator: ", ")
            let status = try await stand.device().status()
            for property in ["polled_attr", "polled_cmd"] {
                #expect(status.contains("\nProperty \(property) has an entry that cannot be used: \(shown)"), "\(status)")
            }
            #expect(stand.memory.properties(of: StorageStand.device)["polled_cmd"] == entry)
            #expect(stand.memory.properties(of: StorageStand.device)["polled_attr"]?.suffix(entry.count) == entry[...])
        }
    }

    // MARK: - Commands of the admin device

    @Test func whatCannotBePolledIsRefused() async throws {
        try await self.run { test in
            let admin = try await test.admin()
            same(
                await admin.commandFailure(
                    "AddObjPolling", .longStringArray(LongStringArray(longs: [100], strings: ["t/a/1", "attribute"]))),
                .wrongNumberOfArguments, "Incorrect number of inout arguments")
            same(
                await admin.commandFailure(
                    "AddObjPolling", .longStringArray(LongStringArray(longs: [1, 2], strings: ["t/a/1", "attribute", "Level"]))),
                .wrongNumberOfArguments, "Incorrect number of inout arguments")
            same(
                await admin.commandFailure("UpdObjPollingPeriod", .longStringArray(LongStringArray())),
                .wrongNumberOfArguments, "Incorrect number of inout arguments")
            same(
                await admin.commandFailure("RemObjPolling", .stringArray(["t/a/1", "attribute", "a", "b"])),
                .wrongNumberOfArguments, "Incorrect number of inout arguments")
            for command in ["AddObjPolling", "UpdObjPollingPeriod"] {
                same(
                    try await test.poll("attribute", "State", 100, of: "no/such/dev", command: command), .deviceNotFound,
                    "Device no/such/dev not found", elements: 2)
            }
            same(
                try await test.stopPolling("attribute", "State", of: "no/such/dev"), .deviceNotFound, "Device no/such/dev not found",
                elements: 2)
            same(await admin.commandFailure("DevPollStatus", .string("no/such/dev")), .deviceNotFound, "Device no/such/dev not found")
            same(try await test.poll("Pipe", "x", 100), .notSupported, "Object type pipe not supported")
            same(try await test.poll("attribute", "Nosuch", 100), .attributeNotFound, "Nosuch attribute not found")
            same(try await test.poll("command", "Nosuch", 100), .commandNotFound, "Command nosuch not found")
            for period in [Int32(4), 1, -4] {
                same(
                    try await test.poll("attribute", "Level", period), .notSupported, "\(period) is below the min authorized period (5 mS)")
            }
            same(try await test.poll("command", "init", 100), .notSupported, "It's not possible to poll the Init command!")
            same(
                try await test.poll("command", "Echo", 100), .incompatibleCommandArgument,
                "Command echo cannot be polled because it needs input value")
            #expect(try await test.poll("Attribute", "LEVEL", 10_000, of: "T/A/1") == nil)
            same(try await test.poll("attribute", "level", 100), "API_AlreadyPolled", "Attribute level already polled")
            #expect(try await test.poll("command", "nothing", 10_000) == nil)
            same(try await test.poll("command", "NOTHING", 100), "API_AlreadyPolled", "Command nothing already polled")
            #expect(try await test.poll("command", "State", 10_000) == nil)
            same(try await test.poll("attribute", "State", 100), "API_AlreadyPolled", "Attribute state already polled")
        }
    }

    @Test func onlyWhatIsPolledIsChangedOrRemoved() async throws {
        try await self.run { test in
            for name in ["Level", "nosuch"] {
                same(
                    try await test.poll("attribute", name, 100, command: "UpdObjPollingPeriod"), "API_DeviceNotPolled",
                    "Device t/a/1 is not polled")
                same(try await test.stopPolling("attribute", name), "API_DeviceNotPolled", "Device t/a/1 is not polled")
            }
            try await test.poll("attribute", "Level", 10_000)
            same(
                try await test.poll("attribute", "Other", 100, command: "UpdObjPollingPeriod"), "API_PollObjNotFound",
                "other not found in list of polled object")
            same(try await test.stopPolling("command", "Level"), "API_PollObjNotFound", "level not found in list of polled object")
            same(try await test.stopPolling("pipe", "Level"), .notSupported, "Object type pipe not supported")
            same(
                try await test.poll("attribute", "Level", 4, command: "UpdObjPollingPeriod"), .notSupported,
                "4 is below the min authorized period (5 mS)")
            for period in [Int32(0), 300, 0] {
                #expect(try await test.poll("attribute", "lEVEL", period, command: "UpdObjPollingPeriod") == nil)
                let line = period == 0 ? "Polling externally triggered" : "Polling period (mS) = \(period)"
                #expect(try await test.pollStatus()[0].contains("Polled attribute name = Level\n\(line)\n"))
            }
            #expect(try await test.stopPolling("attribute", "level") == nil)
            #expect(try await test.pollStatus().isEmpty)
        }
    }

    @Test func anOperatorMayNotPollFasterThanTheDeviceAllows() async throws {
        try await self.run { test in
            try await self.configure(
                test, ["min_poll_period": ["500"], "attr_min_poll_period": ["level", "200"], "cmd_min_poll_period": ["run", "250"]])
            func refusal(_ kind: String, _ name: String, _ minimum: Int) -> String {
                "Polling period for \(kind) \(name) is below the min authorized (\(minimum))"
            }
            same(try await test.poll("attribute", "Level", 199), .methodArgument, refusal("attribute", "level", 200))
            same(try await test.poll("attribute", "Other", 499), .methodArgument, refusal("attribute", "other", 500))
            same(try await test.poll("command", "Run", 249), .methodArgument, refusal("command", "run", 250))
            same(try await test.poll("command", "State", 499), .methodArgument, refusal("attribute", "state", 500))
            #expect(try await test.poll("attribute", "Other", 0) == nil)
            #expect(try await test.poll("attribute", "Level", 200) == nil)
            same(
                try await test.poll("attribute", "Level", 199, command: "UpdObjPollingPeriod"), .methodArgument,
                refusal("attribute", "level", 200))
            same(
                try await test.poll("attribute", "Level", 0, command: "UpdObjPollingPeriod"), .methodArgument,
                refusal("attribute", "level", 200))
        }
    }

    @Test func theAdminDeviceDescribesItsPollingCommands() async throws {
        try await self.run { test in
            let infos = try await test.admin().commandList()
            let object = "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name"
            for (name, inType, outType, inText, outText) in [
                ("AddObjPolling", DataType.longStringArray, DataType.void, "Lg[0]=Upd period. \(object)", "Uninitialised"),
                ("UpdObjPollingPeriod", .longStringArray, .void, "Lg[0]=Upd period. \(object)", "Uninitialised"),
                ("RemObjPolling", .stringArray, .void, object, "Uninitialised"),
                ("DevPollStatus", .string, .stringArray, "Device name", "Device polling status"),
                ("PolledDevice", .void, .stringArray, "Uninitialised", "Polled device name list"),
                ("StartPolling", .void, .void, "Uninitialised", "Uninitialised"),
                ("StopPolling", .void, .void, "Uninitialised", "Uninitialised"),
            ] {
                let info = try #require(infos.first { $0.name == name })
                #expect(info.inType == inType && info.outType == outType, "\(name)")
                #expect(info.inDescription == inText && info.outDescription == outText, "\(name)")
            }
        }
    }

    @Test func pollingOfAWholeServerIsStoppedAndStarted() async throws {
        try await self.run { test in
            let admin = try await test.admin()
            let device = try await test.device()
            #expect(try await admin.status() == "The device is ON\nThe polling is ON")
            try await test.poll("attribute", "Level", 5)
            try await test.records(3, of: "Level")
            try await admin.command("StopPolling")
            #expect(try await admin.status() == "The device is ON\nThe polling is OFF")
            #expect(try await admin.state() == .on)
            try await eventually {
                await failure { _ = try await device.readAttribute("Level", source: .cache) }?.reason == "API_NotUpdatedAnyMore"
            }
            try await admin.command("StartPolling")
            #expect(try await admin.status() == "The device is ON\nThe polling is ON")
            try await eventually { await failure { _ = try await device.readAttribute("Level", source: .cache) } == nil }
        }
    }

    @Test func polledDevicesAreListedByName() async throws {
        try await self.run(devices: ["t/z/1", "t/a/1", "t/b/1"]) { test in
            func polled() async throws -> [String] { try await test.admin().command("PolledDevice").strings }
            #expect(try await polled().isEmpty)
            try await test.poll("attribute", "Level", 1000, of: "t/z/1")
            try await test.poll("command", "Run", 0, of: "t/b/1")
            #expect(try await polled() == ["t/b/1", "t/z/1"])
            try await test.stopPolling("attribute", "Level", of: "t/z/1")
            #expect(try await polled() == ["t/b/1"])
        }
    }

    // MARK: - Status

    @Test func theStatusShowsCommandsThenAttributesInOrder() async throws {
        try await self.run { test in
            try await test.poll("attribute", "failing", 10)
            try await test.poll("command", "FAIL", 20)
            try await test.poll("attribute", "other", 0)
            try await test.poll("command", "state", 30)
            try await test.poll("command", "run", 20)
            try await test.poll("attribute", "level", 10)
            try await test.records(5, of: "Level")
            let status = try await test.pollStatus("T/a/1")
            #expect(
                status.map { $0.split(separator: "\n")[0] } == [
                    "Polled command name = Fail", "Polled command name = Run", "Polled command name = State",
                    "Polled attribute name = Failing", "Polled attribute name = Other", "Polled attribute name = State",
                    "Polled attribute name = Level",
                ])
            #expect(
                status[0].hasSuffix("\nLast command execution FAILED :\n\tReason = Test_Run\n\tDesc = no running\n\tOrigin = PolledDevice"))
            #expect(
                status[3].hasSuffix("\nLast attribute read FAILED :\n\tReason = Test_Read\n\tDesc = no reading\n\tOrigin = PolledDevice"))
            #expect(status[1].contains("\nTime needed for the last command execution (mS) = "))
            #expect(status[2].contains("\nTime needed for the last command reading (mS) = "))
            #expect(
                status[4]
                    == "Polled attribute name = Other\nPolling externally triggered\nPolling ring buffer depth = 10\nNo data recorded yet")
            #expect(status[6].contains("\nTime needed for the last attributes (Failing + Level) reading (mS) = "))
            #expect(try #require(status[6].split(separator: "\n").last).split(separator: ",").count == 4, "four deltas")
        }
    }

    @Test func depthsOfRingsComeFromProperties() async throws {
        try await self.run { test in
            try await self.configure(
                test, ["poll_ring_depth": ["4"], "attr_poll_ring_depth": ["level", "3"], "cmd_poll_ring_depth": ["RUN", "2"]])
            for name in ["Level", "Other"] { try await test.poll("attribute", name, 5) }
            try await test.poll("command", "Run", 5)
            let device = try await test.device()
            try await test.records(4, of: "Other")
            try await eventually { try await device.commandHistory("Run", count: 100).count == 2 }
            #expect(try await device.attributeHistory("Level", count: 100).values.count == 3)
            let status = try await test.pollStatus()
            for (text, depth) in zip(status, [2, 3, 4]) { #expect(text.contains("Polling ring buffer depth = \(depth)\n")) }
        }
    }

    // MARK: - Black box

    @Test func pollsAreInTheBlackBox() async throws {
        try await self.run { test in
            let device = try await test.device()
            try await test.poll("attribute", "Level", 20)
            try await test.poll("attribute", "Other", 20)
            try await test.poll("command", "Run", 20)
            try await eventually {
                let lines = try await device.blackBox(50)
                return lines.contains { $0.hasSuffix(" : Operation read_attributes_5 (level, other) from device requested from polling") }
                    && lines.contains { $0.hasSuffix(" : Operation command_inout (cmd = run) from device requested from polling") }
            }
        }
    }

    /// The admin device's property `polling_before_9` (kernel rule 14.5).
    @Test(arguments: [Execution.inline, .blocking]) func attributesAreReadOneByOneWhereThatIsWanted(execution: Execution) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tango-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "Test/test/DEVICE/Polled: \"t/a/1\"\ndserver/Test/test->polling_before_9: True\n"
            .write(toFile: path, atomically: true, encoding: .isoLatin1)
        try await TestServer.run([PolledDevice.deviceClass(execution: execution)], devices: [], source: .file(path)) { test in
            let device = try await test.device()
            for name in ["Level", "Other", "Target"] { try await test.poll("attribute", name, 20) }
            for name in ["Level", "Other", "Target"] { try await test.records(4, of: name) }
            let polls = try await device.blackBox(50).filter { $0.contains("requested from polling") }
            #expect(polls.contains { $0.contains("(other)") } && polls.allSatisfy { !$0.contains(", ") }, "\(polls)")
        }
    }

    /// There are no polling threads here to be shared out (kernel rule 14.4).
    @Test func propertiesOfThePollingThreadsChangeNothingAClientSees() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tango-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = [
            "Test/test/DEVICE/Polled: \"t/a/1\", \"t/a/2\"", "dserver/Test/test->polling_threads_pool_size: 2",
            "dserver/Test/test->polling_threads_pool_conf: \"t/a/1\", \"t/gone/1\"",
        ]
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .isoLatin1)
        try await TestServer.run([PolledDevice.deviceClass()], devices: [], source: .file(path)) { test in
            for device in ["t/a/1", "t/a/2"] {
                #expect(try await test.poll("attribute", "Level", 20, of: device) == nil)
                try await test.records(3, of: "Level", device: device)
                #expect(try await test.pollStatus(device).count == 1)
            }
        }
    }

    // MARK: - Changes

    @Test func pollsAndTheirEndAreSent() async throws {
        try await self.run { test in
            var changes = try test.context().runtime.server.changes.changes().makeAsyncIterator()
            try await test.poll("attribute", "Level", 10)
            guard case .polled(let value)? = await changes.next()?.change else {
                Issue.record("nothing polled")
                return
            }
            #expect(value.name == "Level")
            try await test.stopPolling("attribute", "LEVEL")
            while let change = await changes.next()?.change {
                if case .pollingStopped(let name) = change {
                    #expect(name == "Level")
                    break
                }
            }
        }
    }

    @Test func aDeviceThatHangsDelaysOnlyItselfAndIsReportedLate() async throws {
        let latch = Latch()
        defer { latch.open() }
        try await self.run(devices: ["t/hang/1", "t/a/1"], latch: latch) { test in
            var changes = try test.context().runtime.server.changes.changes().makeAsyncIterator()
            try await test.poll("attribute", "Hanging", 20, of: "t/hang/1")
            try await test.poll("attribute", "Level", 20, of: "t/hang/1")
            try await test.poll("attribute", "Level", 20)
            try await test.records(8, of: "Level")
            #expect(try await test.pollStatus("t/hang/1")[0].contains("No data recorded yet"))
            latch.open()
            try await test.records(2, of: "Hanging", device: "t/hang/1")
            while let (device, change) = await changes.next() {
                // On a busy machine others may be late too.
                if case .pollingLate(let name) = change, device.text == "t/hang/1" {
                    #expect(name == "Level" || name == "Hanging")
                    break
                }
            }
        }
    }
}

extension CommandData {
    var strings: [String] {
        if case .stringArray(let strings) = self { strings } else { [] }
    }
}
