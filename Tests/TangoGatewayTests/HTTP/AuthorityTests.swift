import HTTPTypes
import Testing

@testable import TangoGateway

@Suite struct AuthorityTests {
    @Test(
        arguments: [
            ("a", "a", nil), ("A.B-c_d:80", "a.b-c_d", 80), ("localhost.", "localhost.", nil), ("127.0.0.1:10001", "127.0.0.1", 10001),
            ("[::1]", "::1", nil), ("[FE80::1]:7", "fe80::1", 7), ("a:", "a", nil), ("a:0", "a", 0), ("a:65535", "a", 65535),
            ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1),
        ] as [(String, String, Int?)])
    func hostsWithAndWithoutPortAreUnderstood(text: String, host: String, port: Int?) throws {
        let authority = try #require(Authority(text))
        #expect(authority.host == host && authority.port == port)
    }

    @Test(arguments: [
        "", ":80", "a b", "a/b", "a?b", "a#b", "u@a", "u:p@a", "evil\"><script>", "a,b", "a;b", "a\\b", "<a>", "a%20b", "é", "ａ", "a..b",
        ".a",
        "a:b", "a:65536", "a:-1", "a:1:2", "::1", "[::1", "::1]", "[a]", "[]", "[::1]x", "[::1]:x", "[fe80::1%eth0]", "[127.0.0.1]", "a\n",
        "a\u{0}", "\u{212A}ey", String(repeating: "a", count: 64), String(repeating: "a.", count: 200), "a:99999999999999999999",
    ])
    func otherTextsAreNoHosts(text: String) {
        #expect(Authority(text) == nil)
    }

    private func status(_ authority: String?, hosts: [String] = [], isHTTP2: Bool = false) -> Int {
        var head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        for host in hosts { head.headerFields.append(HTTPField(name: .host, value: host)) }
        do {
            try Authority.check(head, isHTTP2: isHTTP2)
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test func aRequestHasExactlyOneHost() {
        #expect(self.status("a") == 200 && self.status(nil) == 400 && self.status("") == 400)
        #expect(self.status("a", hosts: ["a"]) == 400 && self.status("a", hosts: ["b"]) == 400)
        #expect(self.status("a", isHTTP2: true) == 200 && self.status(nil, isHTTP2: true) == 400)
        // `Host` may repeat the pseudo header of HTTP/2, or take its place.
        #expect(self.status("a", hosts: ["A"], isHTTP2: true) == 200 && self.status(nil, hosts: ["a"], isHTTP2: true) == 200)
        #expect(self.status("a", hosts: ["b"], isHTTP2: true) == 400 && self.status("a", hosts: ["a", "a"], isHTTP2: true) == 400)
        #expect(self.status(nil, hosts: ["a", "b"], isHTTP2: true) == 400 && self.status("a b", isHTTP2: true) == 400)
    }

    @Test func theHostOfAProxyIsCheckedToo() {
        func isGood(_ headers: HTTPFields) -> Bool {
            let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/", headerFields: headers)
            return (try? GatewayRequest(head: head, trustsForwarded: true).checkOrigin(head, isHTTP2: false)) != nil
        }
        let (host, scheme) = (HTTPField.Name.known("X-Forwarded-Host"), HTTPField.Name.known("X-Forwarded-Proto"))
        #expect(isGood([:]) && isGood([host: "b:1", scheme: "HTTPS"]) && isGood([.known("Forwarded"): "host=\"[::1]:2\";proto=http"]))
        for bad in [[host: "b/c"], [host: "\"><script>"], [scheme: "javascript"], [.known("Forwarded"): "host=u@b"]] as [HTTPFields] {
            #expect(!isGood(bad), "\(bad)")
        }
    }

    @Test func ofSeveralHostsTheLastOneIsTheProxys() {
        func request(_ headers: HTTPFields) -> (GatewayRequest, HTTPRequest) {
            let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/", headerFields: headers)
            return (GatewayRequest(head: head, trustsForwarded: true), head)
        }
        func status(_ headers: HTTPFields) -> Int {
            let (request, head) = request(headers)
            do {
                try request.checkOrigin(head, isHTTP2: false)
                return 200
            } catch {
                return error.status.code
            }
        }
        let (host, client, forwarded) = (
            HTTPField.Name.known("X-Forwarded-Host"), HTTPField.Name.known("X-Forwarded-For"), HTTPField.Name.known("Forwarded")
        )
        #expect(request([host: "evil, b:1"]).0.authority == "b:1")
        #expect(request([forwarded: "host=evil, host=\"b:2\""]).0.authority == "b:2")
        #expect(status([host: "B:1", forwarded: "for=1.2.3.4;host=\"b:1\"", client: "1.2.3.4"]) == 200)
        #expect(status([host: "b", forwarded: "host=c"]) == 400)
        #expect(status([client: "1.2.3.4", forwarded: "for=1.2.3.5"]) == 400)
    }

    @Test func namesOfThisMachineAreKnown() {
        for text in ["localhost", "LOCALHOST:1", "localhost.", "a.localhost", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::ffff:127.0.0.1]"] {
            #expect(Authority(text)?.isLoopback == true, "\(text)")
        }
        for text in ["a", "localhost.example.org", "notlocalhost", "128.0.0.1", "[::2]", "[fe80::1]", "127.0.0.1.example.org"] {
            #expect(Authority(text)?.isLoopback == false, "\(text)")
        }
    }
}
