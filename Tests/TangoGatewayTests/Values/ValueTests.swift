import TangoCore
import Testing

@testable import TangoGateway

@Suite struct ValueTests {
    private func config(_ type: DataType, _ format: AttributeFormat = .scalar, labels: [String] = []) -> AttributeConfig {
        AttributeConfig(name: "a", writable: .readWrite, format: format, typeNumber: type.rawValue, enumLabels: labels)
    }

    private func data(_ type: DataType, _ json: String, labels: [String] = []) throws -> AttributeData {
        try AttributeWrite(try JSONValue(parsing: json), for: self.config(type, labels: labels)).data
    }

    @Test(arguments: [
        (DataType.boolean, "true", AttributeData.boolean([true])), (.boolean, "0", .boolean([false])),
        (.boolean, "\"True\"", .boolean([true])),
        (.short, "-32768", .short([-32768])), (.short, "1e2", .short([100])), (.short, "\"0x7F\"", .short([127])),
        (.short, "\"-0x80\"", .short([-128])),
        (.ushort, "65535", .ushort([65535])), (.uchar, "255", .uchar([255])), (.long, "2.0", .long([2])),
        (.ulong, "4294967295", .ulong([.max])),
        (.long64, "-9223372036854775808", .long64([.min])), (.long64, "\"9007199254740993\"", .long64([9_007_199_254_740_993])),
        (.ulong64, "18446744073709551615", .ulong64([.max])), (.float, "3.14", .float([3.14])), (.double, "\"inf\"", .double([.infinity])),
        (.double, "\"-Infinity\"", .double([-.infinity])), (.double, "7", .double([7])), (.double, "\"1e-3\"", .double([0.001])),
        (.string, "\"€é\"", .string(["€é"])), (.string, "\"é\"", .string(["é"])),
        (.state, "\"running\"", .state([.running])),
        (.state, "10", .state([.running])),
        (.encoded, "{\"encoded_format\":\"f\",\"encoded_data\":\"Zg==\"}", .encoded([DevEncoded(format: "f", data: [102])])),
    ])
    func jsonBecomesTango(type: DataType, json: String, expected: AttributeData) throws {
        #expect(try self.data(type, json) == expected)
    }

    @Test(
        arguments: [
            ("9007199254740993.0", 9_007_199_254_740_993), ("9007199254740993e0", 9_007_199_254_740_993),
            ("9.223372036854775807e18", .max), ("-9.223372036854775808E+18", .min), ("-9007199254740993.000", -9_007_199_254_740_993),
            ("9007199254740993000e-3", 9_007_199_254_740_993),
        ] as [(String, Int64)])
    func wholeNumbersWithFractionOrExponentKeepAllDigits(json: String, value: Int64) throws {
        #expect(try self.data(.long64, json) == .long64([value]))
    }

    @Test func nanAndInfinityAreStrings() throws {
        guard case .double(let values) = try self.data(.double, "\"NaN\"") else {
            Issue.record("no double")
            return
        }
        #expect(values.count == 1 && values[0].isNaN)
    }

    @Test(arguments: [
        (DataType.boolean, "2"), (.boolean, "\"yes\""), (.short, "32768"), (.short, "1.5"), (.short, "true"), (.short, "\"\""),
        (.short, "\"0x\""),
        (.short, "\"0x-1\""), (.short, "\"--1\""), (.short, "\"1.0\""), (.uchar, "-1"), (.uchar, "256"), (.long64, "9223372036854775808"),
        (.ulong64, "18446744073709551616"), (.ulong64, "-1"), (.double, "1e400"), (.double, "\"0x1p3\""), (.double, "\" 1\""),
        (.double, "true"),
        (.double, "\"\""), (.float, "1e39"), (.string, "5"), (.string, "null"), (.string, "\"a\\u0000\""), (.state, "\"BAD\""),
        (.state, "14"), (.state, "-1"),
        (.encoded, "\"Zg==\""), (.encoded, "{\"encoded_format\":\"f\",\"encoded_data\":\"Z\"}"), (.long, "[1]"), (.long, "null"),
        (.long, "1e30"), (.long64, "9223372036854775808.0"), (.long64, "9007199254740993.5"), (.ulong64, "-1.0"),
        (.long64, "1e99999999999"),
        (.ulong64, "1.8446744073709551616e19"),
    ])
    func whatDoesNotFitIsRefused(type: DataType, json: String) {
        #expect(throws: HTTPFailure.self) { try self.data(type, json) }
    }

    @Test func enumerationsTakeLabelsAndIndices() throws {
        let labels = ["OFF", "ON", "0"]
        #expect(try self.data(.enum, "\"ON\"", labels: labels) == .short([1]))
        #expect(try self.data(.enum, "\"0\"", labels: labels) == .short([2]))
        #expect(try self.data(.enum, "\"1\"", labels: labels) == .short([1]))
        #expect(try self.data(.enum, "0", labels: labels) == .short([0]))
        #expect(throws: HTTPFailure.self) { try self.data(.enum, "3", labels: labels) }
        #expect(throws: HTTPFailure.self) { try self.data(.enum, "-1", labels: labels) }
        #expect(throws: HTTPFailure.self) { try self.data(.enum, "\"MAYBE\"", labels: labels) }
    }

    @Test func imagesTakeFlatDataOrRows() throws {
        let config = self.config(.long, .image)
        let expected = AttributeWrite(name: "a", data: .long([1, 2, 3, 4, 5, 6]), dimension: AttributeDimension(x: 3, y: 2))
        #expect(try AttributeWrite(try JSONValue(parsing: "{\"data\":[1,2,3,4,5,6],\"width\":3,\"height\":2}"), for: config) == expected)
        #expect(try AttributeWrite(try JSONValue(parsing: "[[1,2,3],[4,5,6]]"), for: config) == expected)
        #expect(try AttributeWrite([], for: config).dimension == .zero)
        for bad in [
            "[[1,2],[3]]", "[1,2]", "{\"data\":[1],\"width\":2,\"height\":1}", "{\"data\":[1]}", "5",
            "{\"data\":[],\"width\":-1,\"height\":-1}",
        ] {
            #expect(throws: HTTPFailure.self, "\(bad)") { try AttributeWrite(try JSONValue(parsing: bad), for: config) }
        }
    }

    @Test func textsOfQueriesBecomeValues() throws {
        let numbers = self.config(.double, .spectrum)
        #expect(try AttributeWrite(texts: ["1, 2.5,NaN"], for: numbers).data.count == 3)
        #expect(try AttributeWrite(texts: ["[1,2]"], for: numbers).data == .double([1, 2]))
        #expect(try AttributeWrite(texts: ["1", "2"], for: numbers).data == .double([1, 2]))
        #expect(try AttributeWrite(texts: [""], for: numbers).data == .double([]))
        let strings = self.config(.string, .spectrum)
        #expect(try AttributeWrite(texts: ["a,b", "c"], for: strings).data == .string(["a,b", "c"]))
        #expect(try AttributeWrite(texts: ["a, b"], for: strings).data == .string(["a", " b"]))
        #expect(try AttributeWrite(texts: [""], for: self.config(.string)).data == .string([""]))
        #expect(try AttributeWrite(texts: ["[1]"], for: self.config(.string)).data == .string(["[1]"]))
        #expect(try AttributeWrite(texts: ["[[1],[2]]"], for: self.config(.long, .image)).dimension == AttributeDimension(x: 1, y: 2))
        #expect(throws: HTTPFailure.self) { try AttributeWrite(texts: [""], for: self.config(.long)) }
        #expect(throws: HTTPFailure.self) { try AttributeWrite(texts: ["1", "2"], for: self.config(.long)) }
        #expect(throws: HTTPFailure.self) { try AttributeWrite(texts: [""], for: self.config(.long, .image)) }
        #expect(throws: HTTPFailure.self) { try AttributeWrite(texts: ["1,,2"], for: numbers) }
    }

    private func value(
        _ data: AttributeData, _ format: AttributeFormat, _ read: AttributeDimension, type: DataType? = nil,
        quality: AttributeQuality = .valid
    ) -> AttributeValue {
        AttributeValue(
            name: "a", data: data, quality: quality, format: format, type: type ?? data.elementType, time: .zero, readDimension: read)
    }

    @Test func readValuesLeaveOutTheSetPart() {
        #expect(self.value(.double([1, 2]), .scalar, .scalar).json(config: nil).text == "1.0")
        #expect(self.value(.long([1, 2, 3]), .spectrum, AttributeDimension(x: 2)).json(config: nil).text == "[1,2]")
        let image = self.value(.uchar([1, 2, 3, 4, 9]), .image, AttributeDimension(x: 2, y: 2))
        #expect(image.json(config: nil).text == #"{"data":[1,2,3,4],"width":2,"height":2}"#)
        #expect(self.value(.uchar([]), .image, .zero).json(config: nil).text == #"{"data":[],"width":0,"height":0}"#)
        #expect(self.value(.string([]), .spectrum, .zero).json(config: nil).text == "[]")
        #expect(self.value(.none, .scalar, .zero, quality: .invalid).json(config: nil) == .null)
        #expect(self.value(.deviceState(.moving), .scalar, .scalar).json(config: nil).text == "\"MOVING\"")
    }

    @Test func enumerationsAreReadAsLabels() {
        let config = self.config(.enum, .spectrum, labels: ["OFF", "1"])
        let value = self.value(.short([0, 1, 7, -1]), .spectrum, AttributeDimension(x: 4), type: .enum)
        #expect(value.json(config: config).text == #"["OFF","1",7,-1]"#)
        #expect(self.value(.short([0]), .scalar, .scalar).json(config: self.config(.short)).text == "0")
    }

    @Test(arguments: [
        (DataType.longArray, "[1,2]", CommandData.longArray([1, 2])), (.charArray, "[0,255]", .charArray([0, 255])),
        (.stringArray, "[]", .stringArray([])),
        (.string, "\"a\"", .string("a")), (.double, "2", .double(2)), (.boolean, "true", .boolean(true)), (.state, "\"ON\"", .state(.on)),
        (.enum, "3", .short(3)),
        (.longStringArray, #"{"lvalue":[1],"svalue":["a"]}"#, .longStringArray(LongStringArray(longs: [1], strings: ["a"]))),
        (.doubleStringArray, #"{"dvalue":[1.5]}"#, .doubleStringArray(DoubleStringArray(doubles: [1.5]))), (.void, "null", .void),
    ])
    func argumentsFollowTheCommand(type: DataType, json: String, expected: CommandData) throws {
        let info = CommandInfo(name: "c", inType: type, outType: .void)
        #expect(try CommandData(try JSONValue(parsing: json), for: info) == expected)
    }

    @Test(arguments: [
        (DataType.void, "1"), (.long, "null"), (.longArray, "1"), (.string, "[\"a\"]"), (.longStringArray, "[1]"),
        (.longStringArray, #"{"dvalue":[]}"#), (.charArray, "\"YQ==\""),
    ])
    func wrongArgumentsAreRefused(type: DataType, json: String) {
        let info = CommandInfo(name: "c", inType: type, outType: .void)
        #expect(throws: HTTPFailure.self) { try CommandData(try JSONValue(parsing: json), for: info) }
    }

    @Test func missingArgumentsAreRefused() throws {
        #expect(throws: HTTPFailure.self) { try CommandData(nil, for: CommandInfo(name: "c", inType: .long, outType: .void)) }
        #expect(try CommandData(nil, for: CommandInfo(name: "c", inType: .void, outType: .void)) == .void)
    }

    @Test func resultsBecomeJSON() {
        #expect(CommandData.void.json == nil)
        #expect(CommandData.charArray([1, 2]).json?.text == "[1,2]")
        #expect(CommandData.ulong64(.max).json?.text == "18446744073709551615")
        #expect(
            CommandData.doubleStringArray(DoubleStringArray(doubles: [1], strings: ["a"])).json?.text == #"{"dvalue":[1.0],"svalue":["a"]}"#
        )
        #expect(CommandData.encoded(DevEncoded(format: "f", data: [102])).json?.text == #"{"encoded_format":"f","encoded_data":"Zg=="}"#)
    }

    @Test func envelopesAndBareInputsAreDistinguished() throws {
        func input(_ text: String) throws -> String? { CommandResource.input(of: try JSONValue(parsing: text))?.text }
        #expect(try input(#"{"host":null,"device":null,"name":null,"input":[1]}"#) == "[1]")
        #expect(try input("{}") == nil)
        #expect(try input(#"{"lvalue":[1],"svalue":[]}"#) == #"{"lvalue":[1],"svalue":[]}"#)
        #expect(try input("\"x\"") == "\"x\"")
        #expect(CommandResource.input(of: nil) == nil)
    }

    @Test func pipesAreListsAllTheWayDown() throws {
        let blob = PipeBlob(
            name: "root",
            elements: [
                PipeElement(name: "s", content: .value(.long([1]), isArray: false)),
                PipeElement(
                    name: "b",
                    content: .blob(
                        PipeBlob(name: "x", elements: [PipeElement(name: "d", content: .value(.double([1, 2]), isArray: true))]))),
            ])
        #expect(blob.json.text == #"[{"name":"s","value":[1]},{"name":"b","value":[{"name":"d","value":[1.0,2.0]}]}]"#)
        let written =
            #"[{"name":"s","type":"DevLong","value":[1]},{"name":"b","type":"DevPipeBlob","value":[{"name":"d","type":"DevDouble","value":[1,2]}]}]"#
        let read = try PipeBlob(name: "root", elements: try JSONValue(parsing: written))
        #expect(read.json == blob.json)
        #expect(read.elements.first == blob.elements.first)
        for bad in [
            "{}", "[1]", #"[{"name":"s","value":[1]}]"#, #"[{"name":"s","type":"X","value":[1]}]"#,
            #"[{"name":"s","type":"DevLong","value":1}]"#,
        ] {
            #expect(throws: HTTPFailure.self, "\(bad)") { try PipeBlob(name: "r", elements: try JSONValue(parsing: bad)) }
        }
    }

    @Test func configurationChangesKeepWhatIsAbsent() throws {
        let config = self.config(.double)
        let body = try JSONValue(
            parsing:
                #"{"name":"x","label":"L","unit":null,"tangoObj":5,"min_alarm":"1","alarms":{"min_alarm":"2"},"events":{"ch_event":{"abs_change":"3"}}}"#
        )
        let changed = try AttributeInfoChange(try #require(body.object)).applied(to: config)
        var expected = config
        expected.label = "L"
        expected.alarm.minAlarm = "2"
        expected.events.absoluteChange = "3"
        #expect(changed == expected)
        #expect(throws: HTTPFailure.self) { try AttributeInfoChange(["label": .number("5")]).applied(to: config) }
    }
}
