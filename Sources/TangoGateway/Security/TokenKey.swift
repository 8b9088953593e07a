import Foundation
import JWTKit
import TangoCore

/// A key of bearer tokens, with the one algorithm it is for: a token cannot choose another one.
struct TokenKey: Sendable {
    /// As tokens name it: `HS256`, `RS256`, `ES256` or `ES384`.
    let algorithm: String
    /// `nil` for a key without an identifier, which may have signed any token.
    let id: String?
    private let collection: JWTKeyCollection

    private init(_ algorithm: String, id: String? = nil, _ collection: JWTKeyCollection) {
        self.algorithm = algorithm
        self.id = id
        self.collection = collection
    }

    private struct Payload: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// Whether the token has been signed with the key.
    func signed(_ token: String) async -> Bool {
        (try? await self.collection.verify(token, as: Payload.self)) != nil
    }

    /// Reads a secret for HS256.
    /// - Throws: `REST_BadConfiguration`.
    static func secret(_ path: String) async throws(DevFailed) -> TokenKey {
        let secret = try Self.content(path).trimmingCharacters(in: .whitespacesAndNewlines)
        guard secret.utf8.count >= 32 else { throw Self.failed(path, "a secret has at least 32 bytes") }
        return TokenKey("HS256", await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256))
    }

    /// Reads a public key (PEM) or a key set (JWKS).
    /// - Throws: `REST_BadConfiguration`.
    static func publicKeys(_ path: String) async throws(DevFailed) -> [TokenKey] {
        let text = try Self.content(path)
        let collection = JWTKeyCollection()
        if text.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("{") {
            return try await Self.keys(ofSet: text, path)
        } else if let key = try? ES256PublicKey(pem: text) {
            return [TokenKey("ES256", await collection.add(ecdsa: key))]
        } else if let key = try? ES384PublicKey(pem: text) {
            return [TokenKey("ES384", await collection.add(ecdsa: key))]
        } else if let key = try? Insecure.RSA.PublicKey(pem: text) {
            return [TokenKey("RS256", await collection.add(rsa: key, digestAlgorithm: .sha256))]
        }
        throw Self.failed(path, "it holds neither a public key (PEM, RSA or elliptic curve) nor a key set (JWKS with key ids)")
    }

    /// Returns the keys of a set that are for signatures and for one of the algorithms; the others are none of the gateway's.
    private static func keys(ofSet text: String, _ path: String) async throws(DevFailed) -> [TokenKey] {
        func unusable() -> DevFailed { Self.failed(path, "it is no key set (JWKS) with keys for RS256, ES256 or ES384 that have ids") }
        guard let members = (try? JSONValue(parsing: text))?.object?["keys"]?.array else { throw unusable() }
        var keys: [TokenKey] = []
        for member in members {
            guard var object = member.object, let algorithm = Self.algorithm(of: object) else { continue }
            guard let id = object["kid"]?.string else { throw unusable() }
            object["alg"] = .string(algorithm)
            let document: JSONValue = ["keys": [.object(object)]]
            let collection = JWTKeyCollection()
            do {
                try await collection.add(jwksJSON: document.text)
            } catch {
                throw unusable()
            }
            keys.append(TokenKey(algorithm, id: id, collection))
        }
        guard !keys.isEmpty else { throw unusable() }
        return keys
    }

    private static func algorithm(of key: JSONObject) -> String? {
        guard key["use"] == nil || key["use"] == "sig" else { return nil }
        let fitting: String
        switch (key["kty"]?.string, key["crv"]?.string) {
        case ("RSA", _): fitting = "RS256"
        case ("EC", "P-256"): fitting = "ES256"
        case ("EC", "P-384"): fitting = "ES384"
        default: return nil
        }
        return key["alg"] == nil || key["alg"] == .string(fitting) ? fitting : nil
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
}
