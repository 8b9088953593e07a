import Foundation
import Logging
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

extension PasswordVerifier {
    fileprivate func verify(_ name: String, _ password: String, from address: String) async throws -> Bool {
        try await self.verify(try #require(UserName(name)), password, from: address)
    }
}

@Suite struct PasswordTests {
    @Test func aPasswordMatchesItsHashOnly() throws {
        let hash = try PasswordHash(of: "secret", cost: .cheap)
        #expect(hash.matches("secret"))
        for other in ["", "Secret", "secre", "secret ", "\0"] { #expect(!hash.matches(other)) }
        #expect(try PasswordHash(of: "secret", cost: .cheap) != hash, "each has a salt of its own")
        #expect(try PasswordHash(of: "", cost: .cheap).matches("") == false)
    }

    @Test func aHashSurvivesItsText() throws {
        let hash = try PasswordHash(of: "geheim é", cost: .cheap)
        let read = try #require(PasswordHash(parsing: hash.description))
        #expect(read == hash)
        #expect(hash.description.hasPrefix("$scrypt$ln=4,r=1,p=1$"))
        // The same letter typed as two.
        #expect(read.matches("geheim e\u{301}"))
    }

    /// Made by another implementation (Python's hashlib).
    @Test func hashesOfOtherImplementationsAreAccepted() throws {
        let text = "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\(Self.otherKey)"
        #expect(try #require(PasswordHash(parsing: text)).matches("tango"))
    }

    private static let otherKey = "R+i2OwXgm9pSSGS8eTSBHeWcBRZaRJY+TWHA9NeeV48"

    @Test(arguments: [
        "", "secret", "$scrypt$", "$scrypt$ln=4,r=1,p=1$AAAA", "$2y$10$abcdefghijklmnopqrstuv", "$scrypt$ln=4,r=1$MDEyMzQ1Njc4OWFiY2RlZg$x",
        // They would need a gigabyte, or never end.
        "$scrypt$ln=24,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
        "$scrypt$ln=20,r=32,p=16$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
        "$scrypt$ln=-1,r=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg", "$scrypt$ln=4,r=1,p=1$!!!$MDEyMzQ1Njc4OWFiY2RlZg",
        "$scrypt$ln=4,r=9223372036854775807,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
    ])
    func otherTextsAreNoHashes(text: String) {
        #expect(PasswordHash(parsing: text) == nil)
    }

    @Test func usersAreAddedChangedListedAndRemoved() async throws {
        try await TestFolder.with { folder in
            let file = UsersFile(path: folder.file("below/users"))
            #expect(try file.names() == [])
            #expect(try file.set("ann", password: "1", cost: .cheap))
            #expect(try file.set("böb", password: "2", cost: .cheap))
            #expect(try !file.set("ann", password: "3", cost: .cheap))
            #expect(try file.names() == ["ann", "böb"])
            #expect(try file.entries()[0].hash.matches("3"))
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(PrivateFile.warning(file.path) == nil)
            #expect(try file.remove("ann"))
            #expect(try !file.remove("ann"))
            #expect(try file.names() == ["böb"])
        }
    }

    @Test func namesAreComparedWithoutCase() async throws {
        try await TestFolder.with { folder in
            let file = UsersFile(path: folder.file("users"))
            #expect(try file.set("Ann", password: "1", cost: .cheap))
            #expect(try !file.set("ann", password: "2", cost: .cheap))
            #expect(try file.names() == ["Ann"])
            let verifier = Self.verifier(file.path)
            for name in ["ann", "Ann", "ANN"] { #expect(try await verifier.verify(name, "2", from: "a")) }
            #expect(verifier.remembered == 1)
            #expect(try await !verifier.verify("ann", "1", from: "a"))
            #expect(try file.remove("aNN") && file.names() == [])
            // Who wrote both by hand may mean two people.
            let hash = try PasswordHash(of: "1", cost: .cheap)
            let both = UsersFile(path: try folder.write("Ann:\(hash)\nann:\(hash)\n", to: "both"))
            do throws(DevFailed) {
                _ = try both.names()
                Issue.record("Both were taken")
            } catch {
                #expect(error.reason == "REST_BadUsersFile" && error.reasonDescription.contains("line 2: ann and Ann are one user"))
            }
        }
    }

    @Test func filesWithSecretsThatOthersCanReadGiveAWarning() async throws {
        try await TestFolder.with { folder in
            let path = try folder.write("secret", to: "secret")
            func warning(_ mode: Int, allowsGroup: Bool = false) throws -> String? {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                return PrivateFile.warning(path, allowsGroup: allowsGroup)
            }
            #expect(try warning(0o600) == nil && warning(0o400) == nil && warning(0o640, allowsGroup: true) == nil)
            for mode in [0o644, 0o640, 0o604, 0o620] { #expect(try warning(mode) == "Others can read or change \(path): chmod 600 it") }
            for mode in [0o644, 0o604, 0o660] { #expect(try warning(mode, allowsGroup: true)?.contains("chmod 640") == true) }
            var configuration = GatewayConfiguration()
            configuration.tokenSecretFile = path
            configuration.keyFile = path
            #expect(configuration.fileWarnings.count == 2)
            _ = try warning(0o600)
            #expect(configuration.fileWarnings == [])
            #expect(PrivateFile.warning(folder.file("missing")) == nil)
            // Public keys may be read by all.
            configuration.tokenKeysFile = try folder.write("keys", to: "keys")
            for (mode, isSafe) in [(0o644, true), (0o664, false), (0o646, false)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file("keys"))
                #expect(configuration.fileWarnings.isEmpty == isSafe, "\(String(mode, radix: 8))")
            }
        }
    }

    @Test(arguments: [
        "", "a:b", " a", "a ", "#a", "a\nb", "bob\0x", "a\u{1B}b", "a\u{7F}", "a\u{9B}b", "a\u{200B}b", "\u{202E}a", "a\u{2028}b",
        "\u{A0}a",
        "bo\u{212A}", "a\u{E000}", String(repeating: "a", count: 200),
    ])
    func impossibleNamesAreRefused(name: String) async throws {
        try await TestFolder.with { folder in
            let file = UsersFile(path: folder.file("users"))
            #expect(throws: DevFailed.self) { try file.set(name, password: "1", cost: .cheap) }
            #expect(throws: DevFailed.self) { try file.set("ann", password: "", cost: .cheap) }
            #expect(!FileManager.default.fileExists(atPath: file.path))
        }
    }

    @Test func aMalformedLineIsReportedAndNothingIsLost() async throws {
        try await TestFolder.with { folder in
            let text = "# remark\n\nann:secret\n"
            let file = UsersFile(path: try folder.write(text, to: "users"))
            do throws(DevFailed) {
                _ = try file.names()
                Issue.record("The line was taken")
            } catch {
                #expect(error.reason == "REST_BadUsersFile")
                #expect(error.reasonDescription.contains("line 3"))
            }
            #expect(throws: DevFailed.self) { try file.set("bob", password: "1", cost: .cheap) }
            #expect(try String(contentsOfFile: file.path, encoding: .utf8) == text)
        }
    }

    private static func verifier(_ path: String) -> PasswordVerifier {
        PasswordVerifier(file: UsersFile(path: path), logger: Logger(label: "test"))
    }

    @Test func rightPasswordsAreRememberedUntilTheFileChanges() async throws {
        try await TestFolder.with { folder in
            let verifier = Self.verifier(try folder.users(["ann": "1", "bob": "2"]))
            #expect(try await verifier.verify("ann", "1", from: "a"))
            #expect(try await verifier.verify("ann", "1", from: "a"))
            #expect(try await !verifier.verify("ann", "2", from: "a"))
            #expect(try await !verifier.verify("eve", "1", from: "a"))
            #expect(verifier.remembered == 1)
            try UsersFile(path: folder.file("users")).set("ann", password: "3", cost: .cheap)
            #expect(try await !verifier.verify("ann", "1", from: "a"))
            #expect(verifier.remembered == 0)
            #expect(try await verifier.verify("ann", "3", from: "a"))
            try FileManager.default.removeItem(atPath: folder.file("users"))
            #expect(try await !verifier.verify("ann", "3", from: "a"))
            #expect(!verifier.hasUsers)
        }
    }

    @Test func guessesAreLimitedPerAddress() async throws {
        try await TestFolder.with { folder in
            let slow = try PasswordHash(of: "1", cost: .init(logRounds: 14, blockSize: 8, parallelism: 1))
            let verifier = Self.verifier(try folder.write("ann:\(slow)\n", to: "users"))
            #expect(try await verifier.verify("ann", "1", from: "good"))
            let refused = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        do {
                            return try await verifier.verify("ann", "guess \(number)", from: "bad")
                        } catch {
                            return true
                        }
                    }
                }
                // Known passwords need no computation, and an address that does not guess is not refused.
                #expect((try? await verifier.verify("ann", "1", from: "good")) == true)
                #expect((try? await verifier.verify("ann", "other", from: "good")) == false)
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused > 0)
            #expect(try await !verifier.verify("ann", "later", from: "bad"), "the count goes down again")
        }
    }

    @Test func checksAgainstAnOldFileCountWhileTheyRun() async throws {
        try await TestFolder.with { folder in
            let slow = try PasswordHash(of: "1", cost: .init(logRounds: 14, blockSize: 8, parallelism: 1))
            let verifier = Self.verifier(try folder.write("ann:\(slow)\n", to: "users"))
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask { _ = try? await verifier.verify("ann", "guess \(number)", from: "address \(number / 8)") }
                }
                while verifier.computing < 64 { await Task.yield() }
                #expect(throws: Never.self) { try UsersFile(path: folder.file("users")).set("bob", password: "2", cost: .cheap) }
                await #expect(throws: HTTPFailure.self) { try await verifier.verify("bob", "2", from: "another") }
            }
            #expect(verifier.computing == 0)
            #expect(try await verifier.verify("bob", "2", from: "another"))
        }
    }

    @Test func guessesAtUnknownNamesTakeAsLongAsAtUsers() async throws {
        try await TestFolder.with { folder in
            let other = PasswordHash.Cost(logRounds: 5, blockSize: 1, parallelism: 1)
            let lines = try [("a", PasswordHash.Cost.cheap), ("b", other)].map { "\($0):\(try PasswordHash(of: "1", cost: $1))\n" }
            let verifier = Self.verifier(try folder.write(lines.joined(), to: "users"))
            let names = (0..<200).map { "name \($0)" }
            let costs = names.map { verifier.cost(ofUnknown: $0) }
            #expect(Set(costs) == [.cheap, other])
            #expect(costs == names.map { verifier.cost(ofUnknown: $0) }, "a name does not change its cost")
        }
    }

    @Test func basicCredentialsAreParsed() {
        func decode(_ text: String) -> [String]? {
            Authenticator.decode(basic: Data(text.utf8).base64EncodedString()).map { [$0.name, $0.password] }
        }
        #expect(decode("ann:a:b") == ["ann", "a:b"])
        #expect(decode("ann:") == ["ann", ""])
        #expect(decode(":") == ["", ""])
        #expect(decode("ann") == nil)
        #expect(Authenticator.decode(basic: "###") == nil)
        #expect(Authenticator.decode(basic: "") == nil)
        let latin1 = Authenticator.decode(basic: Data([0x61, 0x3A, 0xE9]).base64EncodedString())
        #expect(latin1?.password == "é")
    }
}
