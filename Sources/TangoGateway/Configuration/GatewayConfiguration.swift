public import Logging
import NIOCore
import SwiftGlibc
public import TangoCore

/// Settings of a `Gateway`. Each can also come from a file, the environment and the command line of `tango rest`.
public struct GatewayConfiguration: Sendable {
    /// When requests need a user.
    public enum Authentication: String, Sendable, CaseIterable {
        /// If other machines can reach the gateway, or a users file or token keys are set.
        case auto
        /// Always.
        case on
        /// Never.
        case off
    }

    /// Address to listen on.
    public var host = "127.0.0.1"
    /// Port to listen on; 0: any free one.
    public var port = 10001
    /// Tango host of requests that name none; `nil`: the default of the `ControlSystem`.
    public var defaultTangoHost: TangoHost?
    /// Further Tango hosts (`HOST` or `HOST:PORT`) that requests may name; `nil`: any, or with authentication or access control none but the
    /// default.
    public var allowedTangoHosts: [String]?
    /// Time limit of a request, including connecting to devices.
    public var timeout: Duration = .seconds(3)
    /// Time that requests in progress have to finish when the gateway stops.
    public var shutdownLimit: Duration = .seconds(5)
    /// Time that a client has to send the head of a request, including the TLS handshake.
    public var headLimit: Duration = .seconds(30)
    /// Time after which a connection without requests is closed.
    public var idleLimit: Duration = .seconds(75)
    /// Longest request target accepted, in bytes.
    public var maximumURILength = 8 * 1024
    /// Largest header block accepted, in bytes.
    public var maximumHeaderSize = 32 * 1024
    /// Largest body accepted, in bytes.
    public var maximumBodySize = 16 * 1024 * 1024
    /// Largest size of the bodies of all requests under way, in bytes, at least that of one body; the first 64 KiB of each do not count. Further
    /// bodies wait.
    public var maximumBodiesSize = 64 * 1024 * 1024
    /// How long clients may keep values, states and histories.
    public var valueLifetime: Duration = .milliseconds(200)
    /// How long clients may keep lists and configurations, and the gateway configurations of attributes and aliases.
    public var listLifetime: Duration = .seconds(1)
    /// How long clients may keep device trees.
    public var treeLifetime: Duration = .seconds(3)
    /// Web origins whose pages may call besides the gateway's own; `*`: all. `nil`: none; at a local address without authentication also those
    /// of this machine.
    public var allowedOrigins: [String]?
    /// Names by which requests may call the gateway besides `host`, addresses and names without a dot; `nil`: any, or at a local address
    /// without authentication none.
    public var allowedHosts: [String]?
    /// How long browsers that called over HTTPS shall use nothing else for this host (`Strict-Transport-Security`); less than a second: not
    /// sent.
    public var strictTransportLifetime: Duration = .seconds(86_400)
    /// Whether the headers `Forwarded` and `X-Forwarded-*` of a proxy give the links in answers and the address of the client.
    public var trustsForwardedHeaders = false
    /// Whether the class of devices (`info.classname`) is always `unknown`, as in another server of this API.
    public var hidesDeviceClass = false
    /// Path of the access log, which gets a line of JSON for each request; `-`: standard output; `nil`: none.
    public var accessLog: String?
    /// Lowest level of messages on standard error; `info` includes every change.
    public var logLevel = Logger.Level.warning

    /// When requests need a user.
    public var authentication = Authentication.auto
    /// Whether to listen on the network even without authentication.
    public var isOpenToNetwork = false
    /// Path of the users file; `nil`: `~/.config/swift-tango/rest-users`.
    public var usersFile: String?
    /// Path of a file with the secret of bearer tokens (JWT, HS256).
    public var tokenSecretFile: String?
    /// Path of a file with the public key (PEM) or keys (JWKS) of bearer tokens.
    public var tokenKeysFile: String?
    /// Required issuer of tokens; `nil`: any.
    public var tokenIssuer: String?
    /// Required audience of tokens; `nil`: any.
    public var tokenAudience: String?
    /// Claim of a token that is the name of its user.
    public var tokenUserClaim = "sub"
    /// Whether the access service of a control system (TangoAccessControl) decides what a user may change.
    public var usesAccessControl = false
    /// How long an answer of the access service is valid; 10 s at most.
    public var accessLifetime: Duration = .seconds(10)
    /// Path of the certificate chain (PEM). With it and the key the gateway serves HTTPS, with HTTP/2 and HTTP/1.1.
    public var certificateFile: String?
    /// Path of the private key of the certificate (PEM).
    public var keyFile: String?

    /// Creates a configuration with the default settings.
    public init() {}
}

extension GatewayConfiguration {
    /// Whether requests need a user, once `resolved`.
    var authenticates: Bool { self.authentication == .on }

    /// Whether the gateway serves HTTPS.
    package var isSecure: Bool { self.certificateFile != nil }

    /// Whether bearer tokens are accepted.
    var takesTokens: Bool { self.tokenSecretFile != nil || self.tokenKeysFile != nil }

    /// Whether only programs of this machine can reach the address.
    var isLocal: Bool {
        (try? SocketAddress.makeAddressResolvingHost(self.host, port: self.port))?.isLoopback ?? false
    }

    /// The settings with the automatic ones decided.
    package var resolved: GatewayConfiguration {
        var resolved = self
        // A caller's own database could grant the caller every right.
        if self.usesAccessControl, self.allowedTangoHosts == nil { resolved.allowedTangoHosts = [] }
        if self.authentication == .auto {
            let isWanted = self.usersFile != nil || self.takesTokens
            resolved.authentication = isWanted || !self.isLocal ? .on : .off
        }
        resolved.allowedOrigins = self.allowedOrigins ?? []
        guard resolved.authenticates else { return resolved }
        resolved.usersFile = self.usersFile ?? UsersFile.defaultPath
        // A user could make the gateway connect to any port of the network behind it.
        resolved.allowedTangoHosts = resolved.allowedTangoHosts ?? []
        return resolved
    }

    /// One line for each file with a secret that others than its owner can read or change; the users file is checked when it is read.
    var fileWarnings: [String] {
        [
            self.tokenSecretFile.flatMap { PrivateFile.warning($0) },
            self.tokenKeysFile.flatMap { PrivateFile.warning(publicFile: $0) },
            // The group of a key is often that of several services.
            self.keyFile.flatMap { PrivateFile.warning($0, allowsGroup: true) },
        ].compactMap { $0 }
    }

    /// A warning about names of strangers that may lead to this gateway (DNS rebinding); `nil` where users or names are checked.
    var rebindingWarning: String? {
        guard !self.resolved.authenticates, !self.isLocal, self.allowedHosts == nil else { return nil }
        return "Any web page that a browser on this network opens could use \(self.host): name the gateway with --allowed-hosts"
    }

    /// Checks that the settings fit together and are safe.
    /// - Throws: `REST_OpenToNetwork`, `REST_BadConfiguration`.
    package func check() throws(DevFailed) {
        if !self.resolved.authenticates, !self.isOpenToNetwork, !self.isLocal {
            throw DevFailed(
                .restOpenToNetwork,
                "Other machines could use \(self.host) without authentication: switch it on, or give both --no-authentication and --open-to-network",
                origin: "Gateway.run")
        }
        if (self.certificateFile == nil) != (self.keyFile == nil) {
            throw DevFailed(.restBadConfiguration, "A certificate and its key belong together: give both", origin: "Gateway.run")
        }
    }
}
