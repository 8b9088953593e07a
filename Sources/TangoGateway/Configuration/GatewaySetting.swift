import Configuration
import Logging
import TangoCore

/// A setting by its name in files, the environment and on the command line.
///
/// `maximum-body-size` in a file and as an option is `TANGO_REST_MAXIMUM_BODY_SIZE` in the environment.
struct GatewaySetting: Sendable {
    /// Property of the configuration, and its possible values.
    enum Kind: Sendable {
        typealias Path<Value> = any WritableKeyPath<GatewayConfiguration, Value> & Sendable

        case text(Path<String>)
        case optionalText(Path<String?>)
        case texts(Path<[String]?>)
        case flag(Path<Bool>)
        case count(Path<Int>, ClosedRange<Int>)
        /// In seconds.
        case duration(Path<Duration>, ClosedRange<Double>)
        case tangoHost
        case authentication
        case logLevel
    }

    var name: String
    var kind: Kind

    private init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// All settings.
    static let all: [GatewaySetting] = [
        GatewaySetting("host", .text(\.host)),
        GatewaySetting("port", .count(\.port, 0...65535)),
        GatewaySetting("tango-host", .tangoHost),
        GatewaySetting("tango-hosts", .texts(\.allowedTangoHosts)),
        GatewaySetting("timeout", .duration(\.timeout, 0.001...3600)),
        GatewaySetting("shutdown-limit", .duration(\.shutdownLimit, 0...3600)),
        GatewaySetting("head-limit", .duration(\.headLimit, 0.001...3600)),
        GatewaySetting("idle-limit", .duration(\.idleLimit, 0.001...86400)),
        GatewaySetting("maximum-uri-length", .count(\.maximumURILength, 64...1_000_000)),
        GatewaySetting("maximum-header-size", .count(\.maximumHeaderSize, 256...1_000_000)),
        GatewaySetting("maximum-body-size", .count(\.maximumBodySize, 0...2_000_000_000)),
        GatewaySetting("maximum-bodies-size", .count(\.maximumBodiesSize, 0...1_000_000_000_000)),
        GatewaySetting("value-lifetime", .duration(\.valueLifetime, 0...86400)),
        GatewaySetting("list-lifetime", .duration(\.listLifetime, 0...86400)),
        GatewaySetting("tree-lifetime", .duration(\.treeLifetime, 0...86400)),
        GatewaySetting("allowed-origins", .texts(\.allowedOrigins)),
        GatewaySetting("allowed-hosts", .texts(\.allowedHosts)),
        GatewaySetting("trust-forwarded", .flag(\.trustsForwardedHeaders)),
        GatewaySetting("classname-unknown", .flag(\.hidesDeviceClass)),
        GatewaySetting("access-log", .optionalText(\.accessLog)),
        GatewaySetting("log-level", .logLevel),
        GatewaySetting("authentication", .authentication),
        GatewaySetting("open-to-network", .flag(\.isOpenToNetwork)),
        GatewaySetting("users", .optionalText(\.usersFile)),
        GatewaySetting("token-secret", .optionalText(\.tokenSecretFile)),
        GatewaySetting("token-keys", .optionalText(\.tokenKeysFile)),
        GatewaySetting("token-issuer", .optionalText(\.tokenIssuer)),
        GatewaySetting("token-audience", .optionalText(\.tokenAudience)),
        GatewaySetting("token-user-claim", .text(\.tokenUserClaim)),
        GatewaySetting("access-control", .flag(\.usesAccessControl)),
        GatewaySetting("access-lifetime", .duration(\.accessLifetime, 0...10)),
        GatewaySetting("certificate", .optionalText(\.certificateFile)),
        GatewaySetting("key", .optionalText(\.keyFile)),
        GatewaySetting("strict-transport-lifetime", .duration(\.strictTransportLifetime, 0...1_000_000_000)),
    ]

    /// Type of the value in a source.
    var type: ConfigType {
        switch self.kind {
        case .text, .optionalText, .tangoHost, .authentication, .logLevel: .string
        case .texts: .stringArray
        case .flag: .bool
        case .count: .int
        case .duration: .double
        }
    }

    /// Description of the possible values, for messages.
    var expectation: String {
        switch self.kind {
        case .text, .optionalText: "a text"
        case .texts: "a list of texts"
        case .flag: "true or false"
        case .count(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(_, let range): "a number of seconds from \(range.lowerBound) to \(range.upperBound)"
        case .tangoHost: "HOST:PORT"
        case .authentication: GatewayConfiguration.Authentication.allCases.map(\.rawValue).joined(separator: ", ")
        case .logLevel: Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// Sets the value.
    /// - Returns: whether it is a possible one.
    func set(_ content: ConfigContent, in configuration: inout GatewayConfiguration) -> Bool {
        switch (self.kind, content) {
        case (.text(let path), .string(let text)) where !text.isEmpty: configuration[keyPath: path] = text
        case (.optionalText(let path), .string(let text)): configuration[keyPath: path] = text.isEmpty ? nil : text
        case (.texts(let path), .stringArray(let texts)): configuration[keyPath: path] = texts.filter { !$0.isEmpty }
        case (.flag(let path), .bool(let flag)): configuration[keyPath: path] = flag
        case (.count(let path, let range), .int(let count)) where range.contains(count): configuration[keyPath: path] = count
        case (.duration(let path, let range), .double(let seconds)) where range.contains(seconds):
            configuration[keyPath: path] = .seconds(seconds)
        case (.tangoHost, .string(let text)):
            guard let host = try? TangoHost(parsing: text) else { return false }
            configuration.defaultTangoHost = host
        case (.authentication, .string(let text)):
            guard let mode = GatewayConfiguration.Authentication(rawValue: text) else { return false }
            configuration.authentication = mode
        case (.logLevel, .string(let text)):
            guard let level = Logger.Level(rawValue: text) else { return false }
            configuration.logLevel = level
        default: return false
        }
        return true
    }

    /// Returns the value.
    func value(in configuration: GatewayConfiguration) -> JSONValue {
        switch self.kind {
        case .text(let path): .string(configuration[keyPath: path])
        case .optionalText(let path): configuration[keyPath: path].map { .string($0) } ?? .null
        case .texts(let path): configuration[keyPath: path].map { .array($0.map { .string($0) }) } ?? .null
        case .flag(let path): .bool(configuration[keyPath: path])
        case .count(let path, _): .integer(configuration[keyPath: path])
        case .duration(let path, _): .double(configuration[keyPath: path] / .seconds(1))
        case .tangoHost: configuration.defaultTangoHost.map { .string($0.description) } ?? .null
        case .authentication: .string(configuration.authentication.rawValue)
        case .logLevel: .string(configuration.logLevel.rawValue)
        }
    }
}
