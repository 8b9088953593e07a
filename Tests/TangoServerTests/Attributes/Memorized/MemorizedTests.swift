import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Set values that outlive the server (kernel rules 13, 4.3 and 4.4).
@Suite struct MemorizedTests {
    final class Oven: Device {
        let context: DeviceContext
        private(set) var written: [Double] = []
        private var refuses = false

        init(context: DeviceContext) { self.context = context }

        func initialize() async throws {
            self.refuses = self.context.property("refuses") == ["yes"]
            self.context.setState(.on)
        }

        static let deviceClass = DeviceClass("Oven", Oven.self, execution: .inline) {
            Oven.temperature("Remembered", .memorized)
            Oven.temperature("Target", .memorizedWriteAtInit)
            Oven.temperature("Plain", .none)
            Command("Written", of: Oven.self, out: .doubleArray) { device, _ in .doubleArray(device.written) }
            Command("Follow", of: Oven.self) { device, _ in
                device.refuses = false
                return .void
            }
            Command("AddDynamic", of: Oven.self) { device, _ in
                try device.context.addAttribute(Oven.temperature("Dynamic", .memorizedWriteAtInit))
                return .void
            }
        }

        static func temperature(_ name: String, _ memorization: Memorization) -> AttributeDefinition {
            AttributeDefinition(
                name: name, type: .double, access: .readWrite, memorization: memorization,
                reader: .sync { _ in AttributeReading(.double([20]), dimension: .scalar) },
                writer: .sync { call, write in
                    let oven = try call.device(as: Oven.self)
                    guard !oven.refuses else { throw DevFailed("Oven_Refuses", "too hot") }
                    if case .double(let values) = write.data { oven.written.append(values[0]) }
                })
        }
    }

    private func run(_ properties: [String], _ body: (TestServer, DeviceProxy) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tango-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = (["Test/test/DEVICE/Oven: \"t/a/1\""] + properties).joined(separator: "\n") + "\n"
        try text.write(toFile: path, atomically: true, encoding: .isoLatin1)
        try await TestServer.run([Oven.deviceClass], devices: [], source: .file(path)) { test in
            try await body(test, try await test.device())
        }
    }

    private func set(_ device: DeviceProxy, _ name: String) async throws -> AttributeData? {
        try await device.readAttribute(name).setData
    }

    @Test func theMemorizedValueIsTheSetValueAndWrittenWhereDeclared() async throws {
        try await self.run(["t/a/1/Remembered->__value: 5", "t/a/1/Target->__value: 7.5", "t/a/1/Plain->__value: 9"]) {
            (_, device) async throws in
            #expect(try await self.set(device, "Remembered") == .double([5]))
            #expect(try await self.set(device, "Target") == .double([7.5]))
            #expect(try await self.set(device, "Plain") == .double([0]))
            #expect(try await device.command("Written") == .doubleArray([7.5]))
            let configs = try await device.attributeConfigs(["Remembered", "Target", "Plain"])
            #expect(configs.map(\.isMemorized) == [true, true, false])
            #expect(configs.map(\.isMemorizedWriteAtInit) == [false, true, false])
        }
    }

    @Test func initWritesTheLastSetValueAndARestartTheRememberedOne() async throws {
        try await self.run(["t/a/1/Target->__value: 7.5"]) { (test, device) async throws in
            try await device.write("Target", 8.25)
            try await device.write("Plain", 3.0)
            try await device.command("Init")
            #expect(try await device.command("Written") == .doubleArray([7.5, 8.25, 3, 8.25]))
            #expect(try await self.set(device, "Plain") == .double([3]))
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await device.command("Written") == .doubleArray([8.25]))
            #expect(try await self.set(device, "Plain") == .double([0]))
        }
    }

    @Test func aWriteThatFailsAtTheStartIsAnAlarmUntilOneSucceeds() async throws {
        try await self.run(["t/a/1/Target->__value: 7.5", "t/a/1->refuses: yes"]) { (_, device) async throws in
            #expect(try await device.state() == .alarm)
            #expect(
                try await device.status()
                    == "The device is in ALARM state.\nMemorized attribute Target has failed during device startup sequence")
            let failure = try #require(try await device.readAttributes(["Target"])[0].failure)
            #expect(failure.errors.map(\.reason) == ["Oven_Refuses", "API_MemAttFailedDuringInit"])
            #expect(
                failure.errors.last?.description
                    == "Attribute Target is a memorized attribute. It failed during the write call of the device startup sequence")
            #expect(await device.writeFailure("Target", .double([1]))?.reason == "Oven_Refuses")
            #expect(try await device.state() == .alarm)
            try await device.command("Follow")
            try await device.write("Target", 1.0)
            #expect(try await device.state() == .on)
            #expect(try await device.readAttribute("Target").failure == nil)
        }
    }

    @Test(arguments: [DataType.ushort, .ulong, .ulong64])
    func theSmallestNumberOfATextIsNoValue(type: DataType) {
        #expect(AttributeData(text: "-170141183460469231731687303715884105728", type: type) == nil)
    }

    @Test func aRememberedValueOutsideTheLimitsIsNotUsed() async throws {
        try await self.run(["t/a/1/Target->__value: 7.5", "t/a/1/Target->max_value: 5"]) { (_, device) async throws in
            #expect(try await device.state() == .on)
            #expect(try await device.command("Written") == .doubleArray([]))
            #expect(try await self.set(device, "Target") == .double([0]))
        }
    }

    @Test func aMemorizedAttributeAddedLaterIsWrittenAtOnce() async throws {
        try await self.run(["t/a/1/Dynamic->__value: 4", "t/a/1/dynamic->label: Found"]) { (_, device) async throws in
            try await device.command("AddDynamic")
            try await eventually { (try await device.command("Written")) == .doubleArray([4]) }
            #expect(try await self.set(device, "Dynamic") == .double([4]))
            #expect(try await device.attributeConfig("dynamic").label == "Found")
        }
    }

    @Test func whatTheDatabaseSaysOfAnAttributeCountsWhenItIsAddedNotAtInit() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tango-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ lines: String...) throws {
            try (["Test/test/DEVICE/Oven: \"t/a/1\""] + lines).joined(separator: "\n").appending("\n")
                .write(toFile: path, atomically: true, encoding: .isoLatin1)
        }
        try write()
        try await TestServer.run([Oven.deviceClass], devices: [], source: .file(path)) { test in
            let device = try await test.device()
            try write(
                "t/a/1/dynamic->__value: 4", "t/a/1/dynamic->label: Found", "CLASS/Oven/dynamic->unit: kelvin",
                "t/a/1/dynamic->max_value: 5",
                "t/a/1/plain->label: Other")
            try await device.command("AddDynamic")
            let config = try await device.attributeConfig("Dynamic")
            #expect((config.label, config.unit, config.maxValue) == ("Found", "kelvin", "5"))
            #expect(try await self.set(device, "Dynamic") == .double([4]))
            try await eventually { (try await device.command("Written")) == .doubleArray([4]) }
            #expect(await device.writeFailure("Dynamic", .double([6]))?.reason == "API_WAttrOutsideLimit")
            // What was there before is as it was.
            try await device.command("Init")
            #expect(try await device.attributeConfig("Plain").label == "Plain")
        }
    }

    @Test func aWrongConfigurationOfAnAddedAttributeMakesNoAlarmUntilTheRestart() async throws {
        try await self.run(["t/a/1/dynamic->min_value: abc"]) { (test, device) async throws in
            try await device.command("AddDynamic")
            #expect(try await device.readAttributes(["Dynamic"])[0].failure?.reason == .attributeConfiguration)
            #expect(try await device.state() == .on)
            #expect(try await device.status() == "The device is in ON state.")
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await device.state() == .alarm)
            #expect(try await device.status().contains("Attribute Dynamic has wrong configuration"))
        }
    }

    @Test func newLimitsMustHoldTheRememberedValue() async throws {
        try await self.run(["t/a/1/Target->__value: 12.5"]) { (_, device) async throws in
            let above = await device.configFailure("Target") { $0.maxValue = "10" }
            #expect(above?.reason == .attributeProperty)
            #expect(
                above?.reasonDescription
                    == "Device t/a/1-> Attribute : Target\nThis attribute is memorized and the memorized value (12.5) is above the new limit!!"
            )
            let below = await device.configFailure("Target") { $0.minValue = "13" }
            #expect(below?.reasonDescription.contains("is below the new limit!!") == true)
            #expect(try await device.attributeConfig("Target").maxValue == "Not specified")
            // Limits are compared one by one, before all that comes after.
            let crossed = await device.configFailure("Target") { ($0.minValue, $0.maxValue) = ("14", "13") }
            #expect(crossed?.reasonDescription.contains("is below the new limit!!") == true)
            let wrongAlarm = await device.configFailure("Target") { ($0.maxValue, $0.alarm.minAlarm) = ("10", "abc") }
            #expect(wrongAlarm?.reasonDescription.contains("is above the new limit!!") == true)
            let wrongBefore = await device.configFailure("Target") { ($0.minValue, $0.maxValue) = ("abc", "10") }
            #expect(wrongBefore?.reasonDescription.contains("The property min_value is defined in an unsupported format") == true)
            let equal = await device.configFailure("Target") { ($0.minValue, $0.maxValue) = ("12.5", "12.5") }
            #expect(equal?.reason == .incoherentValues)
        }
    }
}
