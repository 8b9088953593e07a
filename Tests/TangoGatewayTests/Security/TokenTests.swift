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
            #expect(await verifier.user(of: try await Self.token())?.folded == "ann")
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

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Signs any header and claims with the secret, also those that a library does not make.
    private static func signed(_ header: String, _ claims: String) -> String {
        let content = Self.base64URL(Data(header.utf8)) + "." + Self.base64URL(Data(claims.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: SymmetricKey(data: Data(Self.secret.utf8)))
        return content + "." + Self.base64URL(Data(code))
    }

    @Test func whatCanBeReadInTwoWaysIsRefused() async throws {
        try await TestFolder.with { folder in
            let verifier = try #require(try await TokenVerifier(try Self.configuration(folder)))
            let (header, claims) = (#"{"alg":"HS256","typ":"JWT"}"#, #"{"sub":"Ann","exp":9999999999.5}"#)
            #expect(await verifier.user(of: Self.signed(header, claims))?.folded == "ann", "a good one")
            #expect(await verifier.user(of: Self.signed(#"{"alg":"HS256","kid":"any"}"#, claims)) != nil)
            for header in [
                #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","crit":["b64"],"b64":false}"#,
                #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":"hs256"}"#, #"{"alg":"HS512"}"#, #"{"alg":"RS256"}"#, #"{"alg":"ES256"}"#,
                #"{"typ":"JWT"}"#, #"{"alg":["HS256"]}"#, #"{"alg":null}"#, #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"HS256","kid":1}"#,
                #"{"alg":"none","\u0061lg":"HS256"}"#, "[]", "", "{\"alg\":\"HS256\"} x",
            ] { #expect(await verifier.user(of: Self.signed(header, claims)) == nil, "\(header)") }
            for claims in [
                #"{"sub":"ann","sub":"bob","exp":9999999999}"#, #"{"sub":"bob","\u0073ub":"ann","exp":9999999999}"#,
                #"{"sub":"ann","exp":1,"exp":9999999999}"#, #"{"sub":"ann","exp":"9999999999"}"#, #"{"sub":"ann","exp":true}"#,
                #"{"sub":"ann","exp":9999999999,"nbf":"0"}"#, #"{"sub":"ann","exp":9999999999,"x":{"a":1,"a":2}}"#,
                #"{"sub":["ann"],"exp":9999999999}"#, #"{"sub":"bob\u0000x","exp":9999999999}"#, #"{"sub":"bob\n","exp":9999999999}"#,
                #"{"sub":" bob","exp":9999999999}"#, #"{"sub":"\u202ebob","exp":9999999999}"#, #"{"sub":"bo\u212a","exp":9999999999}"#,
                #"{"sub":"","exp":9999999999}"#, #"{"sub":"ann","exp":-1}"#, "null",
            ] { #expect(await verifier.user(of: Self.signed(header, claims)) == nil, "\(claims)") }
            let good = Self.signed(header, claims)
            let parts = good.split(separator: ".").map(String.init)
            for token in [good + ".", "." + good, good + "=", good.replacing(".", with: ". "), "\(parts[0]).\(parts[1]).", good + "\n"] {
                #expect(await verifier.user(of: token) == nil, "\(token.debugDescription)")
            }
        }
    }

    @Test func aKeyOfASetIsForOneAlgorithm() async throws {
        try await TestFolder.with { folder in
            let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let rsa = try Insecure.RSA.PrivateKey(pem: key.pemRepresentation)
            let primitives = try key.publicKey.getKeyPrimitives()
            let (modulus, exponent) = (Self.base64URL(primitives.modulus), Self.base64URL(primitives.publicExponent))
            func verifier(_ members: String) async throws -> TokenVerifier {
                let set = #"{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","kid":"k1","n":"\#(modulus)","e":"\#(exponent)"\#(members)}]}"#
                var configuration = GatewayConfiguration()
                configuration.tokenKeysFile = try folder.write(set, to: "keys.json")
                return try #require(try await TokenVerifier(configuration))
            }
            func token(_ digest: DigestAlgorithm, kid: JWKIdentifier = "k1") async throws -> String {
                try await JWTKeyCollection().add(rsa: rsa, digestAlgorithm: digest, kid: kid).sign(IssuedClaims(), kid: kid)
            }
            for members in ["", #","alg":"RS256""#, #","use":"sig""#] {
                let verifier = try await verifier(members)
                // The first token does not choose the algorithm of a key that names none.
                #expect(await verifier.user(of: try await token(.sha512)) == nil)
                #expect(await verifier.user(of: try await token(.sha256)) != nil, "\(members)")
                #expect(await verifier.user(of: try await token(.sha256, kid: "k2")) == nil)
            }
            for members in [#","alg":"RS512""#, #","use":"enc""#] {
                await #expect(throws: DevFailed.self, "\(members)") { try await verifier(members) }
            }
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
            #expect(await verifier.user(of: try await Self.token(good))?.folded == "bob")
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
                #expect(await verifier.user(of: token)?.folded == "ann")
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
            #expect(await verifier.user(of: try await keys.sign(IssuedClaims(), kid: "k1"))?.folded == "ann")
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
