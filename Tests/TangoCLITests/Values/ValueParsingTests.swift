import TangoCore
import Testing

@testable import TangoCLI

struct ListItemTests {
    @Test(arguments: [
        ("[]", []), (" [ 1 , 2 ] ", ["1", "2"]), ("[a b,NaN]", ["a b", "NaN"]),
        (#"["a,b","]","\"\\\n\u00e9\ud83d\ude80"]"#, ["a,b", "]", "\"\\\né🚀"]),
        ("[\"\"]", [""]), ("[-1,+2,0x1F]", ["-1", "+2", "0x1F"]),
    ])
    func simpleListsAreRead(text: String, elements: [String]) throws {
        #expect(try ListItem(parsing: text).elements == elements)
    }

    @Test(arguments: [
        "[", "[1", "[1,", "[1,]", "[,1]", "]", "1]", "[1]2", "[1][2]", "[\"a]", "[\"a\"b]", "[a\"b\"]", "[1 [2]]", #"["\x"]"#, #"["\u12"]"#,
        #"["\ud800"]"#, #"["\udc00"]"#, #"["\ud800\u0041"]"#, "[[[[[1]]]]]", "", "[\"\\",
    ])
    func malformedListsAreRefused(text: String) {
        let error = #expect(throws: DevFailed.self) { try ListItem(parsing: text) }
        #expect(error?.reason == .invalidArguments)
    }

    @Test func listsInListsAreKept() throws {
        let item = try ListItem(parsing: "[[1,2],[],3]")
        #expect(item == .list([.list([.element("1"), .element("2")]), .list([]), .element("3")]))
        #expect(item.elements == nil)
    }

    @Test func endlessNestingIsRefusedNotFollowed() {
        #expect(throws: DevFailed.self) { try ListItem(parsing: String(repeating: "[", count: 1_000_000)) }
    }
}

struct AttributeParsingTests {
    private static func parse(_ texts: [String], _ type: DataType, _ format: AttributeFormat) throws -> AttributeWrite {
        let (data, dimension) = try ValueParsing.attribute(texts, type: type, format: format)
        return AttributeWrite(name: "a", data: data, dimension: dimension)
    }

    @Test func aScalarTakesOneTextVerbatim() throws {
        #expect(try Self.parse(["[1, 2]"], .string, .scalar) == .init(name: "a", data: .string(["[1, 2]"]), dimension: .scalar))
        #expect(try Self.parse(["raw", "x"], .encoded, .scalar).data == .encoded([DevEncoded(format: "raw", data: [0x78])]))
        for texts in [[], ["1", "2"], ["[1]"]] {
            #expect(throws: DevFailed.self, "\(texts)") { try Self.parse(texts, .short, .scalar) }
        }
        #expect(throws: DevFailed.self) { try Self.parse(["raw"], .encoded, .scalar) }
    }

    @Test(arguments: [(["1", "2", "3"]), (["[1,2,3]"]), (["[ 0x1, 2, 3 ]"])])
    func aSpectrumIsSeveralTextsOrAList(texts: [String]) throws {
        #expect(try Self.parse(texts, .short, .spectrum) == .init(name: "a", data: .short([1, 2, 3]), dimension: .init(x: 3)))
    }

    @Test func aSpectrumMayBeEmptyOrHoldOneElement() throws {
        #expect(try Self.parse(["[]"], .double, .spectrum) == .init(name: "a", data: .double([]), dimension: .zero))
        #expect(try Self.parse(["4"], .double, .spectrum) == .init(name: "a", data: .double([4]), dimension: .init(x: 1)))
        #expect(try Self.parse(["[a]", "b"], .string, .spectrum).data == .string(["[a]", "b"]))
        #expect(throws: DevFailed.self) { try Self.parse(["[[1]]"], .double, .spectrum) }
    }

    @Test(arguments: [["[[1,2,3],[4,5,6]]"], ["[1,2,3]", "[4,5,6]"]])
    func anImageIsAListOfRowsOrAListPerRow(texts: [String]) throws {
        #expect(
            try Self.parse(texts, .long, .image) == .init(name: "a", data: .long([1, 2, 3, 4, 5, 6]), dimension: .init(x: 3, y: 2)))
    }

    @Test func anImageMayHaveOneRowOrNone() throws {
        #expect(try Self.parse(["[1,2]"], .long, .image).dimension == .init(x: 2, y: 1))
        #expect(try Self.parse(["[[1,2]]"], .long, .image).dimension == .init(x: 2, y: 1))
        #expect(try Self.parse(["[]"], .long, .image) == .init(name: "a", data: .long([]), dimension: .zero))
        #expect(try Self.parse(["[[]]"], .long, .image).dimension == .zero)
    }

    @Test(arguments: [["[[1,2],[3]]"], ["1", "2"], ["[[[1]]]"], ["[[1],2]"], ["[[1,x]]"]])
    func anImageOfAnotherShapeIsRefused(texts: [String]) {
        #expect(throws: DevFailed.self) { try Self.parse(texts, .long, .image) }
    }

    @Test func theConfigurationDecidesWhatIsWritten() throws {
        let config = AttributeConfig(
            name: "Mode", writable: .readWrite, format: .scalar, typeNumber: DataType.enum.rawValue, enumLabels: ["LOW", "HIGH"])
        #expect(try WriteCommand.write(config, ["high"]) == AttributeWrite(name: "Mode", data: .short([1]), dimension: .scalar))
        let strange = AttributeConfig(name: "x", writable: .readWrite, format: .scalar, typeNumber: 4711)
        #expect(throws: DevFailed.self) { try WriteCommand.write(strange, ["1"]) }
    }
}

struct CommandParsingTests {
    @Test(arguments: [
        ([], DataType.void, CommandData.void),
        (["true"], .boolean, .boolean(true)), (["-1"], .short, .short(-1)), (["-1"], .long, .long(-1)), (["-1"], .long64, .long64(-1)),
        (["1.5"], .float, .float(1.5)), (["1.5"], .double, .double(1.5)), (["7"], .uchar, .uchar(7)), (["7"], .ushort, .ushort(7)),
        (["7"], .ulong, .ulong(7)), (["7"], .ulong64, .ulong64(7)), (["[a]"], .string, .string("[a]")), (["a"], .constString, .string("a")),
        (["fault"], .state, .state(.fault)), (["f", "0x01"], .encoded, .encoded(DevEncoded(format: "f", data: [1]))),
        (["1", "0"], .booleanArray, .booleanArray([true, false])), (["1", "2"], .charArray, .charArray([1, 2])),
        (["[1,2]"], .shortArray, .shortArray([1, 2])), (["1"], .longArray, .longArray([1])), (["1"], .long64Array, .long64Array([1])),
        (["1"], .floatArray, .floatArray([1])), (["1", "-2e3"], .doubleArray, .doubleArray([1, -2000])),
        (["1"], .ushortArray, .ushortArray([1])), (["1"], .ulongArray, .ulongArray([1])), (["1"], .ulong64Array, .ulong64Array([1])),
        (["a", "b c"], .stringArray, .stringArray(["a", "b c"])), ([], .stringArray, .stringArray([])),
        (["[]"], .longArray, .longArray([])),
        (["on", "off"], .stateArray, .stateArray([.on, .off])),
        (["f", "g"], .encodedArray, .encodedArray([DevEncoded(format: "f", data: [0x67])])),
        (["[1,2]", #"["a","b"]"#], .longStringArray, .longStringArray(.init(longs: [1, 2], strings: ["a", "b"]))),
        (["[[1,2],[a]]"], .longStringArray, .longStringArray(.init(longs: [1, 2], strings: ["a"]))),
        (["[]", "[]"], .doubleStringArray, .doubleStringArray(.init())),
        (["[1.5]", "[é]"], .doubleStringArray, .doubleStringArray(.init(doubles: [1.5], strings: ["é"]))),
    ])
    func argumentsBecomeWhatTheCommandTakes(texts: [String], type: DataType, expected: CommandData) throws {
        #expect(try ValueParsing.command(texts, type: type) == expected)
    }

    @Test(arguments: [
        (["1"], DataType.void), ([], .short), (["1", "2"], .short), (["x"], .double), (["1", "x"], .doubleArray), (["f"], .encoded),
        (["[1,2]"], .longStringArray), (["1", "a"], .longStringArray), (["[1]", "[a]", "[b]"], .longStringArray),
        (["[1]", "[a]", "b"], .longStringArray),
        (["[x]", "[a]"], .longStringArray), (["[1.5]", "[a]"], .longStringArray), (["[[1]]", "[a]"], .doubleStringArray),
        (["1"], .pipeBlob),
        (["[[1,2]]"], .longArray),
    ])
    func otherArgumentsAreRefused(texts: [String], type: DataType) {
        let error = #expect(throws: DevFailed.self) { try ValueParsing.command(texts, type: type) }
        #expect(error?.reason == .invalidArguments)
    }

    @Test func everyArrayTypeCanBeGiven() {
        for type in DataType.allCases.compactMap(\.arrayType) {
            #expect((try? ValueParsing.command([], type: type))?.type == type, "\(type)")
        }
    }
}
