import HTTPTypes
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct ResourceTests {
    private static let host = TangoHost(host: "h", port: 10001)
    private static let device = DeviceReference(host: Self.host, name: "sys/tg_test/1")
    private static let base = "/tango/rest/v11/hosts/h;port=10001/devices/sys/tg_test/1"

    private func resource(_ path: String, _ method: HTTPRequest.Method = .get) throws -> Resource {
        try ResourcePath(method: method, path: path).resource
    }

    private func status(_ path: String, _ method: HTTPRequest.Method = .get) -> Int {
        do throws(HTTPFailure) {
            _ = try ResourcePath(method: method, path: path)
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test func resourcesAboveDevicesAreFound() throws {
        #expect(try self.resource("/") == .page(.index))
        #expect(try self.resource("/tango/rest") == .entryPoint)
        #expect(try self.resource("/tango/rest/v1.0/") == .version)
        #expect(try self.resource("/tango/rest/v1.1/hosts") == .hosts)
        #expect(try self.resource("/tango/rest/v10/devices/tree") == .defaultTree)
        #expect(try self.resource("/tango/rest/v11/hosts/h;port=10001") == .host(Self.host))
        #expect(try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/") == .devices(Self.host))
        #expect(try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/tree") == .tree(Self.host))
        #expect(try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/sys") == .families(Self.host, domain: "sys"))
        #expect(
            try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/sys/tg_test")
                == .members(Self.host, domain: "sys", family: "tg_test"))
    }

    @Test(arguments: [
        ("", DevicePath.device), ("/state", .state), ("/attributes", .attributes), ("/attributes/info", .attributesInfo),
        ("/attributes/value", .attributesValue), ("/attributes/a", .attribute("a")), ("/attributes/a/info", .attributeInfo("a")),
        ("/attributes/a/value", .attributeValue("a")), ("/attributes/a/history", .attributeHistory("a")), ("/commands", .commands),
        ("/commands/c", .command("c")), ("/commands/c/history", .commandHistory("c")), ("/pipes", .pipes), ("/pipes/p", .pipe("p")),
        ("/pipes/p/value", .pipeValue("p")), ("/properties", .properties), ("/properties/a%2Fb", .property("a/b")),
    ])
    func resourcesOfDevicesAreFound(suffix: String, expected: DevicePath) throws {
        #expect(try self.resource(Self.base + suffix) == .device(Self.device, expected))
    }

    @Test(arguments: [
        ("h", "h", 10000), ("h;port=20000", "h", 20000), ("h%3Bport%3D20000", "h", 20000), ("h%3bport=1", "h", 1), ("h:65535", "h", 65535),
        ("h;x=1;PORT=77;y", "h", 77), ("[::1]:11000", "[::1]", 11000), ("::1", "::1", 10000),
    ])
    func hostSegmentsAreUnderstood(segment: String, host: String, port: Int) throws {
        #expect(try TangoHost(segment: segment) == TangoHost(host: host, port: port))
    }

    @Test(arguments: [
        "h;port=0", "h;port=65536", "h;port=abc", "h;port=", "h;port", "h;port=+5", ";port=1", "h:x", "h%zz", "h%4", "h%00", "a%2Fb",
    ])
    func badHostSegmentsAre400(segment: String) {
        #expect(self.status("/tango/rest/v11/hosts/\(segment)") == 400)
    }

    @Test(arguments: [
        "tango", "/tango", "/tango/rest/rc4", "/tango/rest/V11", "/tango//rest", "/tango/rest/v11//", "/tango/rest/v11/./hosts",
        "/tango/rest/v11/hosts/h/devices/a/b/c/..", "/tango/rest/v11/hosts/h/other", "/tango/rest/v11/hosts/h/devices/a/b/c/other",
        "/tango/rest/v11/hosts/h/devices/a/b/c/attributes/x/y", "/tango/rest/v11/hosts/h/devices/a/b/c/attributes/x/value/z",
        "/tango/rest/v11/hosts/h/devices/a%2Fb%2Fc%2Fd", "/tango/rest/v11/hosts/h/devices/a/b/c%23dbase=no",
        "/tango/rest/v11/hosts/h/devices/a/b/%2F",
    ])
    func unknownPathsAre404(path: String) {
        #expect(self.status(path) == 404)
    }

    @Test func escapedSlashesSeparateDeviceFields() throws {
        let whole = try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/sys%2Ftg_test%2F1/state")
        let half = try self.resource("/tango/rest/v11/hosts/h;port=10001/devices/sys%2ftg_test/1/state")
        #expect(whole == .device(Self.device, .state))
        #expect(half == whole)
    }

    @Test func badEscapesAndNULAre400() {
        for name in ["%zz", "%1", "%", "a%00b"] { #expect(self.status("\(Self.base)/attributes/\(name)") == 400) }
    }

    @Test func wrongMethodsAre405WithTheAllowedOnes() {
        #expect(throws: HTTPFailure.self) { try ResourcePath(method: .delete, path: Self.base) }
        do throws(HTTPFailure) {
            _ = try ResourcePath(method: .post, path: Self.base + "/attributes/a/value")
            Issue.record("POST was taken")
        } catch {
            #expect(error.status == .methodNotAllowed)
            #expect(error.headers[.allow] == "GET, HEAD, PUT, OPTIONS")
        }
    }

    @Test func namesBecomeLatin1AndAreDecodedOnce() throws {
        #expect(try self.resource(Self.base + "/attributes/%C3%A9%2525") == .device(Self.device, .attribute("é%25")))
        #expect(try self.resource(Self.base + "/attributes/%E9") == .device(Self.device, .attribute("é")))
    }

    @Test func queriesAreFormDecoded() throws {
        let query = try Query(parsing: "v=a+b%2Bc&&flag&v=&x=1=2")
        #expect(query.all("v") == ["a b+c", ""])
        #expect(query.first("flag") == "")
        #expect(query.first("x") == "1=2")
        #expect(throws: HTTPFailure.self) { try Query(parsing: "a=%2") }
        #expect(throws: HTTPFailure.self) { try Query(parsing: "a=%00") }
    }

    @Test(arguments: [
        ("async", true), ("async=", true), ("async=TRUE", true), ("async=1", true), ("async=no", false), ("", false), ("async=0", false),
    ])
    func switchesAreUnderstood(text: String, expected: Bool) throws {
        #expect(try Query(parsing: text).flag("async") == expected)
    }

    @Test func otherSwitchTextsAreRefused() {
        #expect(throws: HTTPFailure.self) { try Query(parsing: "async=maybe").flag("async") }
    }

    @Test func membersAreAllButTheOptionsGroupedWithoutCase() throws {
        let query = try Query(parsing: "A=1&async=1&b=2&a=3&filter=x&Async=2&host=h&value=v")
        let named = query.members(besides: ["async", "filter"]).grouped
        #expect(named.map(\.name) == ["A", "b", "Async", "host", "value"])
        #expect(named.map(\.values) == [["1", "3"], ["2"], ["2"], ["h"], ["v"]])
        #expect(query.used(["filter", "replace", "async"]) == ["filter", "async"])
        // "é" of one and of two scalars: other bytes, another name.
        #expect(try Query(parsing: "%C3%A9=1&e%CC%81=2").grouped.map(\.values) == [["1"], ["2"]])
    }

    @Test func dotsOfAPathAreEscaped() throws {
        #expect([".", "..", "a.b", "...", "+ %"].map { PercentEncoding.encode($0) } == ["%2E", "%2E%2E", "a.b", "...", "%2B%20%25"])
        #expect(PercentEncoding.encode(device: "a/../b.c") == "a/%2E%2E/b.c")
        #expect(try self.resource(Self.base + "/properties/%2E%2E") == .device(Self.device, .property("..")))
    }
}
