import TangoCore
import Testing

@testable import TangoCLI

struct ValueTextTests {
    @Test(arguments: [
        (AttributeData.boolean([true]), "true"), (.short([-1]), "-1"), (.double([0.1]), "0.1"), (.double([5]), "5.0"),
        (.double([.nan]), "nan"),
        (.double([-.infinity]), "-inf"), (.float([0.1]), "0.1"), (.uchar([200]), "200"), (.ulong64([.max]), "18446744073709551615"),
        (.string(["a\nb"]), "a\nb"), (.string(["é"]), "é"), (.state([.moving]), "MOVING"), (.deviceState(.fault), "FAULT"),
        (.encoded([DevEncoded(format: "raw", data: [0, 255])]), "raw 0x00ff"), (.none, ""), (.string([]), ""),
    ])
    func aScalarIsPrintedVerbatim(data: AttributeData, expected: String) {
        #expect(ValueText.full(data, .scalar) == expected)
    }

    @Test func listsAndImagesHaveBracketsAndQuotedStrings() {
        #expect(ValueText.full(.long([1, 2]), .list) == "[1, 2]")
        #expect(ValueText.full(.string(["a", "b\"\n"]), .list) == #"["a", "b\"\n"]"#)
        #expect(ValueText.full(.long([]), .list) == "[]")
        #expect(ValueText.full(.long([1, 2, 3, 4]), .rows(width: 2)) == "[[1, 2], [3, 4]]")
        #expect(ValueText.full(.long([1, 2, 3]), .rows(width: 2)) == "[[1, 2], [3]]")
        #expect(ValueText.full(.long([1]), .rows(width: 0)) == "[]")
    }

    @Test func labelsReplaceIndicesThatHaveOne() {
        #expect(ValueText.full(.short([1]), .scalar, labels: ["A", "B"]) == "B")
        #expect(ValueText.full(.short([2]), .scalar, labels: ["A", "B"]) == "2")
        #expect(ValueText.full(.short([-1, 0]), .list, labels: ["A", "B"]) == #"[-1, "A"]"#)
        #expect(ValueText.json(.short([1, 5]), .list, labels: ["A", "B"]).indentedText == #"["B", 5]"#)
    }

    @Test(arguments: [
        (AttributeData.boolean([true, false]), DataType.boolean), (.short([.min, .max]), .short), (.long([.min, .max]), .long),
        (.long64([.min, .max]), .long64),
        (.float([0.1, -.infinity, 3e38]), .float), (.double([0.1, .infinity, .leastNonzeroMagnitude, 1.7976931348623157e308]), .double),
        (.uchar([0, 255]), .uchar),
        (.ushort([0, .max]), .ushort), (.ulong([0, .max]), .ulong), (.ulong64([0, .max]), .ulong64),
        (.string(["", "a,b]", "\"\\\u{1}\u{7F}", "é"]), .string), (.state(DevState.allCases), .state),
        (.encoded([DevEncoded(format: "f", data: [1, 2]), DevEncoded(format: "", data: [])]), .encoded),
    ])
    func whatIsPrintedCanBeWritten(data: AttributeData, type: DataType) throws {
        #expect(try ValueParsing.attribute([ValueText.full(data, .list)], type: type, format: .spectrum).data == data)
        #expect(try ValueParsing.attribute([ValueText.full(data, .rows(width: data.count))], type: type, format: .image).data == data)
    }

    @Test func jsonOfAListCanBeWritten() throws {
        let data = AttributeData.double([1, .infinity, -.infinity])
        #expect(try ValueParsing.attribute([ValueText.json(data, .list).indentedText], type: .double, format: .spectrum).data == data)
    }

    @Test func aLongListIsSummarizedWithItsSize() {
        let data = AttributeData.long((0..<1000).map { Int32($0) })
        #expect(ValueText.summary(data, .list, width: 30) == "[0, 1, 2, 3, 4, 5, …] (1000)")
        #expect(ValueText.summary(.long([1, 2, 3]), .list, width: 30) == "[1, 2, 3]")
        #expect(ValueText.summary(.long([1, 2, 3]), .list, width: 9) == "[1, 2, 3]")
        #expect(ValueText.summary(.long([1, 2, 3]), .list, width: 8) == "[1, …] (3)")
        #expect(ValueText.summary(.long([]), .list, width: 8) == "[]")
    }

    @Test func aSummaryKeepsToItsWidth() {
        let data = AttributeData.double((0..<5000).map { Double($0) * 1.1 })
        for width in 24...120 {
            #expect(ValueText.summary(data, .list, width: width).displayWidth <= width)
            #expect(ValueText.summary(data, .rows(width: 100), width: width).displayWidth <= max(width, 32))
        }
    }

    @Test func aLargeImageIsSummarizedWithItsSize() {
        let data = AttributeData.uchar(Array(repeating: 7, count: 200))
        #expect(ValueText.summary(data, .rows(width: 20), width: 40) == "[[7, 7, 7, 7, 7, 7, 7, …], …] (20 × 10)")
        #expect(ValueText.summary(.uchar([1, 2, 3, 4]), .rows(width: 2), width: 40) == "[[1, 2], [3, 4]]")
        #expect(ValueText.summary(.uchar([]), .rows(width: 2), width: 40) == "[]")
    }

    @Test func theSizeTellsTheShapeWhenTheFormatIsUnknown() {
        #expect(ValueText.Shape(.unknown, .init(x: 3, y: 2)) == .rows(width: 3))
        #expect(ValueText.Shape(.unknown, .init(x: 3)) == .list)
        #expect(ValueText.Shape(.unknown, .scalar) == .scalar)
        #expect(ValueText.Shape(.spectrum, .scalar) == .list)
    }
}

struct JSONOutputTests {
    @Test func documentsAreIndentedAndSimpleArraysOnOneLine() {
        let document = JSONValue.object([
            .init("a", .array([.integer(1), .null, .bool(true)])), .init("b", .array([.array([.integer(1)]), .array([])])),
            .init("c", .object([])),
        ])
        #expect(document.indentedText == "{\n  \"a\": [1, null, true],\n  \"b\": [\n    [1],\n    []\n  ],\n  \"c\": {}\n}")
    }

    @Test func numbersJSONLacksAreStrings() {
        #expect(
            ValueText.json(.double([.nan, .infinity, -.infinity, 0.1, 1e-7]), .list).indentedText
                == #"["NaN", "Infinity", "-Infinity", 0.1, 1e-07]"#)
        #expect(ValueText.json(.ulong64([.max]), .scalar).indentedText == "18446744073709551615")
    }

    @Test func stringsAreEscaped() {
        #expect(JSONValue.string("\"\\/\n\r\t\u{1}\u{7F}\u{9B}é\u{1F680}").indentedText == #""\"\\/\n\r\t\u0001\u007f\u009bé🚀""#)
        #expect(JSONValue.string("\r\n").indentedText == #""\r\n""#)
        #expect(JSONValue.string("é").indentedText == "\"é\"")
    }

    @Test func noValueIsNull() {
        #expect(ValueText.json(.none, .scalar) == .null)
        #expect(ValueText.json(.none, .list).indentedText == "[]")
    }
}

struct CommandResultTextTests {
    @Test(arguments: [
        (CommandData.void, []), (.double(1.5), ["1.5"]), (.string("a b"), ["a b"]), (.state(.on), ["ON"]),
        (.longArray([1, 2]), ["[1, 2]"]),
        (.longArray([]), ["[]"]), (.stringArray(["a", "b\nc"]), ["a", "b\\nc"]),
        (.longStringArray(.init(longs: [1], strings: ["x"])), ["[1]", "[\"x\"]"]), (.doubleStringArray(.init()), ["[]", "[]"]),
        (.encoded(DevEncoded(format: "f", data: [1])), ["f 0x01"]),
    ])
    func resultsArePrintedInLines(result: CommandData, lines: [String]) {
        #expect(CommandResultText.lines(result) == lines)
    }

    @Test func resultsAsJSONKeepTheirShape() {
        #expect(CommandResultText.json(.void) == .null)
        #expect(CommandResultText.json(.longArray([1])).indentedText == "[1]")
        #expect(CommandResultText.json(.long(1)).indentedText == "1")
        #expect(CommandResultText.json(.longStringArray(.init(longs: [1], strings: ["x"]))).indentedText == "[\n  [1],\n  [\"x\"]\n]")
    }

    @Test func argumentsAndResultsAreEachOthersInverse() throws {
        for data: CommandData in [
            .boolean(true), .uchar(3), .charArray([1, 2]), .stateArray([.on]), .encodedArray([DevEncoded(format: "f", data: [])]),
        ] {
            let elements = try #require(data.elements)
            #expect((elements.isArray ? CommandData(arrayOf: elements.data) : CommandData(scalarOf: elements.data)) == data)
        }
    }
}

struct TimeTextTests {
    @Test func timesAreWrittenWithMicroseconds() {
        #expect(TimeText.utc(Timestamp(seconds: 0, microseconds: 5)) == "1970-01-01T00:00:00.000005Z")
        #expect(TimeText.utc(Timestamp(seconds: 1_795_227_291, microseconds: 123456)) == "2026-11-21T02:14:51.123456Z")
        #expect(TimeText.local(Timestamp(seconds: 86_400 * 200, microseconds: 1)).hasSuffix(".000001"))
    }

    @Test func durationsAreMillisecondsWithThreeDecimals() {
        #expect(TimeText.milliseconds(.microseconds(1234)) == "1.234")
        #expect(TimeText.milliseconds(.seconds(2)) == "2000.000")
        #expect(TimeText.milliseconds(.nanoseconds(999)) == "0.000")
    }

    @Test func pingsAreSummedUp() {
        #expect(
            PingCommand.summary([.milliseconds(1), .milliseconds(3)]) == "2 round trips: least 1.000, mean 2.000, most 3.000 ms")
        #expect(PingCommand.json("a/b/c", [.milliseconds(1)]).indentedText == "{\n  \"device\": \"a/b/c\",\n  \"milliseconds\": [1.000]\n}")
    }
}
