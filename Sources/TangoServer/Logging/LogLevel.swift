package import Logging
import TangoCore

/// Levels of a device's log (RFC-14): a device passes on records of its level and of the more serious ones.
package enum LogLevel: Int32, Sendable, Comparable {
    case off = 0
    case fatal, error, warn, info, debug

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Name in records and in the property `logging_level`.
    package var name: String {
        switch self {
        case .off: "OFF"
        case .fatal: "FATAL"
        case .error: "ERROR"
        case .warn: "WARN"
        case .info: "INFO"
        case .debug: "DEBUG"
        }
    }

    /// Reads the value of a property, in any case; other texts are WARN.
    package init(property text: String) {
        let all: [Self] = [.off, .fatal, .error, .warn, .info, .debug]
        self = all.first { $0.name.tangoFolded == text.tangoFolded } ?? .warn
    }

    /// The level of a record of a `Logger`.
    package init(_ level: Logger.Level) {
        switch level {
        case .trace, .debug: self = .debug
        case .info, .notice: self = .info
        case .warning: self = .warn
        case .error: self = .error
        case .critical: self = .fatal
        }
    }

    /// The least serious level of a `Logger` that passes. OFF has none, so the handler checks again.
    package var leastSerious: Logger.Level {
        switch self {
        case .off, .fatal: .critical
        case .error: .error
        case .warn: .warning
        case .info: .info
        case .debug: .trace
        }
    }
}
