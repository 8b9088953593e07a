import Crypto
import CryptoExtras
import Foundation
import JWTKit
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

/// Claims as an issuer writes them.
private struct IssuedClaims: JWTPayload {
    var sub: String? = "ann"
    var exp: Double? = Date().timeIntervalSince1970 + 60
    var nbf: Double?
    var iss: String?
    var aud: [String]?
    var login: String?

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

@Suite struct TokenTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private static func configuration(_ folder: TestFolder) throws -> GatewayConfiguration {
        var configuration = GatewayConfiguration()
        configuration.tokenSecretFile = try folder.write(Self.secret + "\n", to: "secret")
        return configuration
    }

    private static func token(_ claims: IssuedClaims = IssuedClaims(), secret: String = Self.secret) async throws -> String {
        try await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256).sign(claims)
    }

    @Test func aSignedTokenNamesItsUser() async throws {
        try await TestFolder.with { folder in
            let verifier = try #require(try await TokenVerifier(try Self.configuration(folder)))
            #expect(await verifier.user(of: try await Self.token()) == "ann")
        }
    }

    @Test func foreignExpiredAndMalformedTokensAreRefused() async throws {
        try await TestFolder.with { folder in
            let verifier = try #require(try await TokenVerifier(try Self.configuration(folder)))
            var tokens = [try await Self.token(secret: "another secret, another secret, …"), "", ".", "..", "a.b.c", "é.é.é", "x"]
            for claims in [
                IssuedClaims(exp: 1), IssuedClaims(exp: nil), IssuedClaims(nbf: Date().timeIntervalSince1970 + 600), IssuedClaims(sub: nil),
                IssuedClaims(sub: ""),
            ] { tokens.append(try await Self.token(claims)) }
            let good = try await Self.token().split(separator: ".").map(String.init)
            // Without signature, as "none" allows.
            let header = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
            tokens += ["\(header).\(good[1]).", "\(header).\(good[1]).\(good[2])", "\(good[0]).\(good[1]).", "\(good[0]).\(good[1])"]
            for token in tokens { #expect(await verifier.user(of: token) == nil, "\(token)") }
        }
    }

    @Test func issuerAudienceAndTheClaimOfTheUserAreChosen() async throws {
        try await TestFolder.with { folder in
            var configuration = try Self.configuration(folder)
            configuration.tokenIssuer = "us"
            configuration.tokenAudience = "tango"
            configuration.tokenUserClaim = "login"
            let verifier = try #require(try await TokenVerifier(configuration))
            let good = IssuedClaims(iss: "us", aud: ["x", "tango"], login: "bob")
            #expect(await verifier.user(of: try await Self.token(good)) == "bob")
            for claims in [
                IssuedClaims(iss: "them", aud: ["tango"], login: "bob"), IssuedClaims(aud: ["tango"], login: "bob"),
                IssuedClaims(iss: "us", aud: ["x"], login: "bob"), IssuedClaims(iss: "us", aud: [], login: "bob"),
                IssuedClaims(iss: "us", login: "bob"), IssuedClaims(iss: "us", aud: ["tango"]),
            ] { #expect(await verifier.user(of: try await Self.token(claims)) == nil) }
        }
    }

    @Test func publicKeysVerifyTokensOfBothKinds() async throws {
        try await TestFolder.with { folder in
            let curve = ES256PrivateKey()
            let rsa = try Insecure.RSA.PrivateKey(pem: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
            let signed = [
                (curve.publicKey.pemRepresentation, try await JWTKeyCollection().add(ecdsa: curve).sign(IssuedClaims())),
                (
                    rsa.publicKey.pemRepresentation,
                    try await JWTKeyCollection().add(rsa: rsa, digestAlgorithm: .sha256).sign(IssuedClaims())
                ),
            ]
            for (pem, token) in signed {
                var configuration = GatewayConfiguration()
                configuration.tokenKeysFile = try folder.write(pem, to: "key.pem")
                let verifier = try #require(try await TokenVerifier(configuration))
                #expect(await verifier.user(of: token) == "ann")
                #expect(await verifier.user(of: signed[pem == signed[0].0 ? 1 : 0].1) == nil)
                // A public key must not be accepted as a secret.
                #expect(await verifier.user(of: try await Self.token(secret: pem)) == nil)
            }
        }
    }

    @Test func keySetsChooseByTheIdOfTheKey() async throws {
        try await TestFolder.with { folder in
            let key = P256.Signing.PrivateKey()
            let point = key.publicKey.rawRepresentation
            func text(_ data: Data) -> String {
                data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            }
            let set = """
                {"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"k1","x":"\(text(point.prefix(32)))","y":"\(text(point.suffix(32)))"}]}
                """
            var configuration = GatewayConfiguration()
            configuration.tokenKeysFile = try folder.write(set, to: "keys.json")
            let verifier = try #require(try await TokenVerifier(configuration))
            let keys = try await JWTKeyCollection().add(ecdsa: ES256PrivateKey(pem: key.pemRepresentation), kid: "k1")
            #expect(await verifier.user(of: try await keys.sign(IssuedClaims(), kid: "k1")) == "ann")
            #expect(await verifier.user(of: try await Self.token()) == nil)
        }
    }

    @Test(arguments: ["", "short", "{}", "{\"keys\":[{}]}", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
    func unusableKeysStopTheStart(content: String) async throws {
        try await TestFolder.with { folder in
            var configuration = GatewayConfiguration()
            configuration.tokenSecretFile = try folder.write("short", to: "secret")
            await #expect(throws: DevFailed.self) { try await TokenVerifier(configuration) }
            configuration.tokenSecretFile = nil
            configuration.tokenKeysFile = folder.file("missing")
            await #expect(throws: DevFailed.self) { try await TokenVerifier(configuration) }
            guard content != "{}" else { return }
            configuration.tokenKeysFile = try folder.write(content, to: "keys")
            await #expect(throws: DevFailed.self) { try await TokenVerifier(configuration) }
        }
    }
}
