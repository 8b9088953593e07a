import TangoCore
import Testing

@Suite struct JSONTests {
    @Test(
        arguments: [
            (JSONValue.unsigned(.max), "18446744073709551615"), (.integer(Int64.min), "-9223372036854775808"), (.double(3), "3.0"),
            (.double(0), "0.0"),
            (.double(1e300), "1e300"), (.double(-0.0), "-0.0"), (.double(.leastNonzeroMagnitude), "5e-324"), (.float(3.14), "3.14"),
            (.float(16_777_216), "16777216.0"),
            (.double(.nan), "\"NaN\""), (.double(-.infinity), "\"-Infinity\""), (.float(.infinity), "\"Infinity\""), (.null, "null"),
            (.string("a\"\\\n\u{1}é/\u{7F}"), "\"a\\\"\\\\\\n\\u0001é/\u{7F}\""),
            (.object(["a": [.double(1.5), true], "b": .object(JSONObject())]), "{\"a\":[1.5,true],\"b\":{}}"), (.array([]), "[]"),
        ] as [(JSONValue, String)])
    func valuesAreWrittenExactly(value: JSONValue, text: String) {
        #expect(value.text == text)
    }

    @Test func literalsAreKept() throws {
        let text = #"[18446744073709551615,1E+2,-0,0.10,{"a":null,"b":[true,false]},"x"]"#
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test func whiteSpaceIsSkippedAndEscapesAreResolved() throws {
        let value = try JSONValue(parsing: " \t\r\n{ \"a\\u0041\" : \"\\ud83d\\ude00\\n\\/\\\"\" } ")
        #expect(value == ["aA": .string("😀\n/\"")])
    }

    @Test(arguments: [
        "", " ", "nul", "01", "1.", ".5", "-", "+1", "1e", "1e+", "[1,]", "[1", "[,1]", "{\"a\":1,}", "{\"a\"}", "{a:1}",
        "{\"a\":1,\"a\":2}", "1 2", "[] x",
        "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u12g4\"", "\"\\u12", "\"\n\"", "NaN", "'a'", "\u{FEFF}1",
        "\"\\", "truefalse",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xE9, 0x22]) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xC3]) }
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func equivalentUnicodeNamesAreDifferentMembers() throws {
        // Swift compares é and e + accent as equal; JSON does not.
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.members.count == 2)
    }

    @Test func largeDocumentsAreRecognized() {
        let list = JSONValue.array((0..<100).map { .integer($0) })
        #expect(list.hasMoreElements(than: 100))
        #expect(!list.hasMoreElements(than: 101))
        let nested: JSONValue = ["a": ["b": list], "c": .null]
        #expect(nested.hasMoreElements(than: 103))
        #expect(!nested.hasMoreElements(than: 104))
    }
}
