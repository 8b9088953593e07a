import TangoCore
import Testing

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("", ""), ("a é 日 🚀 e\u{301}", "a é 日 🚀 e\u{301}"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{0}\u{1B}[31m\u{7F}", "\\x00\\x1b[31m\\x7f"),
        ("\u{9B}2J\u{85}", "\\x9b2J\\x85"), ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
        ("\u{202E}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
        // A joiner within an emoji belongs to it.
        ("👩\u{200D}🚀", "👩\u{200D}🚀"),
    ])
    func whatIsNotToBeSeenIsEscaped(text: String, printable: String) {
        #expect(text.printable == printable)
        #expect(printable.printable == printable)
    }

    @Test func aLineOfALogIsJSONWithoutControlCharacters() throws {
        let text = "\u{0}\n\u{1B}\u{7F}\u{9B}\u{2028}\u{202E}é\"\\"
        let line = JSONValue.array([.string(text)]).serializedLine()
        #expect(String(decoding: line, as: UTF8.self) == #"["\u0000\n\u001b\u007f\u009b\u2028\u202eé\"\\"]"# + "\n")
        #expect(try JSONValue(parsing: Array(line.dropLast())) == [.string(text)])
    }
}
