import TangoClient
import TangoCore
import Testing

@testable import TangoServer

struct ConfigurationTests {
    private func run(_ body: (DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { try await body(try await $0.device()) }
    }

    private struct Wrong: Sendable {
        var attribute: String
        var reason: ErrorReason
        var text: String
        var change: @Sendable (inout AttributeConfig) -> Void

        init(_ attribute: String, _ reason: ErrorReason, _ text: String, _ change: @escaping @Sendable (inout AttributeConfig) -> Void) {
            self.attribute = attribute
            self.reason = reason
            self.text = text
            self.change = change
        }
    }

    private static let prefix = "Device t/a/1-> Attribute : "
    private static let wrong: [Wrong] = [
        Wrong("number", .incoherentValues, prefix + "number\nValue of min_value is greater than or equal to max_value") {
            $0.minValue = "10"
        },
        Wrong("number", .incoherentValues, prefix + "number\nValue of min_alarm is greater than or equal to max_alarm") {
            $0.alarm.minAlarm = "3"
            $0.alarm.maxAlarm = "2"
        },
        Wrong("number", .attributeProperty, prefix + "number\nThe property max_value is defined in an unsupported format") {
            $0.maxValue = "1x"
        },
        Wrong("number", .attributeProperty, prefix + "number\nThe property max_value is defined in an unsupported format") {
            $0.maxValue = "0x10"
        },
        Wrong("whole", .attributeProperty, prefix + "whole\nThe property min_value is defined in an unsupported format") {
            $0.minValue = "0x10"
        },
        Wrong("whole", .attributeProperty, prefix + "whole\nThe property min_value is defined in an unsupported format") {
            $0.minValue = "abc"
        },
        Wrong("text", .attributeProperty, prefix + "text\nThe property min_value is not settable for the attribute data type") {
            $0.minValue = "1"
        },
        Wrong("flag", .attributeProperty, prefix + "flag\nThe property max_alarm is not settable for the attribute data type") {
            $0.alarm.maxAlarm = "1"
        },
        Wrong("mode", .attributeProperty, prefix + "mode\nThe property min_value is not settable for the attribute data type") {
            $0.minValue = "1"
        },
        Wrong("number", .attributeNotAllowed, "Attribute property data_type is not changeable at run time") {
            $0.typeNumber = DataType.long.rawValue
        },
        Wrong("number", .attributeNotAllowed, "Attribute property data_format is not changeable at run time") { $0.format = .spectrum },
        Wrong("number", .attributeNotAllowed, "Attribute property writable is not changeable at run time") { $0.writable = .read },
        Wrong("row", .attributeNotAllowed, "Attribute property max_dim_x is not changeable at run time") { $0.maxDimX = 6 },
        Wrong("picture", .attributeNotAllowed, "Attribute property max_dim_y is not changeable at run time") { $0.maxDimY = 6 },
        Wrong("number", .attributeNotAllowed, "Attribute property writable_attr_name is not changeable at run time") {
            $0.writableAttributeName = "row"
        },
        Wrong("number", .attributeNotAllowed, "Attribute property level is not changeable at run time") { $0.level = .expert },
        Wrong("number", .attributeNotAllowed, "Attribute property memorized is not changeable at run time") { $0.isMemorized = true },
        Wrong(
            "colour", .notSupportedFeature,
            prefix + "colour\nIt's not supported to change enumeration labels number from outside the Tango device class code"
        ) { $0.enumLabels = ["one"] },
        Wrong("colour", .attributeProperty, "Enumeration for attribute colour has two similar labels (a, a)") {
            $0.enumLabels = ["a", "a", "b"]
        },
    ]

    @Test func wrongConfigurationsAreRefusedAndChangeNothing() async throws {
        try await self.run { device in
            let before = try await device.attributeConfigs()
            for wrong in Self.wrong {
                let failure = await device.configFailure(wrong.attribute, wrong.change)
                #expect(failure?.reason == wrong.reason && failure?.reasonDescription == wrong.text, "\(wrong.attribute): \(wrong.text)")
            }
            #expect(try await device.attributeConfigs() == before)
            #expect(await device.configFailure("flag") { $0.alarm.minWarning = "1" } == nil)
        }
    }

    @Test func inAListTheEarlierStayChangedAndTheReasonSaysSo() async throws {
        try await self.run { device in
            var configs = try await device.attributeConfigs(["plain", "number", "whole"])
            configs[0].unit = "mm"
            configs[1].minValue = "99"
            configs[2].unit = "kg"
            let sent = configs
            let failure = await #expect(throws: DevFailed.self) { try await device.setAttributeConfigs(sent) }
            #expect(
                failure?.reason.rawValue
                    == "API_IncoherentValues\nAll previous attribute(s) have been successfully updated\nAll remaining attribute(s) have not been updated"
            )
            #expect(try await device.attributeConfigs(["plain", "whole"]).map(\.unit) == ["mm", ""])
        }
    }

    @Test(arguments: [
        ("whole", "1.9", "1"), ("whole", "70000", "4464"), ("small", "300", "44"), ("small", "-5", "5"), ("number", "1.5e0", "1.5e0"),
        ("number", "-2.50", "-2.50"),
    ])
    func numbersAreBroughtToTheType(name: String, sent: String, stored: String) async throws {
        try await self.run { (device) async throws in
            #expect(await device.configFailure(name) { $0.minValue = sent } == nil)
            #expect(try await device.attributeConfig(name).minValue == stored)
        }
    }

    @Test func specialTextsBringDefaultsBack() async throws {
        try await self.run { (device) async throws in
            for (sent, shown) in [("mA", "mA"), ("", "A"), ("kA", "kA"), ("NaN", "A"), ("NOT SPECIFIED", "")] {
                #expect(await device.configFailure("number") { $0.unit = sent } == nil)
                #expect(try await device.attributeConfig("number").unit == shown)
            }
            #expect(await device.configFailure("colour") { $0.enumLabels = ["x", "y", "z"] } == nil)
            #expect(try await device.attributeConfig("colour").enumLabels == ["x", "y", "z"])
            #expect(await device.configFailure("colour") { $0.enumLabels = [""] } == nil)
            #expect(try await device.attributeConfig("colour").enumLabels == ["red", "green", "blue"])
        }
    }

    @Test func newLimitsHoldAtOnce() async throws {
        try await self.run { device in
            #expect(await device.configFailure("number") { $0.maxValue = "3" } == nil)
            #expect(await device.writeFailure("number", .double([4]))?.reason == .writeOutsideLimit)
            #expect(await device.configFailure("number") { $0.maxValue = "Not specified" } == nil)
            #expect(await device.writeFailure("number", .double([1000])) == nil)
        }
    }

    @Test func ofStateOnlyEventSettingsChange() async throws {
        try await self.run { device in
            let failure = await device.configFailure("State") { config in
                config.label = "another"
                config.unit = "V"
                config.events.period = "500"
            }
            #expect(failure == nil)
            let config = try await device.attributeConfig("State")
            #expect(config.label == "State" && config.unit == "" && config.events.period == "500")
        }
    }

    @Test func theDefaultsAreTheLibrarys() async throws {
        try await self.run { device in
            let names = ["plain", "whole", "text", "flag", "colour", "mode"]
            let configs = try await device.attributeConfigs(names)
            #expect(configs.map(\.displayFormat) == ["%6.2f", "%d", "%s", "Not specified", "%s", "Not specified"])
            let plain = configs[0]
            #expect(plain.label == "plain" && plain.description == "No description" && plain.unit == "")
            #expect(plain.standardUnit == "No standard unit" && plain.displayUnit == "No display unit" && plain.level == .operator)
            #expect(plain.minValue == "Not specified" && plain.alarm == AttributeAlarm() && plain.events == EventProperties())
            #expect(plain.maxDimX == 1 && plain.maxDimY == 0 && plain.rootAttributeName == "Not specified")
            let writable = try await device.attributeConfigs(["plain", "target", "number", "actual"]).map(\.writableAttributeName)
            #expect(writable == ["None", "None", "number", "target"])
            let all = try await device.attributeConfigs()
            #expect(all.first?.name == "number" && all.suffix(2).map(\.name) == ["State", "Status"])
            #expect(try await device.attributeConfigs(["PLAIN", "plain"]).map(\.name) == ["plain", "plain"])
        }
    }

    @Test func qualityFollowsTheAlarms() async throws {
        try await self.run { (device) async throws in
            for (number, quality) in [(0.5, AttributeQuality.valid), (2, .warning), (-2, .warning), (10, .alarm), (-10, .alarm)] {
                #expect(await device.writeFailure("number", .double([number])) == nil)
                #expect(try await device.readAttribute("hot").quality == quality, "\(number)")
            }
        }
    }
}
