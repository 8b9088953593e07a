import ArgumentParser
import TangoGateway
import Testing

@testable import tango

@Suite struct RestCommandTests {
    private static func parse<T>(_ words: [String], as type: T.Type = T.self) throws -> T {
        try #require(try Tango.parseAsRoot(words) as? T)
    }

    private static func status(_ words: [String]) -> Int32? {
        do {
            _ = try Tango.parseAsRoot(words)
            return nil
        } catch {
            return Tango.exitCode(for: error).rawValue
        }
    }

    @Test func restStartsTheServerUnlessAnotherCommandFollows() throws {
        let rest: RestServe = try Self.parse(["rest", "--port", "5", "--host", "0.0.0.0", "--users", "u"])
        #expect(rest.port == 5 && rest.host == "0.0.0.0" && rest.options.users == "u")
        #expect(try Self.parse(["rest"], as: RestServe.self).port == nil)
        #expect(try Self.parse(["rest", "user", "add", "ann", "--users", "f"], as: RestUser.Add.self).file.users == "f")
        #expect(try Self.parse(["rest", "user", "remove", "ann"], as: RestUser.Remove.self).name == "ann")
        _ = try Self.parse(["rest", "user", "list"], as: RestUser.List.self)
        let certificate: RestCertificate = try Self.parse(["rest", "certificate", "--host", "a", "--host", "b"])
        #expect(certificate.host == ["a", "b"] && certificate.days == 365)
    }

    @Test(arguments: [
        ["rest", "--port", "65536"], ["rest", "--prot", "1"], ["rest", "--authentication", "on", "--no-authentication"],
        ["rest", "user", "add"], ["rest", "user", "remove"], ["rest", "certificate", "--days", "0"], ["up", "--rest-port", "-1"],
    ])
    func wrongUsageIsStatus64(words: [String]) {
        #expect(Self.status(words) == 64)
    }

    @Test func optionsAndSettingsHaveTheSameNames() async throws {
        var words = ["rest"]
        let texts = [
            "host": "::1", "port": "7", "tango-host": "db:5", "timeout": "7", "shutdown-limit": "7", "head-limit": "7", "idle-limit": "7",
            "maximum-uri-length": "700", "maximum-header-size": "700", "maximum-body-size": "700", "value-lifetime": "7",
            "list-lifetime": "7", "tree-lifetime": "7", "allowed-origins": "http://a,http://b", "authentication": "on", "users": "u",
            "token-secret": "s", "token-keys": "k", "token-issuer": "i", "token-audience": "a", "token-user-claim": "c",
            "access-lifetime": "7",
            "certificate": "x", "key": "y", "access-log": "l", "tango-hosts": "a,b:7", "log-level": "info",
            "allowed-hosts": "a,b", "strict-transport-lifetime": "7",
            "maximum-bodies-size": "700",
        ]
        let flags = ["open-to-network", "access-control", "trust-forwarded", "classname-unknown"]
        for (name, text) in texts { words += ["--" + name, text] }
        words += flags.map { "--" + $0 }
        let rest: RestServe = try Self.parse(words)
        let loaded = try await rest.options.load(["host": rest.host, "port": rest.port.map { String($0) }, "tango-host": rest.tangoHost])
        #expect(!loaded.json.contains("\"from\":\"default\""), "\(loaded.json)")
        #expect(loaded.json.split(separator: "\n").count == texts.count + flags.count + 2)
    }

    @Test func upTakesTheSameOptions() async throws {
        let up: Up = try Self.parse(["up", "--rest-port", "0", "--no-authentication", "--open-to-network", "--host", "0.0.0.0"])
        let loaded = try await up.rest.load(["host": up.host])
        #expect(loaded.configuration.authentication == .off && loaded.configuration.isOpenToNetwork)
        try loaded.configuration.check()
    }
}
