public import Logging
import NIOCore
public import TangoCore

/// Settings of a `Gateway`. Each can come from a file, the environment and the command line too: see `GatewaySetting`.
public struct GatewayConfiguration: Sendable {
    /// When callers must say who they are.
    public enum Authentication: String, Sendable, CaseIterable {
        /// Where others than this machine can call, and where users or token keys are named.
        case auto
        case on
        case off
    }

    /// Address to listen at.
    public var host = "127.0.0.1"
    /// Port to listen at; 0 takes any free one.
    public var port = 10001
    /// Host of `/devices/tree` when the request names none; `nil`: the default of the control system.
    public var defaultTangoHost: TangoHost?
    /// Further Tango hosts (`HOST` or `HOST:PORT`) that requests may name; `nil`: any, with access control none but the default.
    public var allowedTangoHosts: [String]?
    /// Limit of a whole request, connecting included.
    public var timeout: Duration = .seconds(3)
    /// How long requests in progress may take to finish when the gateway stops.
    public var shutdownLimit: Duration = .seconds(5)
    /// How long a client may take to send the head of a request, its TLS handshake included.
    public var headLimit: Duration = .seconds(30)
    /// How long a connection without requests is kept.
    public var idleLimit: Duration = .seconds(75)
    /// Longest request target accepted, in bytes.
    public var maximumURILength = 8 * 1024
    /// Largest header block accepted, in bytes.
    public var maximumHeaderSize = 32 * 1024
    /// Largest body accepted, in bytes.
    public var maximumBodySize = 16 * 1024 * 1024
    /// How long clients may keep values, states and histories.
    public var valueLifetime: Duration = .milliseconds(200)
    /// How long clients may keep lists and configuration, and the gateway the configuration of attributes.
    public var listLifetime: Duration = .seconds(1)
    /// How long clients may keep device trees.
    public var treeLifetime: Duration = .seconds(3)
    /// Web origins that may call; `nil`: all, none but its own with authentication.
    public var allowedOrigins: [String]?
    /// Whether `Forwarded` and `X-Forwarded-*` of a proxy in front decide about the links in answers and the address of the client.
    public var trustsForwardedHeaders = false
    /// Whether `info.classname` is always `unknown`, as one other server answers and one test suite expects.
    public var hidesDeviceClass = false
    /// File that gets a line of JSON for each request, `-` for standard output; `nil`: none.
    public var accessLog: String?
    /// Least serious messages that are shown on standard error; at `info` every change.
    public var logLevel = Logger.Level.warning

    /// When callers must say who they are.
    public var authentication = Authentication.auto
    /// Whether to listen for others than this machine even without authentication.
    public var isOpenToNetwork = false
    /// File of the users and their hashed passwords; `nil`: `UsersFile.defaultPath`.
    public var usersFile: String?
    /// File whose content is the secret bearer tokens (JWT, HS256) are signed with.
    public var tokenSecretFile: String?
    /// File with the public key (PEM) or keys (JWKS) bearer tokens are verified with.
    public var tokenKeysFile: String?
    /// Issuer that tokens must name; `nil`: any.
    public var tokenIssuer: String?
    /// Audience that tokens must name; `nil`: any.
    public var tokenAudience: String?
    /// Claim of a token that names its user.
    public var tokenUserClaim = "sub"
    /// Whether the access service of a control system (TangoAccessControl) decides what a user may change.
    public var usesAccessControl = false
    /// How long an answer of the access service holds; 10 s at most.
    public var accessLifetime: Duration = .seconds(10)
    /// File with the certificate chain (PEM). With it and the key the gateway speaks HTTPS, HTTP/2 and HTTP/1.1.
    public var certificateFile: String?
    /// File with the private key of the certificate (PEM).
    public var keyFile: String?

    public init() {}
}

extension GatewayConfiguration {
    /// Whether callers must say who they are.
    var authenticates: Bool { self.authentication == .on }

    /// Whether answers go through TLS.
    public var isSecure: Bool { self.certificateFile != nil }

    /// Whether bearer tokens are taken.
    var takesTokens: Bool { self.tokenSecretFile != nil || self.tokenKeysFile != nil }

    /// Whether only programs of this machine can reach the address.
    var isLocal: Bool {
        guard let address = try? SocketAddress.makeAddressResolvingHost(self.host, port: self.port) else { return false }
        switch address {
        case .v4(let address): return UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
        case .v6(let address):
            return withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            }
        case .unixDomainSocket: return true
        }
    }

    /// The settings with what is automatic decided.
    public var resolved: GatewayConfiguration {
        var resolved = self
        // A database of the caller's own would say that he may do everything.
        if self.usesAccessControl, self.allowedTangoHosts == nil { resolved.allowedTangoHosts = [] }
        if self.authentication == .auto {
            let isWanted = self.usersFile != nil || self.takesTokens
            resolved.authentication = isWanted || !self.isLocal ? .on : .off
        }
        guard resolved.authenticates else { return resolved }
        resolved.usersFile = self.usersFile ?? UsersFile.defaultPath
        resolved.allowedOrigins = self.allowedOrigins ?? []
        return resolved
    }

    /// Refuses settings that exclude each other or would be dangerous.
    /// - Throws: `REST_OpenToNetwork`, `REST_BadConfiguration`.
    public func check() throws(DevFailed) {
        if !self.resolved.authenticates, !self.isOpenToNetwork, !self.isLocal {
            throw DevFailed(
                .restOpenToNetwork,
                "Others could reach \(self.host) without authentication: switch it on, or give both --no-authentication and --open-to-network",
                origin: "Gateway.run")
        }
        if (self.certificateFile == nil) != (self.keyFile == nil) {
            throw DevFailed(.restBadConfiguration, "A certificate and its key belong together: give both", origin: "Gateway.run")
        }
    }
}
