import TangoClient
import TangoCore
import TangoTestSupport
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
            "color", .notSupportedFeature,
            prefix + "color\nIt's not supported to change enumeration labels number from outside the Tango device class code"
        ) { $0.enumLabels = ["one"] },
        Wrong("color", .attributeProperty, "Enumeration for attribute color has two similar labels (a, a)") {
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

    @Test func theSameNumberAsTheDefaultIsTheDefault() throws {
        func kept(_ setting: AttributeSetting, _ text: String, _ inherited: String, _ type: DataType = .double) throws -> String {
            try setting.normalized(text, AttributeDefinition(name: "a", type: type), inherited: inherited, device: "t/a/1")
        }
        #expect(try kept(.maxValue, "1E2", "100") == "100")
        #expect(try kept(.minAlarm, "100.00", "1e2") == "1e2")
        #expect(try kept(.maxWarning, "0.1000000001", "0.1", .float) == "0.1")
        #expect(try kept(.maxWarning, "0.1000000001", "0.1") == "0.1000000001")
        #expect(try kept(.maxValue, "1E2", "Not specified") == "1E2")
        #expect(try kept(.deltaValue, "1E2", "100") == "1E2")
    }

    @Test func specialTextsBringDefaultsBack() async throws {
        try await self.run { (device) async throws in
            for (sent, shown) in [("mA", "mA"), ("", "A"), ("kA", "kA"), ("NaN", "A"), ("NOT SPECIFIED", "")] {
                #expect(await device.configFailure("number") { $0.unit = sent } == nil)
                #expect(try await device.attributeConfig("number").unit == shown)
            }
            #expect(await device.configFailure("color") { $0.enumLabels = ["x", "y", "z"] } == nil)
            #expect(try await device.attributeConfig("color").enumLabels == ["x", "y", "z"])
            #expect(await device.configFailure("color") { $0.enumLabels = [""] } == nil)
            #expect(try await device.attributeConfig("color").enumLabels == ["red", "green", "blue"])
        }
    }

    @Test func textsOfTheLibraryAreShownButNotKept() async throws {
        try await self.run { device in
            for change in [
                { $0.description = "No description" }, { $0.standardUnit = "No standard unit" }, { $0.displayUnit = "No display unit" },
                { $0.label = "No label" }, { $0.displayFormat = "%6.2f" },
            ] as [@Sendable (inout AttributeConfig) -> Void] {
                #expect(await device.configFailure("whole", change) == nil)
            }
            let config = try await device.attributeConfig("whole")
            #expect(config.label == "No label" && config.displayFormat == "%6.2f")
        }
    }

    @Test func timesAndCriteriaAreTakenAsMeasured() async throws {
        try await self.run { device in
            let failure = await device.configFailure("number") {
                $0.events.period = "1e2"
                $0.events.archivePeriod = " 5"
                $0.events.absoluteChange = "-1,2"
                $0.events.relativeChange = "0,3.50"
                $0.alarm.deltaTime = ".5"
                $0.alarm.deltaValue = "+5"
            }
            #expect(failure == nil)
            let config = try await device.attributeConfig("number")
            #expect(config.events.period == "100" && config.events.archivePeriod == "5")
            #expect(config.events.absoluteChange == "1,2" && config.events.relativeChange == "Not specified,3.5")
            #expect(config.alarm.deltaTime == "Not specified" && config.alarm.deltaValue == "+5")
            for wrong in ["abc", "1,2,3", "5 ", "inf"] {
                #expect(await device.configFailure("number") { $0.events.absoluteChange = wrong }?.reason == .attributeProperty)
            }
            #expect(try await device.attributeConfig("number").events.absoluteChange == "1,2")
        }
    }

    @Test func whatWordsCannotHaveIsPassedOver() async throws {
        try await self.run { device in
            for name in ["text", "flag", "mode"] {
                let before = try await device.attributeConfig(name)
                let failure = await device.configFailure(name) {
                    $0.alarm.minWarning = "1"
                    $0.alarm.deltaTime = "abc"
                    $0.alarm.deltaValue = "5"
                    $0.events.absoluteChange = "abc"
                }
                #expect(failure == nil)
                #expect(try await device.attributeConfig(name) == before)
            }
        }
    }

    @Test func memorizedCannotBeChangedIntoWriteAtInit() async throws {
        let definition = AttributeDefinition(
            name: "kept", type: .long, access: .readWrite, memorization: .memorized,
            reader: .sync { _ in AttributeReading(.long([1]), dimension: .scalar) }, writer: .sync { _, _ in })
        let attribute = Self.attribute(definition)
        var config = attribute.config
        config.isMemorizedWriteAtInit = true
        #expect(throws: DevFailed.self) { try attribute.plan(config, device: "t/a/1") }
    }

    // MARK: - What is written to the database, and what the start makes of it

    private static func attribute(
        _ definition: AttributeDefinition, _ stored: [String: [String]] = [:], ofClass: [String: [String]] = [:]
    ) -> AttributeRuntime {
        AttributeRuntime(
            ClassAttribute(definition), deviceName: "t/a/1", properties: StoredAttributeProperties(device: stored, deviceClass: ofClass),
            activeAlarms: ActiveAlarmCount())
    }

    private static func number(_ type: DataType = .double, _ properties: AttributeDefaults = AttributeDefaults()) -> AttributeDefinition {
        AttributeDefinition(
            name: "a", type: type, enumLabels: type == .enum ? ["x", "y"] : [], properties: properties,
            reader: .sync { _ in AttributeReading(.double([50]), dimension: .scalar) })
    }

    /// What is written to the database when a client changes something.
    private static func changes(
        of attribute: AttributeRuntime, _ change: (inout AttributeConfig) -> Void
    ) throws -> [String: [String]?] {
        var config = attribute.config
        change(&config)
        let planned = try attribute.plan(config, device: "t/a/1")
        attribute.apply(planned)
        return Dictionary(uniqueKeysWithValues: planned.changes.map { ($0.name, $0.values) })
    }

    @Test func theDatabaseGetsWhatTheLevelsBelowDoNotSay() throws {
        var properties: AttributeDefaults = [.label: "Label", .unit: "V"]
        properties[.absoluteChange] = "1"
        properties[.archivePeriod] = "5000"
        let attribute = Self.attribute(Self.number(.double, properties), ofClass: ["unit": ["W"]])
        #expect(try Self.changes(of: attribute) { $0.unit = "" } == ["unit": ["V"]])
        #expect(try Self.changes(of: attribute) { $0.unit = "NaN" } == ["unit": nil])
        #expect(try Self.changes(of: attribute) { $0.label = "Not specified" } == ["label": ["a"]])
        #expect(try Self.changes(of: attribute) { $0.label = "No label" } == ["label": nil])
        #expect(try Self.changes(of: attribute) { $0.events.absoluteChange = "1,5" } == ["abs_change": ["NaN", "5"]])
        #expect(try Self.changes(of: attribute) { $0.events.absoluteChange = "0" } == ["abs_change": ["2147483647"]])
        #expect(try Self.changes(of: attribute) { $0.events.archivePeriod = "Not specified" } == ["archive_period": ["2147483647"]])
        #expect(
            attribute.config.unit == "W" && attribute.config.label == "No label"
                && attribute.config.events.absoluteChange == "Not specified")
        #expect(try Self.changes(of: attribute) { _ in }.isEmpty)
    }

    @Test func timeAndValueOfADifferenceAreKeptTogether() throws {
        let attribute = Self.attribute(Self.number())
        #expect(try Self.changes(of: attribute) { $0.alarm.deltaTime = "10" }.isEmpty)
        #expect(attribute.config.alarm.deltaTime == "10" && !attribute.hasAlarms)
        #expect(try Self.changes(of: attribute) { $0.alarm.deltaValue = "2" } == ["delta_t": ["10"], "delta_val": ["2"]])
        #expect(attribute.hasAlarms)
        #expect(try Self.changes(of: attribute) { $0.alarm = AttributeAlarm() } == ["delta_t": nil, "delta_val": nil])
        // Changing one of two defaults of the class stores both.
        var properties = AttributeDefaults()
        properties[.deltaTime] = "100"
        properties[.deltaValue] = "5"
        let other = Self.attribute(Self.number(.double, properties))
        #expect(try Self.changes(of: other) { $0.alarm.deltaValue = "+5" }.isEmpty)
        #expect(try Self.changes(of: other) { $0.alarm.deltaValue = "25" } == ["delta_t": ["100"], "delta_val": ["25"]])
    }

    @Test func aDifferenceThatIsNotChangedStaysInTheDatabaseAsItWas() throws {
        let properties: AttributeDefaults = [.deltaTime: "100", .deltaValue: "5"]
        let attribute = Self.attribute(Self.number(.double, properties), ["delta_val": ["+5"]])
        #expect(try Self.changes(of: attribute) { $0.label = "other" } == ["label": ["other"]])
        let other = Self.attribute(Self.number(.short, properties), ["delta_t": ["25"]])
        #expect(try Self.changes(of: other) { $0.label = "other" } == ["label": ["other"]])
        let long = Self.attribute(
            Self.number(.short, [.deltaTime: "100000000", .deltaValue: "5"]), ["delta_val": ["-5"]])
        #expect(try Self.changes(of: long) { $0.label = "other" } == ["label": ["other"]])
        // Read from the database this is 1, sent by a client 1000.
        let strange = Self.attribute(Self.number(.short, properties), ["delta_val": ["1e3"]])
        #expect(
            try Self.changes(of: strange) { $0.label = "other" } == ["label": ["other"], "delta_t": ["100"], "delta_val": ["1000"]])
    }

    @Test(arguments: ["0", "1,2,3", "NaN", "not specified"])
    func aCriterionThatIsNotChangedStaysInTheDatabaseAsItWas(text: String) throws {
        let attribute = Self.attribute(Self.number(.short, [.absoluteChange: "1"]), ["abs_change": [text]])
        #expect(try Self.changes(of: attribute) { $0.label = "other" } == ["label": ["other"]])
    }

    @Test func aWriteAttributeHasNoAlarms() {
        var definition = Self.number(.double, [.minAlarm: "20"])
        #expect(Self.attribute(definition).hasAlarms)
        definition.access = .write
        #expect(!Self.attribute(definition).hasAlarms)
    }

    private static let hint =
        "\nSetting a valid value (also 'NaN', 'Not specified' and '' - empty string) for any property for this attribute will automatically bring the above-mentioned property to its library defaults\nHint : Check also class level attribute properties"
    private static let difference = "RDS alarm properties (delta_t and delta_val) are not correctly defined for attribute a in device t/a/1"

    @Test(arguments: [
        (DataType.double, ["min_value": ["abc"]], "The property min_value is defined in an unsupported format"),
        (.double, ["min_value": ["NaN"]], "The property min_value is defined in an unsupported format"),
        (
            .double, ["min_value": ["abc"], "max_alarm": ["x"]],
            "The property max_alarm is defined in an unsupported format\nThe property min_value is defined in an unsupported format"
        ),
        (.double, ["min_value": ["5"], "max_value": ["1"]], "Value of min_value is greater than or equal to max_value"),
        (.uchar, ["min_value": ["1.9"]], "The property min_value is defined in an unsupported format"),
        (.boolean, ["min_warning": ["1"]], "The property min_warning is not settable for the attribute data type"),
        (.string, ["abs_change": ["1"]], "The property abs_change is not settable for the attribute data type" + Self.hint),
        (.double, ["abs_change": ["1", "abc"]], "The property abs_change is defined in an unsupported format" + Self.hint),
        (.long, ["event_period": ["1e3"]], "The property event_period is defined in an unsupported format" + Self.hint),
        (.long, ["archive_period": ["Not specified"]], "The property archive_period is defined in an unsupported format" + Self.hint),
        (.long, ["delta_t": ["5"]], Self.difference), (.long, ["delta_val": ["0"]], Self.difference),
        (.long, ["delta_t": ["abc"], "delta_val": ["1"]], "Can't convert property value for property delta_t\n" + Self.difference),
        (.string, ["delta_t": ["5"]], "The property delta_t is not settable for the attribute data type"),
        (.enum, ["delta_val": ["5"]], "The property delta_val is not settable for the attribute data type"),
        (.enum, ["enum_labels": ["x", "x"]], "Enumeration for attribute a has two similar labels (x, x)"),
        (
            .double, ["min_value": ["abc"], "event_period": ["x"]],
            "The property event_period is defined in an unsupported format\nThe property min_value is defined in an unsupported format\nSetting valid value (also 'NaN', 'Not specified' and '' - empty string) for min_value will automatically bring event_period to its library defaults\nHint : Check also class level attribute properties"
        ),
    ])
    func wrongPropertiesAtTheStartAreReported(type: DataType, stored: [String: [String]], text: String) {
        let error = Self.attribute(Self.number(type), stored).configurationError
        #expect(error?.reason == .attributeConfiguration)
        #expect(error?.reasonDescription == "\nDevice t/a/1-> Attribute : a\n" + text)
    }

    @Test(arguments: [
        (DataType.double, ["min_value": ["Not specified"], "delta_t": ["0"], "event_period": ["-5"], "archive_period": ["2147483647"]]),
        (.long, ["min_value": ["1.9"], "max_value": [" 5"]]), (.uchar, ["max_value": ["-5"]]), (.string, ["delta_t": ["0"]]),
        (.double, ["abs_change": ["NaN", "2"], "rel_change": ["Not specified"]]),
    ])
    func strangePropertiesAtTheStartAreTaken(type: DataType, stored: [String: [String]]) {
        #expect(Self.attribute(Self.number(type), stored).configurationError == nil)
    }

    @Test func wrongTimesAndCriteriaAreShownAsTheLibrarysAndRepairedByAnyChange() throws {
        var properties = AttributeDefaults()
        properties[.eventPeriod] = "500"
        properties[.relativeChange] = "2"
        let attribute = Self.attribute(Self.number(.double, properties), ["event_period": ["abc"], "rel_change": ["x"]])
        #expect(attribute.config.events.period == "1000" && attribute.config.events.relativeChange == "Not specified")
        #expect(attribute.configurationError?.reasonDescription.contains("above-listed properties to their library defaults") == true)
        #expect(try Self.changes(of: attribute) { $0.unit = "V" }["unit"] == ["V"])
        #expect(attribute.configurationError == nil && attribute.config.unit == "V")
    }

    @Test func aWrongLimitStaysWrongUntilItIsRepaired() throws {
        let attribute = Self.attribute(Self.number(), ["min_value": ["abc"]])
        #expect(throws: DevFailed.self) { try Self.changes(of: attribute) { $0.unit = "V" } }
        #expect(attribute.configurationError != nil && attribute.config.unit == "" && attribute.config.minValue == "abc")
        #expect(try Self.changes(of: attribute) { $0.minValue = "1" } == ["min_value": ["1"]])
        #expect(attribute.configurationError == nil)
    }

    @Test func specialTextsInTheDatabaseMeanSomethingOnlyWhenSetAgain() throws {
        let attribute = Self.attribute(Self.number(), ["description": ["NaN"], "label": ["Not specified"]])
        #expect(attribute.config.description == "NaN" && attribute.config.label == "Not specified")
        #expect(try Self.changes(of: attribute) { $0.unit = "V" } == ["unit": ["V"], "description": nil, "label": nil])
        #expect(attribute.config.description == "No description" && attribute.config.label == "a")
    }

    @Test func whatTheDatabaseSaysAsTheLibraryWouldIsLeftThere() throws {
        let attribute = Self.attribute(Self.number(), ["min_value": ["Not specified"], "delta_t": ["0"], "delta_val": ["NaN"]])
        #expect(try Self.changes(of: attribute) { $0.unit = "V" } == ["unit": ["V"]])
        #expect(attribute.config.minValue == "Not specified" && attribute.config.alarm.deltaTime == "Not specified")
        let other = Self.attribute(Self.number(), ["delta_val": ["not specified"]])
        #expect(try Self.changes(of: other) { $0.unit = "V" } == ["unit": ["V"]])
        #expect(
            try Self.changes(of: other) { ($0.alarm.deltaTime, $0.alarm.deltaValue) = ("5", "1") } == [
                "delta_t": ["5"], "delta_val": ["1"],
            ])
        #expect(try Self.changes(of: other) { ($0.alarm.deltaTime, $0.alarm.deltaValue) = ("", "") } == ["delta_t": nil, "delta_val": nil])
    }

    @Test func labelsBeginningWithASpecialTextAreThatText() throws {
        let attribute = Self.attribute(Self.number(.enum), ["enum_labels": ["p", "q"]])
        #expect(try Self.changes(of: attribute) { $0.enumLabels = ["NaN", "B"] } == ["enum_labels": nil])
        #expect(attribute.config.enumLabels == ["x", "y"])
        #expect(throws: DevFailed.self) { try Self.changes(of: attribute) { $0.enumLabels = ["Not specified", "B"] } }
        #expect(throws: DevFailed.self) { try Self.changes(of: attribute) { $0.enumLabels = [] } }
    }

    @Test func anEnumBeyondItsLabelsCannotBeRead() {
        let attribute = Self.attribute(Self.number(.enum))
        let value = attribute.value(from: AttributeReading(.short([1, 2]), dimension: .scalar), setSource: nil)
        #expect(value.failure != nil)
        let scalar = attribute.value(from: AttributeReading(.short([2]), dimension: .scalar), setSource: nil)
        #expect(
            scalar.failure?.reasonDescription
                == "Wrong value for attribute a. Element 0 (value = 2) is negative or above the limit defined by the enum (1).")
        #expect(scalar.quality == .invalid)
        #expect(attribute.value(from: AttributeReading(.short([1]), dimension: .scalar), setSource: nil).failure == nil)
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
            let names = ["plain", "whole", "text", "flag", "color", "mode"]
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
