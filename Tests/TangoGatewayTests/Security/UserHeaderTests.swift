import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

/// The page shows who is logged in; only answers can tell it.
@Suite(.enabled(if: Curl.isThere, "curl is not installed")) struct UserHeaderTests {
    @Test func answersNameTheirUser() async throws {
        try await TestFolder.with { folder in
            let users = try folder.users(["ann": "secret"])
            try await RunningGateway.with {
                $0.usersFile = users
            } _: { (gateway) async throws in
                let url = "http://127.0.0.1:\(gateway.port)"
                #expect(try await Curl.get(url + "/tango/rest/v11", ["-u", "ann:secret"]).headers["x-tango-user"] == ["ann"])
                for options in [[], ["-u", "ann:wrong"]] {
                    #expect(try await Curl.get(url + "/tango/rest/v11", options).headers["x-tango-user"] == nil)
                }
                #expect(try await Curl.get(url + "/").headers["x-tango-user"] == nil)
            }
            try await RunningGateway.with { _ in
            } _: { (gateway) async throws in
                #expect(try await Curl.get("http://127.0.0.1:\(gateway.port)/tango/rest/v11").headers["x-tango-user"] == nil)
            }
        }
    }
}
