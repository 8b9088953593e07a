import Foundation
import TangoTestSupport
import TangoTesting
import Testing

@testable import TangoMirror

/// What is mirrored.
private final class Original: Device {
    let context: DeviceContext
    var level = 2.5
    var setpoint = 1.0
    var isBroken = false

    init(context: DeviceContext) {
        self.context = context
        context.setState(.moving)
        context.setStatus("on its way")
    }
    func initialize() {}

    enum Mode: Int16, TangoEnum { case low, high }

    static let deviceClass = DeviceClass("Original", Original.self, deviceDescription: "a thing") {
        Attribute("Level", Double.self, label: "Lev", unit: "m", maxAlarm: 9, level: .expert).read { device in
            if device.isBroken { throw DevFailed("Original_Broken", "no level") }
            return device.level
        }
        Attribute("Setpoint", Double.self, minValue: 0, maxValue: 10).stored(at: \.setpoint)
        Attribute("Target", Int32.self).write { _, _ in }
        Attribute("Mode", Mode.self).read { _ in .high }.write { _, _ in }
        Attribute("Wave", [Int16].self, maxDimX: 8).read { _ in [1, 2, 3] }
        Attribute("Picture", TangoImage<UInt8>.self, maxDimX: 4, maxDimY: 4).read { _ in TangoImage([1, 2, 3, 4], width: 2, height: 2) }
        Attribute("Name", String.self).read { _ in "the original" }
        Attribute("Nothing", Double.self).reading { _ in .invalid }
        Attribute("Failing", Double.self).read { _ in throw DevFailed("Original_Failing", "never works") }
        Command("Echo", inDescription: "anything", level: .expert) { (_, text: String) in text }
        Command("Count") { _ in Int32(7) }
        Command("Danger") { device in device.level = -1 }
        DevicePipe("Pipe", description: "of it").read { _ in [PipeElement("one", Int32(1))] }.write { _, _ in }
    }
}

/// A device whose state follows its temperature.
private final class Hot: Device {
    private var temperature = 0.0

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Hot", Hot.self) {
        Attribute("Temperature", Double.self, maxAlarm: 10).stored(at: \.temperature)
    }
}

struct MirrorTests {
    private static let alarm = "The device is in ALARM state.\nAlarm : Value too high for Temperature"

    /// State and status of the twin follow its own values by the limits of the original, whatever the original shows when it is mirrored.
    @Test(arguments: [0.0, 50.0]) func theTwinShowsTheAlarmOfItsAttributes(_ temperature: Double) async throws {
        try await withDevices([TestDevice(Hot.deviceClass, "test/hot/1")]) { system in
            let original = try await system.device("test/hot/1")
            try await original.write("Temperature", temperature)
            _ = try await original.state()
            let mirror = try Mirror(try await .query(original), values: .recorded, original: original)
            try await withDevices([TestDevice(mirror.deviceClass, "simu/hot/1")]) { twins in
                let twin = try await twins.device("simu/hot/1")
                #expect(try await twin.state() == original.state())
                #expect(try await twin.status() == original.status())
                try await twin.write("Temperature", 50.0)
                #expect(try await twin.state() == .alarm)
                #expect(try await twin.status() == Self.alarm)
                #expect(try await twin.readAttribute("Status").data == .string([Self.alarm]))
                try await twin.write("Temperature", 5.0)
                #expect(try await twin.state() == .on)
                #expect(try await twin.status() == "The device is in ON state.")
            }
        }
    }

    /// Runs the original, its twin and the body.
    private func run(
        _ values: MirrorValues = .recorded,
        _ body: (_ system: TestSystem, _ original: DeviceProxy, _ twin: DeviceProxy, _ mirror: Mirror) async throws -> Void
    ) async throws {
        try await withDevices([TestDevice(Original.deviceClass, "test/original/1")]) { system in
            let original = try await system.device("test/original/1")
            try await original.write("Setpoint", 4.0)
            let mirror = try Mirror(try await .query(original), values: values, original: original)
            try await withDevices([TestDevice(mirror.deviceClass, "simu/twin/1")]) { twins in
                let twin = try await twins.device("simu/twin/1")
                try await mirror.prime(twin)
                try await body(system, original, twin, mirror)
            }
        }
    }

    @Test func theTwinHasTheInterfaceOfTheOriginal() async throws {
        try await self.run { (_, original, twin, _) async throws in
            #expect(try await twin.attributeConfigs() == original.attributeConfigs())
            #expect(try await twin.commandList() == original.commandList())
            #expect(try await twin.pipeConfigs() == original.pipeConfigs())
            #expect(try await twin.info().deviceClass == "Original")
            #expect(try await twin.deviceDescription() == "a thing")
            #expect(try await twin.state() == .moving)
            #expect(try await twin.status() == "on its way")
        }
    }

    @Test func recordedValuesAreThoseOfTheOriginal() async throws {
        try await self.run { (_, original, twin, _) async throws in
            let names = try await original.attributeConfigs().map(\.name)
            let (left, right) = (try await original.readAttributes(names), try await twin.readAttributes(names))
            for (a, b) in zip(left, right) {
                #expect(a.data == b.data && a.quality == b.quality && a.errors.first?.reason == b.errors.first?.reason, "\(a.name)")
                #expect(a.readDimension == b.readDimension && a.writeDimension == b.writeDimension, "\(a.name)")
            }
            #expect(try await twin.readPipe("Pipe").blob == original.readPipe("Pipe").blob)
        }
    }

    @Test func writtenValuesAreReadBackAndTheOriginalIsLeftAlone() async throws {
        try await self.run { (_, original, twin, _) async throws in
            try await twin.write("Setpoint", 9.0)
            let reading = try await twin.read("Setpoint", as: Double.self)
            #expect(try reading.value == 9 && reading.setPoint == 9)
            #expect(try await original.read("Setpoint", as: Double.self).value == 4)
            let beyond = await #expect(throws: DevFailed.self) { try await twin.write("Setpoint", 11.0) }
            #expect(beyond?.reason == .writeOutsideLimit)
            #expect(try await twin.command("Echo", "hello", as: String.self) == "hello")
            #expect(try await twin.command("Count", as: Int32.self) == 0)
            try await twin.command("Danger")
            #expect(try await original.read("Level", as: Double.self).value == 2.5)
            try await twin.writePipe("Pipe", PipeBlob(name: "x", elements: [PipeElement("two", Int32(2))]))
            #expect(try await twin.readPipe("Pipe").blob.value("two", as: Int32.self) == 2)
        }
    }

    @Test func randomValuesFitTheAttribute() async throws {
        try await self.run(.random) { (_, original, twin, _) async throws in
            var levels: Set<Double> = []
            for _ in 0..<20 {
                let values = try await twin.readAttributes(["Level", "Setpoint", "Mode", "Wave", "Picture", "Name", "Failing"])
                guard case .double(let level) = values[0].readData, case .double(let setpoint) = values[1].readData,
                    case .short(let mode) = values[2].readData, case .short(let wave) = values[3].readData
                else {
                    Issue.record("wrong types")
                    return
                }
                levels.insert(level[0])
                #expect((0...5).contains(level[0]) && (0...10).contains(setpoint[0]) && (0...1).contains(mode[0]))
                #expect(wave.count == 3 && values[4].readDimension == AttributeDimension(x: 2, y: 2))
                #expect(values[5].data == .string(["the original"]))
                #expect(values[6].failure?.reason == "Original_Failing")
            }
            #expect(levels.count > 1)
        }
    }

    @Test func scriptedValuesComeInTurn() async throws {
        let script = try MirrorScript(
            Data(
                #"""
                {"state": ["ON", "ALARM"],
                 "attributes": {
                   "level": [1, 1.5, {"value": 9.5, "quality": "ATTR_CHANGING"}, {"error": "PS_Broken", "description": "no current"}],
                   "Wave": [[1, 2], [3]], "Picture": [[1, 2, 3]], "Name": "simulated", "Mode": ["low", 1]},
                 "commands": {"Count": 42, "Echo": "always this"}}
                """#.utf8), name: "script")
        try await self.run(.scripted(script)) { (_, _, twin, _) async throws in
            var seen: [AttributeData?] = []
            for _ in 0..<5 { seen.append(try await twin.readAttributes(["Level"])[0].data) }
            #expect(seen == [.double([1]), .double([1.5]), .double([9.5]), AttributeData.none, .double([1])])
            #expect(try await twin.read("Wave", as: [Int16].self).value == [1, 2])
            #expect(try await twin.read("Wave", as: [Int16].self).value == [3])
            #expect(try await twin.read("Picture", as: TangoImage<UInt8>.self).value.width == 3)
            #expect(try await twin.read("Name", as: String.self).value == "simulated")
            #expect(try await twin.read("Mode", as: Int16.self).value == 0)
            #expect(try await twin.read("Mode", as: Int16.self).value == 1)
            #expect(try await twin.command("Count", as: Int32.self) == 42)
            #expect(try await twin.command("Echo", "x", as: String.self) == "always this")
            let states = [try await twin.state(), try await twin.state()]
            #expect(Set(states) == [.on, .alarm])
        }
    }

    @Test(arguments: [
        "", "[]", "{\"attributes\": 3}", "{\"state\": \"NOWHERE\"}", "{\"state\": 1}", "{\"attributes\": {\"Level\": \"text\"}}",
        "{\"attributes\": {\"Wave\": [[1,2,3,4,5,6,7,8,9]]}}", "{\"attributes\": {\"Wave\": 1}}",
        "{\"attributes\": {\"Picture\": [[1,2],[3]]}}", "{\"attributes\": {\"Level\": {\"quality\": \"BAD\", \"value\": 1}}}",
        "{\"attributes\": {\"Mode\": \"nolabel\"}}", "{\"attributes\": {\"Picture\": [[300]]}}", "{\"commands\": {\"Count\": 1e30}}",
    ]) func aWrongScriptIsRefused(_ text: String) async throws {
        await #expect(throws: DevFailed.self) {
            try await self.run(.scripted(try MirrorScript(Data(text.utf8), name: "script"))) { _, _, _, _ in }
        }
    }

    @Test func aTwinFollowsAndSurvivesTheOriginal() async throws {
        try await self.run { (system, original, twin, mirror) async throws in
            let following = Task { await mirror.follow(every: .milliseconds(5)) }
            defer { following.cancel() }
            try await system.withObject(of: "test/original/1", as: Original.self) { device in
                device.level = 3.25
                device.context.setState(.on)
                device.context.setStatus(nil)
            }
            try await eventually { try await twin.read("Level", as: Double.self).value == 3.25 }
            #expect(try await twin.state() == .on)
            #expect(try await twin.status() == "The device is in ON state.")
            try await system.withObject(of: "test/original/1", as: Original.self) { $0.isBroken = true }
            try await eventually { try await twin.readAttributes(["Level"])[0].failure?.reason == "Original_Broken" }
        }
    }
}
