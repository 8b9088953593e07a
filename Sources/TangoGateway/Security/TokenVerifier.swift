import Foundation
import JWTKit
import TangoCore

/// Checks bearer tokens: JSON web tokens (RFC 7519) signed with a key of the configuration.
struct TokenVerifier: Sendable {
    /// One collection per kind of key, so that a token cannot choose another algorithm for a key.
    private let keys: [JWTKeyCollection]
    private let issuer: String?
    private let audience: String?
    private let userClaim: String

    /// Reads the keys of a configuration.
    /// - Returns: `nil` when there are none.
    /// - Throws: `REST_BadConfiguration`.
    init?(_ configuration: GatewayConfiguration) async throws(DevFailed) {
        guard configuration.takesTokens else { return nil }
        var keys: [JWTKeyCollection] = []
        if let path = configuration.tokenSecretFile { keys.append(try await Self.secret(path)) }
        if let path = configuration.tokenKeysFile { keys.append(try await Self.publicKeys(path)) }
        self.keys = keys
        self.issuer = configuration.tokenIssuer
        self.audience = configuration.tokenAudience
        self.userClaim = configuration.tokenUserClaim
    }

    /// Returns the user of a token; `nil` when the token is not valid.
    func user(of token: String) async -> String? {
        for keys in self.keys {
            guard let claims = try? await keys.verify(token, as: Claims.self, iteratingKeys: true) else { continue }
            if let issuer = self.issuer, claims.texts["iss"] != issuer { return nil }
            if let audience = self.audience, !claims.audiences.contains(audience) { return nil }
            guard let user = claims.texts[self.userClaim], !user.isEmpty else { return nil }
            return user
        }
        return nil
    }

    private static func content(_ path: String) throws(DevFailed) -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw Self.failed(path, "it cannot be read")
        }
        return text
    }

    private static func failed(_ path: String, _ description: String) -> DevFailed {
        DevFailed(.restBadConfiguration, "Key file \(path): \(description)", origin: "TokenVerifier")
    }

    private static func secret(_ path: String) async throws(DevFailed) -> JWTKeyCollection {
        let secret = try Self.content(path).trimmingCharacters(in: .whitespacesAndNewlines)
        guard secret.utf8.count >= 32 else { throw Self.failed(path, "a secret has at least 32 bytes") }
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return keys
    }

    private static func publicKeys(_ path: String) async throws(DevFailed) -> JWTKeyCollection {
        let text = try Self.content(path)
        let keys = JWTKeyCollection()
        do {
            if text.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("{") {
                try await keys.add(jwksJSON: text)
            } else if let key = try? ES256PublicKey(pem: text) {
                await keys.add(ecdsa: key)
            } else if let key = try? ES384PublicKey(pem: text) {
                await keys.add(ecdsa: key)
            } else {
                await keys.add(rsa: try Insecure.RSA.PublicKey(pem: text), digestAlgorithm: .sha256)
            }
        } catch {
            throw Self.failed(path, "it holds neither a public key (PEM, RSA or elliptic curve) nor a key set (JWKS with key ids)")
        }
        return keys
    }
}

/// The claims of a token. An expiry is required.
private struct Claims: JWTPayload {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var texts: [String: String] = [:]
    var audiences: [String] = []
    private var expires: Double
    private var begins: Double?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        self.expires = try container.decode(Double.self, forKey: Name(stringValue: "exp"))
        self.begins = try container.decodeIfPresent(Double.self, forKey: Name(stringValue: "nbf"))
        for name in container.allKeys {
            if let text = try? container.decode(String.self, forKey: name) { self.texts[name.stringValue] = text }
        }
        let audience = Name(stringValue: "aud")
        self.audiences = (try? container.decode([String].self, forKey: audience)) ?? self.texts["aud"].map { [$0] } ?? []
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, text) in self.texts { try container.encode(text, forKey: Name(stringValue: name)) }
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {
        let now = Date().timeIntervalSince1970
        guard self.expires > now, self.begins ?? 0 <= now else { throw JWTError.generic(identifier: "time", reason: "not valid now") }
    }
}
