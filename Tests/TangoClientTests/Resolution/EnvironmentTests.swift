import TangoCore
import Testing

@testable import TangoClient

struct EnvironmentTests {
    private let file = """
        # TANGO_HOST=commented:1
        TANGO_HOSTS=wrong:2
          TANGO_HOST = here:10000   # behind

        EMPTY=
        EMPTY=second
        WITH_EQUALS=a=b
        TANGO_HOST=later:3
        """

    @Test(arguments: [("TANGO_HOST", "here:10000"), ("EMPTY", "second"), ("WITH_EQUALS", "a=b"), ("tango_host", nil), ("NOWHERE", nil)])
    func filesAreReadLineByLine(name: String, value: String?) {
        #expect(TangoEnvironment.value(name, in: self.file) == value)
    }

    @Test(arguments: [("h:1", "h", 1), ("[::1]:10000", "::1", 10000), ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535)])
    func hostsMayBeAddressesOfBothKinds(text: String, host: String, port: Int) throws {
        let parsed = try TangoHost(parsing: text)
        #expect(parsed == TangoHost(host: host, port: port))
        #expect(parsed.description == text)
        #expect(try TRL(parsing: "tango://\(text)/a/b/c").host == parsed)
    }

    @Test(arguments: ["h", "h:", ":1", "h:0", "h:65536", "[::1:1", "[]:1", "[:1", "h:+"])
    func whatIsNoHostIsRefused(text: String) {
        let failure = #expect(throws: DevFailed.self) { try TangoHost(parsing: text) }
        #expect(failure?.reason == .tangoHostNotSet)
    }

    @Test func windowsLineEndsAreFine() {
        #expect(TangoEnvironment.value("A", in: "B=1\r\nA=2\r\n") == "2")
    }
}
