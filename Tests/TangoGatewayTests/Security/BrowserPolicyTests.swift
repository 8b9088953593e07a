import HTTPTypes
import TangoTestSupport
import Testing

@testable import TangoGateway

/// Pages in browsers: which may use the gateway, and by which names.
@Suite struct BrowserPolicyTests {
    private func policy(_ change: (inout GatewayConfiguration) -> Void = { _ in }) -> BrowserPolicy {
        var configuration = GatewayConfiguration()
        change(&configuration)
        return BrowserPolicy(configuration.resolved)
    }

    private static let own = "http://127.0.0.1:10001"

    @Test func pagesOfThisMachineAndListedOnesMayCall() {
        let policy = self.policy { $0.allowedOrigins = ["https://Waltz.example.org/", "http://b:8080"] }
        for good in [
            "http://127.0.0.1:10001", "http://localhost:3000", "https://[::1]:9", "http://a.localhost", "https://waltz.example.org",
            "https://waltz.example.org:443", "http://B:8080",
        ] { #expect(policy.allows(good, own: Self.own), "\(good)") }
        for bad in [
            "http://evil", "null", "", "file://", "http://waltz.example.org", "https://waltz.example.org:444", "http://b",
            "http://b:8080.evil",
            "http://localhost.evil.org", "http://127.0.0.1.evil.org", "http://localhost@evil", "http://b:8080, http://evil",
            "http://evil/http://localhost", "http://x.waltz.example.org",
        ] { #expect(!policy.allows(bad, own: Self.own), "\(bad)") }
        #expect(self.policy { $0.allowedOrigins = ["*"] }.allows("http://evil", own: Self.own))
    }

    @Test func theOwnOriginDependsOnTheRequest() {
        let policy = self.policy { $0.host = "0.0.0.0" }
        #expect(policy.allows("https://tango.example.org", own: "http://tango.example.org:80"), "a proxy speaks TLS")
        #expect(policy.allows("http://Tango:10001", own: "http://tango:10001"))
        #expect(!policy.allows("http://tango:10002", own: "http://tango:10001"))
        #expect(!policy.allows("http://localhost:10001", own: "http://tango:10001"), "with users, this machine is no exception")
    }

    private func status(
        _ policy: BrowserPolicy, _ authority: String, _ method: HTTPRequest.Method = .get, path: String = "/metrics", origin: String? = nil
    ) -> Int {
        var head = HTTPRequest(method: method, scheme: "http", authority: authority, path: path)
        head.headerFields[.origin] = origin
        do {
            try policy.check(GatewayRequest(head: head, trustsForwarded: false))
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test func aNameThatLeadsHereByAccidentIsNoticed() {
        let local = self.policy { $0.host = "localhost" }
        for good in ["127.0.0.1:10001", "localhost", "LocalHost:1", "[::1]:10001", "192.0.2.7:10001", "workstation:10001"] {
            #expect(self.status(local, good) == 200, "\(good)")
        }
        for bad in ["evil.example.org:10001", "evil.example.org.", "127.0.0.1.example.org", "localhost.example.org"] {
            #expect(self.status(local, bad) == 403, "\(bad)")
            // The browser takes such a page for one of the gateway's own.
            #expect(self.status(local, bad, .put, origin: "http://\(bad)") == 403, "\(bad)")
            #expect(self.status(local, bad, path: "/tango/rest") == 200, "that reveals nothing")
        }
        let listed = self.policy { $0.allowedHosts = ["Tango.example.org"] }
        #expect(self.status(listed, "tango.example.org:80") == 200 && self.status(listed, "tango.example.org.") == 200)
        #expect(self.status(self.policy { $0.allowedHosts = ["tango.example.org."] }, "tango.example.org") == 200)
        #expect(self.status(listed, "evil.example.org") == 403)
        #expect(self.status(self.policy { $0.allowedOrigins = ["https://tango.example.org"] }, "tango.example.org") == 200)
        // A password that a browser remembers is not sent to such a name.
        #expect(self.status(self.policy { $0.host = "0.0.0.0" }, "tango.example.org") == 200)
        let strict = self.policy {
            $0.host = "0.0.0.0"
            $0.allowedHosts = []
        }
        #expect(self.status(strict, "tango.example.org") == 403)
    }

    @Test func changesByPagesOfOthersAreRefused() {
        let policy = self.policy()
        for method in [HTTPRequest.Method.put, .post, .delete, .patch] {
            #expect(self.status(policy, "localhost:1", method, origin: "http://evil.example.org") == 403)
            #expect(self.status(policy, "localhost:1", method, origin: "null") == 403)
            #expect(self.status(policy, "localhost:1", method, origin: "http://localhost:1") == 200)
            #expect(self.status(policy, "localhost:1", method) == 200, "no browser")
        }
        #expect(self.status(policy, "localhost:1", .get, origin: "http://evil.example.org") == 200, "its answer cannot be read")
        for path in ["/tango/stream", "/tango/stream?target=a", "/tango/%73tream", "/tango/stream/"] {
            #expect(self.status(policy, "localhost:1", path: path, origin: "http://evil.example.org") == 403, "it would take a slot")
            #expect(self.status(policy, "localhost:1", path: path, origin: "http://localhost:3000") == 200)
            #expect(self.status(policy, "localhost:1", path: path) == 200)
        }
    }
}

/// The same through HTTP.
@Suite(.serialized, .enabled(if: Curl.isThere, "curl is not installed")) struct HostTests {
    @Test func aRequestWithoutOneValidHostIsRefused() async throws {
        try await RunningGateway.with { gateway in
            let url = "http://127.0.0.1:\(gateway.port)/tango/rest"
            func status(_ options: [String]) async throws -> Int { try await Curl.get(url, options).status }
            let named = try await Curl.get(url, ["-H", "Host: a:1"])
            #expect(named.status == 200 && named.body.contains("http://a:1/tango/rest/v11"))
            let old = try await Curl.get(url, ["--http1.0", "-H", "Host:"])
            #expect(old.status == 200 && old.body.contains("http://127.0.0.1:\(gateway.port)/tango/rest/v11"), "\(old)")
            #expect(try await status(["-H", "Host:"]) == 400)
            #expect(try await status(["-H", "Host;"]) == 400)
            for hosts in ["Host: a\\r\\nHost: b", "Host: a\\r\\nhost: a", "HOST: a\\r\\nX: y\\r\\nHost: a", "Host: a\\r\\nHost:"] {
                for version in ["1.0", "1.1"] {
                    // curl sends one at most.
                    let request = "GET /tango/rest HTTP/\(version)\\r\\n\(hosts)\\r\\nConnection: close\\r\\n\\r\\n"
                    let script = "exec 3<>/dev/tcp/127.0.0.1/\(gateway.port); printf '\(request)' >&3; cat <&3"
                    let answer = try await PeerProcess.run("/bin/bash", ["-c", script])
                    #expect(answer.output.hasPrefix("HTTP/1.1 400 "), "\(version) \(hosts): \(answer.output)")
                }
            }
            for host in ["evil\"><script>", "evil/x?y", "u:p@evil", "a b", "a,b", "[::1", "a:99999"] {
                let answer = try await Curl.get(url, ["-H", "Host: \(host)"])
                #expect(answer.status == 400 && !answer.body.contains("evil"), "\(host)")
                #expect(answer.headers["x-content-type-options"] == ["nosniff"] && answer.headers["strict-transport-security"] == nil)
            }
        }
    }

    @Test func pagesOfOthersReadAndChangeNothingWithoutUsers() async throws {
        try await RunningGateway.with { gateway in
            let base = "http://127.0.0.1:\(gateway.port)"
            let url = "\(base)/tango/rest/v11/hosts/127.0.0.1;port=1/devices/a/b/c/properties?k=v"
            func answer(_ origin: String, _ method: String) async throws -> Curl.Answer {
                try await Curl.get(url, ["-X", method, "-H", "Origin: \(origin)"])
            }
            let foreign = try await answer("http://evil.example.org", "GET")
            #expect(foreign.status == 400 && foreign.headers["access-control-allow-origin"] == nil)
            #expect(try await answer("http://evil.example.org", "POST").status == 403)
            let preflight = try await answer("http://evil.example.org", "OPTIONS")
            #expect(preflight.status == 204 && preflight.headers["access-control-allow-origin"] == nil)
            for origin in [base, "http://localhost:3000"] {
                // 400: there is no database.
                let own = try await answer(origin, "POST")
                #expect(own.status == 400 && own.headers["access-control-allow-origin"] == [origin])
            }
            let rebound = try await Curl.get(
                url, ["-X", "POST", "-H", "Origin: http://evil.example.org", "-H", "Host: evil.example.org"])
            #expect(rebound.status == 403 && rebound.headers["access-control-allow-origin"] != ["*"])
            #expect(try await Curl.get(url, ["-H", "Host: evil.example.org:\(gateway.port)"]).status == 403)
        }
    }
}
