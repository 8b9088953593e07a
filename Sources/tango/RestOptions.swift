import ArgumentParser
import Foundation
import TangoCLI
import TangoCore
import TangoGateway

/// The options of the REST API, except its address: one for each setting of `GatewayConfiguration`.
struct RestOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file (JSON). Options override the environment (TANGO_REST_…), which overrides the file.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the effective configuration and the source of each value as JSON, instead of starting.")
    var printConfig = false

    @Option(help: ArgumentHelp("Users file. Other machines cannot call without one.", valueName: "file"))
    var users: String?

    @Option(help: ArgumentHelp("When requests need a user: auto, on, off.", valueName: "when"))
    var authentication: String?

    @Flag(help: "Short for --authentication off.")
    var noAuthentication = false

    @Flag(help: "Listen on the network even without authentication.")
    var openToNetwork = false

    @Option(help: ArgumentHelp("File with the secret of bearer tokens (JWT, HS256).", valueName: "file"))
    var tokenSecret: String?

    @Option(help: ArgumentHelp("File with the public key (PEM) or keys (JWKS) of bearer tokens.", valueName: "file"))
    var tokenKeys: String?

    @Option(help: ArgumentHelp("Required issuer of tokens.", valueName: "text"))
    var tokenIssuer: String?

    @Option(help: ArgumentHelp("Required audience of tokens.", valueName: "text"))
    var tokenAudience: String?

    @Option(help: ArgumentHelp("Claim with the name of the user; sub by default.", valueName: "claim"))
    var tokenUserClaim: String?

    @Flag(help: "Let the control system's TangoAccessControl decide what a user may change.")
    var accessControl = false

    @Option(help: ArgumentHelp("How long an answer of TangoAccessControl is valid; 10 by default and at most.", valueName: "seconds"))
    var accessLifetime: String?

    @Option(help: ArgumentHelp("Certificate chain (PEM): with it and the key, HTTPS and HTTP/2.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("Private key of the certificate (PEM).", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "How long browsers shall use only HTTPS for this host; 86400 by default with a certificate, 0: as they like.",
            valueName: "seconds"))
    var strictTransportLifetime: String?

    @Option(
        help: ArgumentHelp(
            "Web origins whose pages may call, separated by commas; * for all. By default the gateway's own.", valueName: "list"))
    var allowedOrigins: String?

    @Option(
        help: ArgumentHelp(
            "Further names by which the gateway is called, separated by commas; needed at a local address without authentication.",
            valueName: "list"))
    var allowedHosts: String?

    @Option(
        help: ArgumentHelp(
            "Further Tango hosts that requests may name, separated by commas; any by default, with authentication none.",
            valueName: "list"))
    var tangoHosts: String?

    @Flag(help: "Trust the headers of a proxy about the client (Forwarded, X-Forwarded-…).")
    var trustForwarded = false

    @Flag(help: "Answer \"unknown\" as the class of each device, as another server of this API does.")
    var classnameUnknown = false

    @Option(help: ArgumentHelp("File that gets a line of JSON for each request; - for standard output.", valueName: "file"))
    var accessLog: String?

    @Option(
        help: ArgumentHelp(
            "Lowest level of messages: trace, debug, info, notice, warning, error or critical; info includes every change.",
            valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("Time limit of a request.", valueName: "seconds"))
    var timeout: String?

    @Option(help: ArgumentHelp("Time limit of stopping.", valueName: "seconds"))
    var shutdownLimit: String?

    @Option(help: ArgumentHelp("Time limit of sending the head of a request.", valueName: "seconds"))
    var headLimit: String?

    @Option(help: ArgumentHelp("Time after which an idle connection is closed.", valueName: "seconds"))
    var idleLimit: String?

    @Option(help: ArgumentHelp("Longest request target.", valueName: "bytes"))
    var maximumURILength: String?

    @Option(help: ArgumentHelp("Largest header block.", valueName: "bytes"))
    var maximumHeaderSize: String?

    @Option(help: ArgumentHelp("Largest body.", valueName: "bytes"))
    var maximumBodySize: String?

    @Option(help: ArgumentHelp("Largest size of all bodies that are being worked on.", valueName: "bytes"))
    var maximumBodiesSize: String?

    @Option(help: ArgumentHelp("How long values may be kept.", valueName: "seconds"))
    var valueLifetime: String?

    @Option(help: ArgumentHelp("How long lists and configurations may be kept.", valueName: "seconds"))
    var listLifetime: String?

    @Option(help: ArgumentHelp("How long device trees may be kept.", valueName: "seconds"))
    var treeLifetime: String?

    func validate() throws {
        if self.noAuthentication, self.authentication != nil {
            throw ValidationError("--authentication and --no-authentication exclude each other.")
        }
    }

    /// The given options, by the names of the settings.
    private var given: [String: String] {
        let texts = [
            "users": self.users, "authentication": self.noAuthentication ? "off" : self.authentication, "token-secret": self.tokenSecret,
            "token-keys": self.tokenKeys, "token-issuer": self.tokenIssuer, "token-audience": self.tokenAudience,
            "token-user-claim": self.tokenUserClaim, "access-lifetime": self.accessLifetime, "certificate": self.certificate,
            "key": self.key, "access-log": self.accessLog, "log-level": self.logLevel,
            "allowed-origins": self.allowedOrigins, "allowed-hosts": self.allowedHosts,
            "strict-transport-lifetime": self.strictTransportLifetime, "tango-hosts": self.tangoHosts, "timeout": self.timeout,
            "shutdown-limit": self.shutdownLimit,
            "head-limit": self.headLimit, "idle-limit": self.idleLimit, "maximum-uri-length": self.maximumURILength,
            "maximum-header-size": self.maximumHeaderSize, "maximum-body-size": self.maximumBodySize,
            "maximum-bodies-size": self.maximumBodiesSize, "value-lifetime": self.valueLifetime,
            "list-lifetime": self.listLifetime, "tree-lifetime": self.treeLifetime,
        ]
        let flags = [
            "open-to-network": self.openToNetwork, "access-control": self.accessControl, "trust-forwarded": self.trustForwarded,
            "classname-unknown": self.classnameUnknown,
        ]
        return texts.compactMapValues { $0 }.merging(flags.filter(\.value).mapValues { _ in "true" }) { text, _ in text }
    }

    /// Reads the configuration from these options, the address, the environment and the file.
    /// - Parameter address: `host`, `port` and `tango-host` as far as they were given.
    func load(_ address: [String: String?]) async throws(DevFailed) -> LoadedConfiguration {
        let options = self.given.merging(address.compactMapValues { $0 }) { _, text in text }
        let loaded = try await LoadedConfiguration(options: options, environment: ProcessInfo.processInfo.environment, file: self.config)
        for warning in loaded.warnings { Terminal.printError("tango: \(warning.printable)") }
        return loaded
    }
}
