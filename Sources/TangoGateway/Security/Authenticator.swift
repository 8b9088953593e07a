import Foundation
import HTTPTypes
import Logging
import TangoCore

/// Authenticates the users of requests.
final class Authenticator: Sendable {
    private let configuration: GatewayConfiguration
    private let passwords: PasswordVerifier
    private let tokens: TokenVerifier?
    private let logger: Logger

    /// Reads the users and keys of a configuration.
    /// - Returns: `nil` when requests need no user.
    /// - Throws: `REST_BadConfiguration`, also when nobody could log in; `REST_BadUsersFile`.
    init?(_ configuration: GatewayConfiguration, logger: Logger) async throws(DevFailed) {
        guard configuration.authenticates else { return nil }
        let file = UsersFile(path: configuration.usersFile ?? UsersFile.defaultPath)
        // A malformed file is reported at the start.
        _ = try file.entries()
        self.configuration = configuration
        self.passwords = PasswordVerifier(file: file, logger: logger)
        self.tokens = try await TokenVerifier(configuration)
        self.logger = logger
        guard self.tokens != nil || self.passwords.hasUsers else {
            throw DevFailed(
                .restBadConfiguration,
                "Authentication is on, but nobody could log in: add a user with \"tango rest user add NAME\" (\(file.path)), "
                    + "or name keys of tokens", origin: "Authenticator")
        }
        if self.passwords.hasUsers, !configuration.isSecure, !configuration.trustsForwardedHeaders, !configuration.isLocal {
            logger.warning("Passwords will cross the network to \(configuration.host) unencrypted: give a certificate and a key")
        }
    }

    /// Returns the user of a request, in lower case. `nil` for resources that need no user, also with wrong credentials.
    /// - Throws: 401 without valid credentials, 429 for too many guesses.
    func user(of request: GatewayRequest) async throws(HTTPFailure) -> String? {
        if Self.isOpen(request) {
            guard Self.hasDetailsForUsers(request), request.headers[.authorization] != nil else { return nil }
            return try? await self.user(authorizing: request)
        }
        do {
            return try await self.user(authorizing: request)
        } catch {
            var failure = error
            // A large body would be read only to be dropped.
            let length = request.headers[.contentLength].map { Int($0) ?? .max }
            failure.closesConnection = length.map { $0 > 65536 } ?? (request.headers[.transferEncoding] != nil)
            throw failure
        }
    }

    private func user(authorizing request: GatewayRequest) async throws(HTTPFailure) -> String {
        guard let header = request.headers[.authorization] else { throw self.unauthorized("This needs a user") }
        let parts = header.split(separator: " ", maxSplits: 1)
        let credentials = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        switch parts.first?.lowercased() {
        case "basic": return try await self.user(basic: credentials, request)
        case "bearer":
            if let user = await self.tokens?.user(of: credentials) { return user.folded }
            throw self.unauthorized("The token is not valid", error: "invalid_token")
        default: throw self.unauthorized("The kind of credentials is not known")
        }
    }

    private func user(basic credentials: String, _ request: GatewayRequest) async throws(HTTPFailure) -> String {
        guard let (text, password) = Self.decode(basic: credentials), let name = UserName(text) else {
            throw self.unauthorized("The credentials are malformed")
        }
        guard try await self.passwords.verify(name, password, from: request.clientAddress) else {
            self.logger.info("Wrong name or password from \(request.clientAddress): \(name.text.debugDescription)")
            throw self.unauthorized("Name or password are wrong")
        }
        return name.folded
    }

    private func unauthorized(_ description: String, error: String? = nil) -> HTTPFailure {
        var failure = HTTPFailure(.unauthorized, .restUnauthorized, description)
        failure.headers = Self.challenges(self.configuration, error: error)
        return failure
    }

    /// Returns the possible schemes (`WWW-Authenticate`). Passwords come first, since most clients only look at the first.
    static func challenges(_ configuration: GatewayConfiguration, error: String? = nil) -> HTTPFields {
        let realm = "realm=\"Tango-Controls Realm\""
        var fields = HTTPFields()
        fields.append(HTTPField(name: .wwwAuthenticate, value: "Basic \(realm)"))
        if configuration.takesTokens {
            fields.append(HTTPField(name: .wwwAuthenticate, value: "Bearer \(realm)" + (error.map { ", error=\"\($0)\"" } ?? "")))
        }
        return fields
    }

    /// Decodes name and password (RFC 7617): UTF-8, else Latin-1.
    static func decode(basic credentials: String) -> (name: String, password: String)? {
        guard let data = Data(base64Encoded: credentials) else { return nil }
        let text = String(validating: data, as: UTF8.self) ?? TangoText.latin1(Array(data))
        guard let colon = text.firstIndex(of: ":") else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// Whether the request needs no user, because its answer reveals nothing about a control system.
    static func isOpen(_ request: GatewayRequest) -> Bool {
        if request.method == .options { return true }
        let path = request.path.utf8.count > 2 && request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path
        return Route.openPaths.contains(path)
    }

    /// Whether the answer has more details for users than for others.
    private static func hasDetailsForUsers(_ request: GatewayRequest) -> Bool {
        [Route.health, .readiness].contains { request.path == $0.template || request.path == $0.template + "/" }
    }
}
