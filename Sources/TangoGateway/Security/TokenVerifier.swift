import Foundation
import JWTKit
import TangoCore

/// Checks bearer tokens: JSON web tokens (RFC 7519) signed with a key of the configuration.
struct TokenVerifier: Sendable {
    private let keys: [TokenKey]
    private let issuer: String?
    private let audience: String?
    private let userClaim: String

    /// Reads the keys of a configuration.
    /// - Returns: `nil` when there are none.
    /// - Throws: `REST_BadConfiguration`.
    init?(_ configuration: GatewayConfiguration) async throws(DevFailed) {
        guard configuration.takesTokens else { return nil }
        var keys: [TokenKey] = []
        if let path = configuration.tokenSecretFile { keys.append(try await TokenKey.secret(path)) }
        if let path = configuration.tokenKeysFile { keys += try await TokenKey.publicKeys(path) }
        self.keys = keys
        self.issuer = configuration.tokenIssuer
        self.audience = configuration.tokenAudience
        self.userClaim = configuration.tokenUserClaim
    }

    /// Returns the user of a token; `nil` when the token is not valid.
    func user(of token: String) async -> UserName? {
        guard let parts = TokenParts(token) else { return nil }
        for key in self.keys where key.algorithm == parts.algorithm && (key.id == nil || parts.keyID == nil || key.id == parts.keyID) {
            if await key.signed(token) { return self.user(claims: parts.claims) }
        }
        return nil
    }

    /// Returns the user of a token whose signature is right. An expiry is required.
    private func user(claims: JSONObject) -> UserName? {
        func time(_ name: String) -> Double? {
            guard case .number(let literal)? = claims[name] else { return nil }
            return Double(literal)
        }
        let now = Date().timeIntervalSince1970
        guard let expires = time("exp"), expires > now else { return nil }
        if claims["nbf"] != nil { guard let begins = time("nbf"), begins <= now else { return nil } }
        if let issuer = self.issuer, claims["iss"]?.string != issuer { return nil }
        if let audience = self.audience {
            let audiences = claims["aud"]?.array ?? claims["aud"].map { [$0] } ?? []
            guard audiences.contains(.string(audience)) else { return nil }
        }
        return claims[self.userClaim]?.string.flatMap { UserName($0) }
    }
}

/// The parts of a token that count before its signature is checked. Nothing is taken that two programs could read in two ways.
private struct TokenParts {
    var algorithm: String
    var keyID: String?
    var claims: JSONObject

    /// - Returns: `nil` for a token of another form, with a member that is there twice, or with extensions that must be understood (`crit`).
    init?(_ token: String) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, parts.allSatisfy({ $0.allSatisfy(Self.isBase64URL) }),
            let header = Self.object(parts[0]), let claims = Self.object(parts[1]), header["crit"] == nil,
            let algorithm = header["alg"]?.string
        else { return nil }
        if let keyID = header["kid"] {
            guard let text = keyID.string else { return nil }
            self.keyID = text
        }
        self.algorithm = algorithm
        self.claims = claims
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func object(_ part: Substring.UTF8View) -> JSONObject? {
        let text = String(Substring(part)).replacing("-", with: "+").replacing("_", with: "/")
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded) else { return nil }
        return (try? JSONValue(parsing: data))?.object
    }
}
