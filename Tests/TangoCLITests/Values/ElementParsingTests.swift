import TangoCore
import Testing

@testable import TangoCLI

struct ElementParsingTests {
    private static func parse(_ texts: [String], _ type: DataType, labels: [String] = []) -> AttributeData? {
        try? ElementParsing.data(texts, type: type, labels: labels)
    }

    @Test(arguments: [
        (
            ["true", "FALSE", "1", "0", "Yes", "no", "on", "off"], DataType.boolean,
            AttributeData.boolean([true, false, true, false, true, false, true, false])
        ),
        (["-32768", "32767", "0x7fff", "-0x10", " 5 ", "+6"], .short, .short([-32768, 32767, 32767, -16, 5, 6])),
        (["-2147483648", "0x7FFFFFFF", "0b101", "0o17"], .long, .long([.min, .max, 5, 15])),
        (["-9223372036854775808", "9223372036854775807"], .long64, .long64([.min, .max])),
        (["0", "255", "0xFf"], .uchar, .uchar([0, 255, 255])),
        (["65535", "007"], .ushort, .ushort([65535, 7])),
        (["4294967295"], .ulong, .ulong([.max])),
        (["18446744073709551615", "0xFFFFFFFFFFFFFFFF"], .ulong64, .ulong64([.max, .max])),
        (["1.5", "-2", "1e3", "inf", "-Infinity", "0x10"], .float, .float([1.5, -2, 1000, .infinity, -.infinity, 16])),
        (["1.5", "-1e-300", "INF", "-inf", ".5"], .double, .double([1.5, -1e-300, .infinity, -.infinity, 0.5])),
        (["on", "FAULT", " Moving "], .state, .state([.on, .fault, .moving])),
        (["", " a ", "[1]"], .string, .string(["", " a ", "[1]"])),
        (
            ["json", "{}", "raw", "0x00fF"], .encoded,
            .encoded([DevEncoded(format: "json", data: [0x7B, 0x7D]), DevEncoded(format: "raw", data: [0, 255])])
        ),
    ])
    func textsBecomeElementsOfTheirType(texts: [String], type: DataType, expected: AttributeData) {
        #expect(Self.parse(texts, type) == expected)
    }

    @Test(arguments: [
        ("maybe", DataType.boolean), ("2", .boolean), ("", .boolean),
        ("32768", .short), ("-32769", .short), ("0xFFFF", .short), ("1.0", .short), ("", .short), ("-", .short), ("0x", .short),
        ("1 2", .short),
        ("--1", .short), ("+-1", .short), ("١", .short), ("1e3", .long), ("0b2", .long), ("0xg", .long),
        ("2147483648", .long), ("9223372036854775808", .long64), ("-1", .uchar), ("256", .uchar), ("a", .uchar), ("-1", .ushort),
        ("65536", .ushort),
        ("-1", .ulong), ("4294967296", .ulong), ("-1", .ulong64), ("18446744073709551616", .ulong64),
        ("1e39", .float), ("-1e39", .float), ("1e309", .double), ("-1e309", .double), ("", .double), ("1,5", .double), ("one", .double),
        ("1.5x", .double),
        ("OPENED", .state), ("", .state), ("1", .void), ("1", .longArray), ("1", .pipeBlob),
    ])
    func whatDoesNotFitItsTypeIsRefused(text: String, type: DataType) {
        let error = #expect(throws: DevFailed.self) { try ElementParsing.data([text], type: type) }
        #expect(error?.reason == .invalidArguments)
    }

    @Test(arguments: ["nan", "NaN", "-nan"])
    func notANumberIsAccepted(text: String) throws {
        guard case .double(let values) = try ElementParsing.data([text], type: .double) else {
            Issue.record("no double")
            return
        }
        #expect(values.count == 1 && values[0].isNaN)
    }

    @Test func theRangeIsNamedInTheError() {
        let error = #expect(throws: DevFailed.self) { try ElementParsing.data(["70000"], type: .short) }
        #expect(error?.reasonDescription == "'70000' is outside DevShort (-32768 to 32767)")
    }

    @Test(arguments: [("Open", Int16(1)), ("open", 1), ("1", 2), ("0", 0), ("0x1", 1), ("  closed", 3), ("µ", 4)])
    func anEnumerationTakesALabelBeforeAnIndex(text: String, expected: Int16) {
        // The third label looks like a number; the fifth travels as UTF-8 bytes.
        #expect(Self.parse([text], .enum, labels: ["Zero", "Open", "1", "Closed", "µ"]) == .short([expected]))
    }

    @Test func anEnumerationRefusesOtherLabelsAndIndices() {
        for text in ["Ajar", "2", "-1", ""] {
            #expect(Self.parse([text], .enum, labels: ["Open", "Closed"]) == nil, "\(text)")
        }
        #expect(Self.parse(["7"], .enum) == .short([7]))
        #expect(Self.parse(["40000"], .enum) == nil)
        let error = #expect(throws: DevFailed.self) { try ElementParsing.data(["Ajar"], type: .enum, labels: ["Open", "Closed"]) }
        #expect(error?.reasonDescription == "'Ajar' is none of its labels (0 Open, 1 Closed)")
    }

    @Test func encodedNeedsPairsAndWholeBytes() {
        #expect(Self.parse(["json"], .encoded) == nil)
        #expect(Self.parse(["raw", "0x123"], .encoded) == nil)
        #expect(Self.parse(["raw", "0xzz"], .encoded) == nil)
        #expect(Self.parse(["raw", "0x"], .encoded) == .encoded([DevEncoded(format: "raw", data: [])]))
    }

    @Test func stringsAreTakenAsTyped() {
        #expect(Self.parse(["é"], .string) == .string(["é"]))
    }
}
