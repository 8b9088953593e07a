import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// State and status as the alarms of attributes make them (kernel rules 7 and 11).
@Suite struct AlarmTests {
    /// A device whose attributes read what was put into it.
    final class Gauge: Device {
        let context: DeviceContext
        var value = 0.0
        var quality = AttributeQuality.valid
        var readCount = 0

        init(context: DeviceContext) {
            self.context = context
            context.setState(.on)
        }
        func initialize() {}

        static func deviceClass(execution: Execution = .inline, isAsync: Bool = false) -> DeviceClass {
            var level = AttributeDefinition(
                name: "level", type: .double, access: .readWrite,
                properties: [.label: "Level", .minAlarm: "-100", .maxAlarm: "100", .minWarning: "-10", .maxWarning: "10"])
            let read: @Sendable (MemberCall) throws -> AttributeReading? = { call in
                let gauge = try call.device(as: Gauge.self)
                gauge.readCount += 1
                return AttributeReading(.double([gauge.value]), dimension: .scalar)
            }
            level.reader =
                isAsync
                ? .async { call in
                    await Task.yield()
                    return try read(call)
                } : .sync(read)
            level.writer = .sync { call, write in
                if case .double(let values) = write.data { try call.device(as: Gauge.self).value = values[0] }
            }
            let own = AttributeDefinition(
                name: "own", type: .long,
                reader: .sync { call in
                    AttributeReading(.long([1]), dimension: .scalar, quality: try call.device(as: Gauge.self).quality)
                })
            return DeviceClass("Gauge", Gauge.self, execution: execution) {
                level
                own
                Attribute("set", Double.self, label: "No label", deltaTime: .milliseconds(1), deltaValue: 0.5).read { $0.value }
                    .write { _, _ in }
                Command("SetState", of: Gauge.self, in: .state) { device, argument in
                    if case .state(let state) = argument { device.context.setState(state) }
                    return .void
                }
                Command("SetQuality", of: Gauge.self, in: .short) { device, argument in
                    if case .short(let number) = argument { device.quality = AttributeQuality(rawValue: UInt32(number)) ?? .valid }
                    return .void
                }
                Command("Reads", of: Gauge.self, out: .long) { device, _ in .long(Int32(device.readCount)) }
            }
        }
    }

    private func withGauge(isAsync: Bool = false, execution: Execution = .inline, _ body: (DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([Gauge.deviceClass(execution: execution, isAsync: isAsync)], devices: ["t/a/1"]) { test in
            try await body(try await test.device())
        }
    }

    @Test(arguments: [false, true]) func levelsMakeAnAlarmOfOnAndTheirEndTakesItBack(isAsync: Bool) async throws {
        try await self.withGauge(isAsync: isAsync, execution: isAsync ? .blocking : .inline) { device in
            #expect(try await device.state() == .on)
            for (value, line) in [
                (100.0, "\nAlarm : Value too high for Level"), (-100, "\nAlarm : Value too low for Level"),
                (10, "\nWarning : Value too high for Level"), (-10, "\nWarning : Value too low for Level"),
            ] {
                try await device.write("level", value)
                #expect(try await device.state() == .alarm)
                #expect(try await device.command("State") == .state(.alarm))
                #expect(try await device.readAttribute("State").data == .deviceState(.alarm))
                #expect(try await device.status() == "The device is in ALARM state.\(line)")
            }
            try await device.write("level", 0.0)
            #expect(try await device.command("State") == .state(.on))
            #expect(try await device.status() == "The device is in ON state.")
        }
    }

    @Test func bytesOfAnEncodedValueHaveAlarmsToo() async throws {
        let blob = AttributeDefinition(
            name: "blob", type: .encoded,
            reader: .sync { _ in AttributeReading(.encoded([DevEncoded(format: "raw", data: [1, 100])]), dimension: .scalar) })
        let deviceClass = DeviceClass("Plain", PlainDevice.self) { blob }
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            #expect(try await device.readAttribute("blob").quality == .valid)
            // Warning levels count only beside an alarm level.
            #expect(await device.configFailure("blob") { $0.alarm.minWarning = "1" } == nil)
            #expect(try await device.readAttribute("blob").quality == .valid)
            #expect(await device.configFailure("blob") { $0.alarm.maxAlarm = "100" } == nil)
            #expect(try await device.readAttribute("blob").quality == .alarm)
            #expect(try await device.state() == .alarm)
            #expect(try await device.status() == "The device is in ALARM state.\nAlarm : Value too high for blob")
            #expect(await device.configFailure("blob") { $0.alarm.maxAlarm = "101" } == nil)
            #expect(try await device.readAttribute("blob").quality == .warning)
        }
    }

    @Test func onlyOnBecomesAlarmAndAlarmOfTheDeviceStays() async throws {
        try await self.withGauge { device in
            try await device.write("level", 500.0)
            for state in [DevState.running, .moving, .fault, .unknown] {
                try await device.command("SetState", .state(state))
                #expect(try await device.state() == state)
            }
            try await device.command("SetState", .state(.alarm))
            try await device.write("level", 0.0)
            #expect(try await device.state() == .alarm)
            try await device.command("SetState", .state(.on))
            #expect(try await device.state() == .on)
        }
    }

    @Test func aQualitySetByTheDeviceCountsAsLastRead() async throws {
        try await self.withGauge { device in
            try await device.command("SetQuality", .short(2))
            #expect(try await device.state() == .on)
            #expect(try await device.readAttribute("own").quality == .alarm)
            #expect(try await device.state() == .alarm)
            #expect(
                try await device.status() == "The device is in ALARM state.\nAlarm : Quality factor set to ALARM for attribute own")
            try await device.command("SetQuality", .short(0))
            _ = try await device.readAttribute("own")
            #expect(try await device.state() == .on)
        }
    }

    @Test func whatIsReadTogetherWithTheStateIsReadOnce() async throws {
        try await self.withGauge { device in
            _ = try await device.readAttributes(["State", "level", "Status", "state"])
            #expect(try await device.command("Reads") == .long(1))
            let values = try await device.readAttributes(["State", "own"])
            #expect(values.map(\.name) == ["State", "own"])
            #expect(try await device.command("Reads") == .long(2))
            try await device.write("level", 100.0)
            let alarmed = try await device.readAttributes(["State", "level"])
            #expect(alarmed[0].data == .deviceState(.alarm) && alarmed[1].quality == .alarm)
        }
    }

    @Test func aValueThatDoesNotFollowTheSetValueIsAnAlarm() async throws {
        try await self.withGauge { device in
            // Nothing before the first write.
            #expect(try await device.state() == .on)
            try await device.write("set", 3.0)
            try await eventually { try await device.readAttribute("set").quality == .alarm }
            #expect(try await device.state() == .alarm)
            #expect(
                try await device.status()
                    == "The device is in ALARM state.\nAlarm : Read too Different than Set (RDS) for attribute set")
            try await device.write("set", 0.2)
            #expect(try await device.state() == .on)
        }
    }

    @Test func newLimitsCountAtOnce() async throws {
        try await self.withGauge { device in
            try await device.write("level", 5.0)
            #expect(try await device.state() == .on)
            #expect(
                await device.configFailure("level") {
                    $0.alarm.maxAlarm = "4"
                    $0.alarm.maxWarning = "3"
                } == nil)
            #expect(try await device.state() == .alarm)
            #expect(
                await device.configFailure("level") {
                    $0.alarm.maxAlarm = "Not specified"
                    $0.alarm.maxWarning = "Not specified"
                } == nil)
            #expect(try await device.state() == .on)
        }
    }

    @Test func limitsOfLongIntegersAreExact() {
        func limit(_ text: String, _ type: DataType, _ moment: ConfigurationMoment = .change) -> LimitValue? {
            LimitValue(text, type, at: moment)
        }
        #expect(limit("9223372036854775807", .long64)?.whole == Int128(Int64.max))
        #expect(limit("18446744073709551615", .ulong64)?.whole == Int128(UInt64.max))
        let wide = limit("9007199254740993", .long64)
        #expect(wide.map { AttributeData.long64([9_007_199_254_740_992]).firstIndex(.atOrAbove, $0) } == .some(nil))
        #expect(wide.map { AttributeData.long64([0, 9_007_199_254_740_993]).firstIndex(.atOrAbove, $0) } == 1)
        for type in [DataType.double, .long, .uchar, .ulong64] {
            for text in ["", " ", "x", "1x", "0x10", "nan", "inf", "1 2", "5 ", "--1", "1e400", "1,5", "-"] {
                for moment in [ConfigurationMoment.start, .change] { #expect(limit(text, type, moment) == nil, "\(text)") }
            }
            for text in [" 5", "\t5", "+5"] { #expect(limit(text, type)?.number == 5 && limit(text, type, .start)?.number == 5, "\(text)") }
        }
        #expect(limit("1e3", .long)?.whole == 1000 && limit("-1.9", .long)?.whole == -1 && limit("1.9", .double)?.number == 1.9)
    }

    @Test(arguments: [
        (DataType.uchar, "70000", 112), (.uchar, "-5", 5), (.uchar, "3000000000", 0), (.uchar, "123456789", 21), (.short, "70000", 4464),
        (.short, "-40000", 25536), (.short, "123456789", -13035), (.short, "3000000000", 0), (.ushort, "-40000", 40000),
        (.ushort, "123456789", 52501), (.long, "3000000000", Int128(Int32.min)), (.ulong, "3000000000", 3_000_000_000),
        (.ulong, "1e20", 0), (.long64, "1e20", Int128(Int64.min)), (.ulong64, "-5.5", 5), (.ulong64, "99999999999999999999", 0),
        (.ulong64, "1e19", 10_000_000_000_000_000_000),
    ])
    func limitsBeyondTheTypeAreBroughtIntoIt(type: DataType, text: String, whole: Int128) {
        #expect(LimitValue(text, type, at: .change)?.whole == whole)
    }

    @Test func limitsInTheDatabaseAreReadOtherwiseThanThoseOfClients() {
        #expect(LimitValue("-5", .uchar, at: .start)?.whole == 251)
        #expect(LimitValue("300", .uchar, at: .start)?.whole == 44)
        for text in ["1.9", "70000", "1e3"] { #expect(LimitValue(text, .uchar, at: .start) == nil, "\(text)") }
        #expect(LimitValue("1.9", .long, at: .start)?.whole == 1)
        #expect(LimitValue("-5", .ulong, at: .start)?.whole == Int128(UInt32.max) - 4)
    }

    @Test func criteriaAreShownAndStoredAsMeasured() {
        for (text, shown, stored) in [
            ("1", "1", ["-1", "1"]), ("-1,2", "1,2", ["-1", "2"]), ("0", "Not specified", nil), ("0,0", "Not specified", nil),
            ("Not specified,2", "Not specified,2", ["2147483647", "2"]), ("2.50", "2.5", ["-2.5", "2.5"]),
            ("-2,2", "2", ["-2", "2"]), ("2147483647", "Not specified", nil), ("1, 2", "1,2", ["-1", "2"]),
            ("0,1", "Not specified,1", ["2147483647", "1"]), ("2,", "2,Not specified", ["-2", "2147483647"]),
            ("0.123456789012345678", "0.123456789012346", ["-0.123456789012346", "0.123456789012346"]),
        ] {
            #expect(ChangeCriterion(text)?.text == shown, "\(text)")
            #expect(ChangeCriterion(text)?.stored(inherited: .none) == stored, "\(text)")
        }
        for text in ["abc", "1,2,3", "5 ", "1x", "inf", "2,abc", "Not  specified"] { #expect(ChangeCriterion(text) == nil, "\(text)") }
    }

    @Test func aSideOfACriterionMayBeThatOfTheLevelsBelow() throws {
        let below = try #require(ChangeCriterion("1"))
        for (text, shown, stored) in [
            ("1", "1", nil), ("NaN,NaN", "1", nil), (",", "1", nil), ("1,5", "1,5", ["NaN", "5"]), (",2", "1,2", ["NaN", "2"]),
            ("2,NaN", "2,1", ["-2", "NaN"]), ("0", "Not specified", ["2147483647"]), ("0,1", "Not specified,1", ["2147483647", "NaN"]),
        ] {
            #expect(ChangeCriterion(text, inherited: below)?.text == shown, "\(text)")
            #expect(ChangeCriterion(text, inherited: below)?.stored(inherited: below) == stored, "\(text)")
        }
    }
}
