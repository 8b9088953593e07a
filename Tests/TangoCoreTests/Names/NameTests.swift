import TangoCore
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("sys/tg_test/1", nil, "sys/tg_test/1", nil, nil, true),
        ("tango://host.dom:10000/a/b/c", "host.dom:10000", "a/b/c", nil, nil, true),
        ("tango://127.0.0.1:20000/a/b/c#dbase=no", "127.0.0.1:20000", "a/b/c", nil, nil, false),
        ("TANGO://h:1/a/b/c/attr->unit#DBASE=YES", "h:1", "a/b/c", "attr", "unit", true),
        ("alias", nil, "alias", nil, nil, true),
        ("alias/attr", nil, "alias", "attr", nil, true),
        ("tango:///a/b/c", nil, "a/b/c", nil, nil, true),
        ("tango://[::1]:10000/a/b/c", "[::1]:10000", "a/b/c", nil, nil, true),
        ("tango://[fe80::1%eth0]:1/a/b/c/x#dbase=no", "[fe80::1%eth0]:1", "a/b/c", "x", nil, false),
    ])
    func locatorsOfEveryFormAreUnderstood(
        text: String, host: String?, device: String, attribute: String?, property: String?, usesDatabase: Bool
    ) throws {
        let locator = try TRL(parsing: text)
        #expect(locator.host?.description == host)
        #expect(locator.device == device && locator.attribute == attribute && locator.property == property)
        #expect(locator.usesDatabase == usesDatabase)
        #expect(try TRL(parsing: locator.description) == locator)
    }

    @Test(arguments: [
        "", "a//c", "a/b/c/d/e", "taco://h:1/a/b/c", "tango://h/a/b/c", "tango://h:0/a/b/c", "a/b/c#dbase=no", "a/b/c#x", "a b/c/d",
        "tango://h:1",
    ])
    func malformedLocatorsAreRefused(text: String) {
        #expect(throws: DevFailed.self) { try TRL(parsing: text) }
    }

    @Test func namesAreComparedWithoutCase() throws {
        #expect(CaseInsensitiveName("SYS/Tg_Test/1") == "sys/tg_test/1")
        #expect(try DeviceName("A/B/C") == DeviceName("a/b/c"))
        #expect(try DeviceName("Dom/Fam/Mem").family == "Fam")
    }

    @Test(arguments: [
        ("*", "", true), ("*", "x", true), ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "ab", false), ("sys/*/1", "SYS/tg/1", true),
        ("*b*", "abc", true), ("*bb*", "abc", false), ("a*a", "a", false), ("a_b", "axb", false), ("", "", true), ("", "a", false),
    ])
    func onlyTheStarIsAWildcard(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test func theAddressOfAnIPv6HostIsInBrackets() throws {
        let host = try TangoHost(parsing: "[2001:db8::1]:10000")
        #expect(host == TangoHost(host: "2001:db8::1", port: 10000))
        #expect(host.description == "[2001:db8::1]:10000")
    }

    @Test(arguments: [
        "host", "host:", ":1", "host:0", "host:65536", "host:x", "a:1,b:2", "[::1:2", "[]:1", "::1]:2", "[::1]", "a b:1", "a/b:1",
        "host:99999999999999999999", "host:-1",
    ])
    func databaseAddressesNeedHostAndPort(text: String) {
        #expect(throws: DevFailed.self) { try TangoHost(parsing: text) }
    }
}
