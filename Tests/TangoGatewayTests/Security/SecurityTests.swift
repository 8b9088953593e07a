import Crypto
import Foundation
import HTTPTypes
import JWTKit
import NIOSSL
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

/// Users, tokens and TLS, through HTTP.
@Suite(.serialized, .enabled(if: Curl.isThere, "curl is not installed")) struct SecurityTests {
    private struct Token: JWTPayload {
        var sub = "ann"
        var exp = Date().timeIntervalSince1970 + 60

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private static let value = "/tango/rest/v11/hosts/h;port=x/devices/a/b/c/attributes/d/value"

    @Test func resourcesOfAControlSystemNeedAUser() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "secret", "böb": "ü:ü"])
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { gateway in
                let url = "http://127.0.0.1:\(gateway.port)"
                for path in ["/", "/tango/rest", "/tango/rest/"] { #expect(try await Curl.get(url + path).status == 200, "\(path)") }
                #expect(try await Curl.get(url + "/tango/rest/v11/hosts", ["-X", "OPTIONS"]).status == 204)
                for path in [
                    "/tango/rest/v11", "/tango/rest/v1.0/hosts", Self.value, "/tango/subscriptions", "/metrics", "/tango/rest/%76",
                ] {
                    let answer = try await Curl.get(url + path)
                    #expect(answer.status == 401, "\(path)")
                    #expect(answer.headers["www-authenticate"] == ["Basic realm=\"Tango-Controls Realm\""])
                    #expect(answer.headers["cache-control"] == ["no-store"])
                    let error = try JSONValue(parsing: answer.body).object?["errors"]?.array?.first?.object
                    #expect(error?["reason"] == "REST_Unauthorized")
                }
                let answer = try await Curl.get(url + "/tango/rest/v11", ["-u", "ann:secret"])
                #expect(answer.status == 200)
                #expect(answer.headers["www-authenticate"] == ["Basic realm=\"Tango-Controls Realm\""])
                #expect(answer.headers["cache-control"]?.first?.hasPrefix("private, ") == true)
                #expect(try await Curl.get(url + "/tango/rest/v11/hosts", ["-u", "böb:ü:ü"]).status == 400)
                #expect(try await Curl.get(url + "/tango/rest/v11/hosts", ["-u", "ann:secret"]).headers["www-authenticate"] == nil)
                for options in [
                    ["-u", "ann:wrong"], ["-u", "eve:secret"], ["-u", "ann:"], ["-u", ":"], ["-H", "Authorization: Basic"],
                    ["-H", "Authorization: Basic ###"], ["-H", "Authorization: Digest x"], ["-H", "Authorization: Bearer x"],
                    ["-H", "Authorization;"],
                ] { #expect(try await Curl.get(url + "/tango/rest/v11", options).status == 401, "\(options)") }

                try UsersFile(path: users).set("ann", password: "new", cost: .cheap)
                #expect(try await Curl.get(url + "/tango/rest/v11", ["-u", "ann:secret"]).status == 401)
                #expect(try await Curl.get(url + "/tango/rest/v11", ["-u", "ann:new"]).status == 200)
            }
        }
    }

    @Test func openRoutesAreDefinedOnce() {
        func isOpen(_ path: String) -> Bool {
            Authenticator.isOpen(
                GatewayRequest(head: HTTPRequest(method: .get, scheme: "http", authority: "a", path: path), trustsForwarded: false))
        }
        for route in Route.allCases where route.pathParameters.isEmpty {
            #expect(isOpen(route.template) == route.isOpen, "\(route)")
            #expect(isOpen(route.template + (route == .page ? "" : "/")) == route.isOpen, "\(route)")
        }
        for file in WebPage.allCases { #expect(isOpen("/page/\(file.rawValue)")) }
        for path in ["/page/other.js", "/health/other", "/health//", "//", "/tango/rest/v11", "/tango", ""] {
            #expect(!isOpen(path), "\(path)")
        }
    }

    @Test func usersGetTheReasonWhyTheGatewayIsNotReady() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "1"])
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { (gateway) async throws in
                for path in ["/health/ready", "/health", "/health/"] {
                    let url = "http://127.0.0.1:\(gateway.port)\(path)"
                    for options in [[], ["-u", "ann:2"], ["-u", "eve:1"]] {
                        let answer = try await Curl.get(url, options)
                        #expect(answer.status == 503 && !answer.body.contains("127.0.0.1"))
                    }
                    let answer = try await Curl.get(url, ["-u", "ann:1"])
                    #expect(answer.status == 503 && answer.body.contains("The database 127.0.0.1:1 cannot be used"))
                }
            }
        }
    }

    @Test func withoutUsersNoRequestNeedsAUser() async throws {
        try await RunningGateway.with { gateway in
            let answer = try await Curl.get("http://127.0.0.1:\(gateway.port)/tango/rest/v11")
            #expect(answer.status == 200)
            #expect(answer.headers["www-authenticate"] == nil)
            #expect(answer.headers["cache-control"]?.first?.hasPrefix("no-transform") == true)
        }
    }

    @Test func tokensAuthenticateToo() async throws {
        try await TestFolder.with { folder in
            let secret = "0123456789abcdef0123456789abcdef"
            let file = try folder.write(secret, to: "secret")
            let token = try await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256).sign(Token())
            try await RunningGateway.with {
                $0.tokenSecretFile = file
                $0.usersFile = folder.file("none")
            } _: { gateway in
                let url = "http://127.0.0.1:\(gateway.port)/tango/rest/v11"
                #expect(try await Curl.get(url, ["-H", "Authorization: Bearer \(token)"]).status == 200)
                #expect(try await Curl.get(url, ["-H", "authorization: bearer  \(token)"]).status == 200)
                let answer = try await Curl.get(url, ["-H", "Authorization: Bearer \(token)x"])
                #expect(answer.status == 401)
                #expect(answer.headers["www-authenticate"]?.last == "Bearer realm=\"Tango-Controls Realm\", error=\"invalid_token\"")
                #expect(answer.headers["www-authenticate"]?.count == 2)
            }
        }
    }

    @Test func pagesOfOthersCannotUseThePasswordOfABrowser() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "1"])
            try await RunningGateway.with {
                $0.usersFile = users
                $0.allowedOrigins = ["http://good"]
            } _: { gateway in
                let url = "http://127.0.0.1:\(gateway.port)\(Self.value)"
                func status(_ origin: String, _ method: String = "PUT") async throws -> Int {
                    try await Curl.get(url, ["-u", "ann:1", "-X", method, "-H", "Origin: \(origin)"]).status
                }
                // 400: the port in the path is none.
                #expect(try await status("http://evil") == 403)
                #expect(try await status("null", "DELETE") == 403)
                #expect(try await status("http://good") == 400)
                #expect(try await status("https://127.0.0.1:\(gateway.port)") == 400)
                #expect(try await status("http://evil", "GET") == 400)
                let answer = try await Curl.get(url, ["-u", "ann:1", "-H", "Origin: http://evil"])
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
        }
    }

    @Test func theBodyOfAnUnauthorizedRequestIsNotAwaited() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "1"])
            let body = try folder.write(String(repeating: "x", count: 1_000_000), to: "body")
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { gateway in
                let answer = try await Curl.get("http://127.0.0.1:\(gateway.port)\(Self.value)", ["-T", body])
                #expect(answer.status == 401)
                #expect(answer.headers["connection"] == ["close"])
            }
        }
    }

    @Test func onlyChangesHaveLargeBodies() async throws {
        func limit(_ method: HTTPRequest.Method, _ path: String) -> Int {
            let head = HTTPRequest(method: method, scheme: "http", authority: "a", path: path)
            return RequestHandler.bodyLimit(of: GatewayRequest(head: head, trustsForwarded: false), GatewayConfiguration())
        }
        let large = GatewayConfiguration().maximumBodySize
        #expect(limit(.put, Self.value) == large && limit(.post, "/tango/rest/v11/attributes") == large)
        for method in [HTTPRequest.Method.get, .head, .delete, .options, .patch] {
            #expect(limit(method, Self.value) == BodyBudget.freeSize, "\(method)")
        }
        for path in ["/", "/tango/rest", "/tango/rest/", "/health", "/page/main.js"] {
            #expect(limit(.put, path) == BodyBudget.freeSize && limit(.post, path) == BodyBudget.freeSize, "\(path)")
        }
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "1"])
            let body = try folder.write(String(repeating: "x", count: 100_000), to: "body")
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { gateway in
                let url = "http://127.0.0.1:\(gateway.port)"
                for options in [["-X", "GET"], ["-X", "PUT"], ["-X", "GET", "-H", "Transfer-Encoding: chunked"]] {
                    let answer = try await Curl.get(url + "/tango/rest", ["--data-binary", "@\(body)"] + options)
                    #expect(answer.status == 413 && answer.headers["connection"] == ["close"], "\(options)")
                }
                let large = try await Curl.get(url + Self.value, ["-u", "ann:1", "-X", "PUT", "--data-binary", "@\(body)"])
                #expect(large.status == 400, "the port in the path is none")
            }
        }
    }

    @Test func aRequestRefusedBeforeItsBodyEndsTheConnection() async throws {
        try await RunningGateway.with { gateway in
            let url = "http://127.0.0.1:\(gateway.port)\(Self.value)"
            let foreign = ["-X", "PUT", "-H", "Origin: http://evil.example.org"]
            let refused = try await Curl.get(url, foreign + ["-d", "5"])
            #expect(refused.status == 403 && refused.headers["connection"] == ["close"])
            let empty = try await Curl.get(url, foreign)
            #expect(empty.status == 403 && empty.headers["connection"] == nil)
        }
    }

    @Test func otherTangoHostsAreServedOnlyIfTheyAreListed() async throws {
        try await RunningGateway.with {
            $0.allowedTangoHosts = ["127.0.0.1:2", "LocalHost"]
        } _: { (gateway) async throws in
            func status(_ host: String, _ rest: String = "") async throws -> Int {
                try await Curl.get("http://127.0.0.1:\(gateway.port)/tango/rest/v11/hosts/\(host)\(rest)").status
            }
            // Nothing listens there, but it is called.
            for host in ["127.0.0.1;port=1", "127.0.0.1;port=2"] { #expect(try await status(host) == 400) }
            #expect(try await status("localhost") != 403)
            for rest in ["", "/devices", "/devices/a/b/c", "/devices/a/b/c/state", "/devices/a/b/c/properties"] {
                #expect(try await status("127.0.0.1;port=3", rest) == 403, "\(rest)")
            }
        }
    }

    @Test func withUsersOrAccessControlOtherDatabasesAreNotServed() {
        var configuration = GatewayConfiguration()
        #expect(configuration.resolved.allowedTangoHosts == nil)
        configuration.usesAccessControl = true
        #expect(configuration.resolved.allowedTangoHosts == [])
        configuration = GatewayConfiguration()
        configuration.authentication = .on
        #expect(configuration.resolved.allowedTangoHosts == [], "it would scan the ports of a network for its users")
        configuration.allowedTangoHosts = ["db"]
        #expect(configuration.resolved.allowedTangoHosts == ["db"])
    }

    @Test func usersReachTheListedTangoHostsOnly() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "1"])
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { (gateway) async throws in
                func status(_ path: String) async throws -> Int {
                    try await Curl.get("http://127.0.0.1:\(gateway.port)/tango/rest/v11/\(path)", ["-u", "ann:1", "-g"]).status
                }
                #expect(try await status("hosts/127.0.0.1;port=1") == 400, "the default one, where nothing listens")
                for host in ["127.0.0.1;port=2", "localhost;port=22", "[::1];port=1", "0x7f000001;port=1"] {
                    #expect(try await status("hosts/\(host)") == 403, "\(host)")
                }
                #expect(try await status("attributes/value?wildcard=127.0.0.1:22/*/*/*/*") == 403)
            }
        }
    }

    @Test func aNameOfAUserHasNoHiddenCharacters() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["bob": "1"])
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { (gateway) async throws in
                let url = "http://127.0.0.1:\(gateway.port)/tango/rest/v11"
                func status(_ name: String) async throws -> Int {
                    let credentials = Data("\(name):1".utf8).base64EncodedString()
                    return try await Curl.get(url, ["-H", "Authorization: Basic \(credentials)"]).status
                }
                for name in ["bob", "Bob", "BOB"] { #expect(try await status(name) == 200) }
                for name in ["bob\0x", "bob\0", "bob\n", "\u{202E}bob", "b\u{200B}ob", "bob ", "bo\u{212A}", ""] {
                    #expect(try await status(name) == 401, "\(name.debugDescription)")
                }
            }
        }
    }

    @Test func pagesOfOthersChangeNothingWhereOriginsAreListed() async throws {
        try await RunningGateway.with {
            $0.allowedOrigins = ["http://good"]
        } _: { (gateway) async throws in
            let url = "http://127.0.0.1:\(gateway.port)/tango/rest/v11/hosts/127.0.0.1;port=1/devices/a/b/c/properties?k=v"
            func status(_ origin: String) async throws -> Int { try await Curl.get(url, ["-X", "POST", "-H", "Origin: \(origin)"]).status }
            #expect(try await status("http://evil") == 403)
            #expect(try await status("http://good") == 400)
            #expect(try await status("http://127.0.0.1:\(gateway.port)") == 400)
        }
    }

    @Test func aSlowBodyEndsTheConnection() async throws {
        try await RunningGateway.with {
            $0.headLimit = .milliseconds(300)
        } _: { (gateway) async throws in
            let url = "http://127.0.0.1:\(gateway.port)/tango/rest/v11/hosts/127.0.0.1;port=1/devices/a/b/c/attributes/d/value"
            // The body is shorter than announced, and never ends.
            let answer = try await Curl.get(
                url, ["-X", "PUT", "-H", "Content-Type: application/json", "-H", "Content-Length: 9", "-d", "1"])
            #expect(answer.status == 0)
        }
    }

    @Test func withoutKnownRightsNothingIsChanged() async throws {
        try await RunningGateway.with {
            $0.usesAccessControl = true
        } _: { (gateway) async throws in
            let url = "http://127.0.0.1:\(gateway.port)/tango/rest/v11/hosts/127.0.0.1;port=1/devices/a/b/c"
            // As with everything of a database that does not answer.
            let written = try await Curl.get("\(url)/attributes/d/value?v=1", ["-X", "PUT"])
            #expect(written.status == 400 && written.body.contains("API_CantConnectToDatabase"), "\(written)")
            let deleted = try await Curl.get("\(url)/properties/d", ["-X", "DELETE"])
            #expect(deleted.status == 400, "\(deleted)")
        }
    }

    // MARK: - TLS

    /// Makes a certificate and runs the body with a gateway that uses it.
    private static func withTLS(_ body: (_ url: String, _ certificate: String, TestFolder) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            let (certificate, key) = (folder.file("certificate.pem"), folder.file("key.pem"))
            try DevelopmentCertificate(hosts: ["localhost", "127.0.0.1"], days: 1).write(certificate: certificate, key: key)
            try await RunningGateway.with {
                $0.certificateFile = certificate
                $0.keyFile = key
            } _: { gateway in
                try await body("https://localhost:\(gateway.port)", certificate, folder)
            }
        }
    }

    @Test func clientsChooseHTTP2OrHTTP1OnTheSamePort() async throws {
        try await Self.withTLS { url, certificate, _ in
            for (option, version) in [("--http2", "HTTP/2"), ("--http1.1", "HTTP/1.1")] {
                let answer = try await Curl.get(url + "/tango/rest", [option, "--cacert", certificate])
                #expect(answer.version == version)
                #expect(answer.headers["strict-transport-security"] == ["max-age=86400"])
                #expect(answer.headers["x-content-type-options"] == ["nosniff"])
                #expect(answer.status == 200)
                #expect(answer.body.contains("\"v11\":\"\(url)/tango/rest/v11\""))
                #expect(answer.headers["link"] == ["<\(url)/tango/rest>; rel=\"self\""])
                let failure = try await Curl.get(url + "/tango/rest/v11/hosts", [option, "--cacert", certificate])
                #expect(failure.status == 400)
            }
            let byAddress = url.replacing("localhost", with: "127.0.0.1")
            #expect(try await Curl.get(byAddress + "/tango/rest", ["--cacert", certificate]).status == 200)
            #expect(try await Curl.get(url + "/tango/rest").status == 0, "not trusted without the certificate")
            #expect(try await Curl.get(url.replacing("https", with: "http") + "/tango/rest").status == 0)
            #expect(try await Curl.get(url + "/tango/rest", ["--cacert", certificate, "--tls-max", "1.1"]).status == 0)
        }
    }

    @Test func theLimitsApplyToBothVersions() async throws {
        try await Self.withTLS { url, certificate, folder in
            let body = try folder.write(String(repeating: "x", count: 17_000_000), to: "body")
            for (option, unmeasured) in [("--http2", "Content-Length:"), ("--http1.1", "Transfer-Encoding: chunked")] {
                let options = [option, "--cacert", certificate]
                #expect(try await Curl.get(url + Self.value, options + ["-T", body]).status == 413)
                #expect(try await Curl.get(url + Self.value, options + ["-T", body, "-H", unmeasured]).status == 413)
                #expect(try await Curl.get("\(url)/\(String(repeating: "x", count: 9000))", options).status == 414)
                let small = ["-X", "PUT", "-H", "Expect: 100-continue", "-H", "Content-Type: application/json", "-d", "5"]
                #expect(try await Curl.get(url + Self.value, options + small).status == 400)
            }
            // HTTP/2 announces a smaller limit of its own, and closes the connection.
            let header = "X: \(String(repeating: "a", count: 40_000))"
            #expect(try await Curl.get(url + "/tango/rest", ["--http1.1", "--cacert", certificate, "-H", header]).status == 431)
            #expect(try await Curl.get(url + "/tango/rest", ["--http2", "--cacert", certificate, "-H", header]).status != 200)
        }
    }

    @Test func aRequestInProgressIsAnsweredWhenTheGatewayStops() async throws {
        for option in ["--http2", "--http1.1"] {
            let database = try SilentListener()
            var request: Task<Curl.Answer, any Error>?
            try await Self.withTLS { url, certificate, _ in
                request = Task {
                    try await Curl.get(
                        "\(url)/tango/rest/v11/hosts/127.0.0.1;port=\(database.port)", [option, "--cacert", certificate])
                }
                await database.accepted()
            }
            #expect(try await request?.value.status == 503, "\(option)")
        }
    }

    @Test func certificateAndKeyMustMatch() async throws {
        try await TestFolder.with { folder in
            func write(_ name: String) throws {
                try DevelopmentCertificate(hosts: ["h"], days: 1).write(
                    certificate: folder.file(name + ".pem"), key: folder.file(name + "-key.pem"))
            }
            try write("a")
            try write("b")
            for (certificate, key) in [("a.pem", "b-key.pem"), ("none", "a-key.pem"), ("a.pem", "none"), ("a-key.pem", "a.pem")] {
                await #expect(throws: DevFailed.self) {
                    try await RunningGateway.with {
                        $0.certificateFile = folder.file(certificate)
                        $0.keyFile = folder.file(key)
                    } _: { _ in
                        Issue.record("It was served")
                    }
                }
            }
            #expect(throws: DevFailed.self) { try DevelopmentCertificate(hosts: ["a b"], days: 1) }
            #expect(throws: DevFailed.self) { try DevelopmentCertificate(hosts: [], days: 1) }
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file("a-key.pem"))[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    // MARK: - Addresses

    @Test func theAddressOfTheClientIsKnown() {
        func address(_ headers: [String: String], trusts: Bool = true, peer: String = "10.0.0.1") -> String {
            var head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/")
            for (name, value) in headers { if let name = HTTPField.Name(name) { head.headerFields[name] = value } }
            return GatewayRequest(head: head, trustsForwarded: trusts, peer: peer).clientAddress
        }
        #expect(address([:]) == "10.0.0.1")
        #expect(address([:], peer: "::ffff:10.0.0.2") == "10.0.0.2")
        #expect(address([:], peer: "::1") == "127.0.0.1")
        #expect(address([:], peer: "2001:db8::1") == "2001:db8::1")
        let header = ["X-Forwarded-For": "1.1.1.1, 2.2.2.2"]
        #expect(address(header) == "2.2.2.2", "what the proxy itself has seen")
        #expect(address(header, trusts: false) == "10.0.0.1")
        #expect(address(["Forwarded": "for=1.1.1.1, for=\"[2001:db8::1]:47\";proto=https"]) == "2001:db8::1")
        #expect(address(["Forwarded": "for=2.2.2.2:80"]) == "2.2.2.2")
        #expect(address(["Forwarded": "for=2.2.2.2", "X-Forwarded-For": "2.2.2.2"]) == "2.2.2.2")
        #expect(address(["Forwarded": "for=1.1.1.1", "X-Forwarded-For": "2.2.2.2"]) == "10.0.0.1", "one of them is a forgery")
    }
}
