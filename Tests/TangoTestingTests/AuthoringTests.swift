import TangoTesting
import Testing

struct AuthoringTests {
    private func run(_ body: (TestSystem, DeviceProxy) async throws -> Void) async throws {
        try await withDevices([TestDevice(Workbench.deviceClass, "test/bench/1", properties: ["host": ["here"]])]) { system in
            try await body(system, try await system.device("test/bench/1"))
        }
    }

    @Test func allMetadataOfAnAttributeReachTheClient() async throws {
        try await self.run { (_, device) async throws in
            let config = try await device.attributeConfig("level")
            #expect(config.name == "Level" && config.label == "The level" && config.description == "How high")
            #expect(config.unit == "m" && config.standardUnit == "1" && config.displayUnit == "m" && config.displayFormat == "%5.2f")
            #expect(config.minValue == "0.0" && config.maxValue == "100.0")
            #expect(config.alarm.minAlarm == "1.0" && config.alarm.maxAlarm == "90.0")
            #expect(config.alarm.minWarning == "2.0" && config.alarm.maxWarning == "80.0")
            #expect(config.alarm.deltaTime == "500" && config.alarm.deltaValue == "0.5")
            #expect(config.events.absoluteChange == "0.25" && config.events.relativeChange == "5" && config.events.period == "2000")
            #expect(config.events.archiveAbsoluteChange == "1" && config.events.archiveRelativeChange == "10")
            #expect(config.events.archivePeriod == "10000" && config.level == .expert && config.isMemorized)
            #expect(config.writable == .readWrite && config.writableAttributeName == "Level" && config.type == .double)
            let plain = try await device.attributeConfig("Number")
            #expect(plain.label == "Number" && plain.description == "No description" && plain.minValue == "Not specified")
        }
    }

    @Test func handlersMakeTheWritableKind() async throws {
        try await self.run { (_, device) async throws in
            for (name, kind) in [
                ("Level", AttributeWriteType.readWrite), ("ByKeyPath", .read), ("ByMethod", .readWrite), ("Target", .write),
                ("Actual", .readWithWrite), ("Later", .read),
            ] { #expect(try await device.attributeConfig(name).writable == kind, "\(name)") }
            try await device.write("Target", 4.0)
            let actual = try await device.read("Actual", as: Double.self)
            #expect(try actual.value == 8 && actual.setPoint == 4)
        }
    }

    @Test(arguments: ["Level", "ByMethod", "ByAsyncMethod"]) func valuesGoBothWays(_ name: String) async throws {
        try await self.run { (system, device) async throws in
            #expect(try await device.read(name, as: Double.self).value == 1.5)
            try await device.write(name, 42.0)
            #expect(try await device.read("ByKeyPath", as: Double.self).value == 42)
            #expect(try await device.read("Later", as: Int64.self).value == 42)
            #expect(try await system.withObject(of: "test/bench/1", as: Workbench.self) { $0.level } == 42)
        }
    }

    @Test func spectraImagesAndEnumerations() async throws {
        try await self.run { (_, device) async throws in
            try await device.write("Trace", [Int32(7), 8])
            #expect(try await device.read("Trace", as: [Int32].self).value == [7, 8])
            #expect(try await device.attributeConfig("Trace").maxDimX == 5)
            try await device.write("Picture", TangoImage<UInt16>([9, 8], width: 1, height: 2))
            let picture = try await device.read("Picture", as: TangoImage<UInt16>.self).value
            #expect(picture.values == [9, 8] && picture.width == 1 && picture.height == 2)
            let config = try await device.attributeConfig("Picture")
            #expect(config.maxDimX == 4 && config.maxDimY == 3 && config.format == .image)
            #expect(try await device.attributeConfig("Mode").enumLabels == ["manual", "remote", "programmed"])
            try await device.write("Mode", Mode.programmed)
            #expect(try await device.read("Mode", as: Mode.self).value == .programmed)
            #expect(try await device.read("Channel2", as: Int32.self).value == 8)
            let failure = await #expect(throws: DevFailed.self) { try await device.write("Trace", Array(repeating: Int32(1), count: 6)) }
            #expect(failure?.reason == .writeOutsideLimit)
        }
    }

    @Test func aReadingHasQualityAndTime() async throws {
        try await self.run { (_, device) async throws in
            let moving = try await device.read("Moving", as: Double.self)
            #expect(try moving.quality == .changing && moving.time == Timestamp(seconds: 12, microseconds: 34) && moving.value == 1.5)
            #expect(try await device.read("MovingByMethod", as: Double.self).quality == .warning)
            let nothing = try await device.read("Nothing", as: Double.self)
            #expect(nothing.quality == .invalid && nothing.valueIfValid == nil)
            #expect(try await device.read("Level", as: Double.self).quality == .warning)
        }
    }

    @Test func commandsTakeAndGiveSwiftTypes() async throws {
        try await self.run { (_, device) async throws in
            #expect(try await device.command("Ramp", 3.5, as: Double.self) == 2)
            try await device.command("RampLater", .double(10))
            #expect(try await device.command("AddByMethod", 1.0, as: Double.self) == 11)
            #expect(try await device.command("AddLaterByMethod", 2.0, as: Double.self) == 12)
            try await device.command("ResetByMethod")
            #expect(try await device.read("ByKeyPath", as: Double.self).value == -1)
            try await device.command("Reset")
            #expect(try await device.command("Names", as: [String].self) == ["start", "here:5000"])
            let both = try await device.command("Both", LongStringArray(longs: [1], strings: ["a"]), as: DoubleStringArray.self)
            #expect(both == DoubleStringArray(doubles: [1], strings: ["a"]))
            try await device.command("SetMode", .short(1))
            #expect(try await device.read("Mode", as: Mode.self).value == .remote)
            #expect(try await device.command("Echo", [Int32(4)], as: [Int32].self) == [4])
            let infos = try await device.commandList()
            let ramp = try #require(infos.first { $0.name == "Ramp" })
            #expect(ramp.inType == .double && ramp.outType == .double && ramp.inDescription == "target" && ramp.outDescription == "way")
            #expect(infos.first { $0.name == "OnlyWhenOff" }?.level == .expert)
            #expect(infos.first { $0.name == "SetMode" }?.inType == .enum)
        }
    }

    @Test func errorsReachTheClient() async throws {
        try await self.run { (_, device) async throws in
            let broken = await #expect(throws: DevFailed.self) { try await device.command("Fail") }
            #expect(broken?.reason == "Bench_Broken" && broken?.reasonDescription == "it is broken")
            let wrongEnum = await #expect(throws: DevFailed.self) { try await device.command("SetMode", .short(9)) }
            #expect(wrongEnum?.reason == .incompatibleCommandArgument)
        }
    }

    @Test func statesAllowAndForbid() async throws {
        try await self.run { (system, device) async throws in
            let context = try system.context(of: "test/bench/1")
            #expect(try await device.read("WhenOn", as: Bool.self).value == true)
            try await device.write("NotWrittenWhenMoving", true)
            let off = await #expect(throws: DevFailed.self) { try await device.command("OnlyWhenOff") }
            #expect(off?.reason == .commandNotAllowed)
            context.setState(.moving)
            let read = await #expect(throws: DevFailed.self) { try await device.read("WhenOn", as: Bool.self) }
            #expect(read?.reason == .attributeNotAllowed)
            #expect(try await device.read("NotWrittenWhenMoving", as: Bool.self).value == true)
            let written = await #expect(throws: DevFailed.self) { try await device.write("NotWrittenWhenMoving", true) }
            #expect(written?.reason == .attributeNotAllowed)
            let remote = await #expect(throws: DevFailed.self) { try await device.read("WhenRemote", as: Bool.self) }
            #expect(remote?.reason == .attributeNotAllowed)
            try await device.write("Mode", Mode.remote)
            #expect(try await device.read("WhenRemote", as: Bool.self).value == true)
        }
    }

    @Test func pipesAreMadeOfTypedElements() async throws {
        try await self.run { (_, device) async throws in
            let blob = try await device.readPipe("settings").blob
            #expect(blob.name == "Settings" && blob.elements.map(\.name) == ["level", "trace", "inner"])
            #expect(try blob.value("LEVEL", as: Double.self) == 1.5)
            #expect(try blob.values("trace", of: Int32.self) == [1, 2, 3])
            #expect(try blob.blob("inner").value("name", as: String.self) == "start")
            let missing = #expect(throws: DevFailed.self) { try blob.value("nope", as: Double.self) }
            #expect(missing?.reason == "API_PipeDataEltNotFound")
            #expect(throws: DevFailed.self) { try blob.value("level", as: String.self) }
            let new = PipeBlob(
                name: "x",
                elements: [PipeElement("level", 9.0), PipeElement("trace", [Int32(5)]), PipeElement("inner", [PipeElement("name", "new")])])
            try await device.writePipe("Settings", new)
            #expect(try await device.command("Names", as: [String].self).first == "new")
            #expect(try await device.readPipe("ByMethod").blob.value("one", as: Int32.self) == 1)
            #expect(try await device.pipeConfigs().map(\.writable) == [.readWrite, .read])
        }
    }

    @Test func propertiesAreTypedAndHaveDefaults() async throws {
        try await self.run { (system, _) async throws in
            let context = try system.context(of: "test/bench/1")
            #expect(try context.property(Workbench.host) == "here")
            #expect(try context.property(Workbench.port) == 5000)
            #expect(try context.property(Workbench.axes) == [1, 2.5])
            #expect(try context.property(Workbench.nickname) == nil)
            #expect(try context.property(Workbench.facility) == "nowhere")
            try await context.set(Workbench.axes, to: [3])
            try await context.set(Workbench.nickname, to: "Bob")
            #expect(system.storedProperties(of: "test/bench/1") == ["host": ["here"], "axes": ["3.0"], "nickname": ["Bob"]])
            try await system.restart()
            let again = try system.context(of: "test/bench/1")
            #expect(try again.property(Workbench.axes) == [3])
            #expect(try again.property(Workbench.nickname) == "Bob")
        }
    }

    @Test func aDeviceWithoutAMandatoryPropertySaysSo() async throws {
        let devices = [
            TestDevice(Workbench.deviceClass, "test/bench/1"),
            TestDevice(Workbench.deviceClass, "test/bench/2", properties: ["Host": ["b"], "Port": ["many"]]),
        ]
        try await withDevices(devices, classProperties: ["Workbench": ["Facility": ["lab"]]]) { system in
            let missing = try await system.device("test/bench/1")
            #expect(try await missing.state() == .fault)
            #expect(try await missing.status().contains("Device property Host of device test/bench/1 is mandatory"))
            let wrong = try await system.device("test/bench/2")
            #expect(try await wrong.state() == .fault)
            #expect(try await wrong.status().contains("Property Port of device test/bench/2 is [\"many\"], not a value of type Int"))
            #expect(try system.context(of: "test/bench/2").property(Workbench.facility) == "lab")
        }
    }

    @Test func theSameDeclarationsAreAddedAtRunTime() async throws {
        try await self.run { (system, device) async throws in
            let context = try system.context(of: "test/bench/1")
            try context.addAttribute(Attribute("Extra", of: Workbench.self, Double.self, unit: "V").stored(at: \.level))
            try context.addCommand(Command("ExtraCommand") { (device: Workbench) in device.level })
            context.addPipe(DevicePipe("ExtraPipe", of: Workbench.self).read { [PipeElement("level", $0.level)] })
            try context.add(of: Workbench.self) {
                for index in 0..<3 { Attribute("Row\(index)", Int32.self).read { $0.trace[index] } }
                Command("Twice") { (_, number: Int32) in number * 2 }
            }
            try await device.write("Extra", 5.0)
            #expect(try await device.command("ExtraCommand", as: Double.self) == 5)
            #expect(try await device.readPipe("ExtraPipe").blob.value("level", as: Double.self) == 5)
            #expect(try await device.read("Row2", as: Int32.self).value == 3)
            #expect(try await device.command("Twice", Int32(4), as: Int32.self) == 8)
            #expect(try await device.attributeConfig("Extra").unit == "V")
            let conflict = #expect(throws: DevFailed.self) {
                try context.addAttribute(Attribute("Extra", of: Workbench.self, Int32.self).read { _ in 1 })
            }
            #expect(conflict?.reason == .attributeNotFound)
        }
    }

    @Test func intIsDevLong64() async throws {
        try await self.run { (_, device) async throws in
            #expect(try await device.attributeConfig("Count").type == .long64)
            try await device.write("Count", Int64(1) << 40)
            #expect(try await device.read("Count", as: Int.self).value == 1 << 40)
            #expect(try await device.read("Counts", as: [Int64].self).value == [1, 2])
            #expect(try await device.command("Add", [1, 2, 3], as: Int.self) == 6)
            let info = try await device.commandInfo("Add")
            #expect(info.inType == .long64Array && info.outType == .long64)
        }
    }

    @Test func aResultMayBeDiscarded() async throws {
        try await self.run { (_, device) async throws in
            try await device.command("Ramp", 3.5)
            #expect(try await device.read("ByKeyPath", as: Double.self).value == 3.5)
        }
    }

    @Test func aPushedValueHasTheTypeOfTheAttribute() async throws {
        try await self.run { (system, _) async throws in
            let context = try system.context(of: "test/bench/1")
            try context.push(.change, "Level", 3.5)
            try context.push(.archive, "Trace", [Int32(1), 2], quality: .changing)
            try context.push(.change, "Mode", Mode.remote)
            for push in [{ try context.push(.change, "Level", Int32(3)) }, { try context.push(.change, "Level", [3.5]) }] {
                let failure = #expect(throws: DevFailed.self) { try push() }
                #expect(failure?.reason == .incompatibleAttributeType)
            }
            let missing = #expect(throws: DevFailed.self) { try context.push(.change, "Nothing at all", 1.0) }
            #expect(missing?.reason == .attributeNotFound)
        }
    }

    @Test func withDeviceGivesTheDeviceInItsOwnClass() async throws {
        final class Other: Device {
            init(context: DeviceContext) {}
            func initialize() {}
        }
        try await self.run { (system, _) async throws in
            let context = try system.context(of: "test/bench/1")
            #expect(try await context.withDevice { (bench: Workbench) in bench.level } == 1.5)
            let failure = await #expect(throws: DevFailed.self) { try await context.withDevice(as: Other.self) { _ in } }
            #expect(failure?.reason == "API_WrongDeviceClass")
        }
    }

    @Test func codeOfAnotherClassIsRefusedNotRun() async throws {
        final class Other: Device {
            init(context: DeviceContext) {}
            func initialize() {}
        }
        try await self.run { (system, device) async throws in
            try system.context(of: "test/bench/1").addAttribute(Attribute("Foreign", of: Other.self, Double.self).read { _ in 1 })
            let failure = await #expect(throws: DevFailed.self) { try await device.read("Foreign", as: Double.self) }
            #expect(failure?.reason == "API_WrongDeviceClass")
        }
    }
}
