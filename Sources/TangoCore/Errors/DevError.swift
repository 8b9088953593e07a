/// How serious a `DevError` is (IDL `ErrSeverity`).
public enum ErrorSeverity: UInt32, Sendable, Hashable, CaseIterable {
    /// `WARN`
    case warning = 0
    /// `ERR`, the usual one.
    case error = 1
    /// `PANIC`
    case panic = 2

    /// `WARN`, `ERR` or `PANIC`, as every Tango tool prints it.
    public var name: String {
        switch self {
        case .warning: "WARN"
        case .error: "ERR"
        case .panic: "PANIC"
        }
    }
}

/// One entry of an error stack (IDL `DevError`).
public struct DevError: Sendable, Hashable {
    /// The machine-readable reason.
    public var reason: ErrorReason
    /// How serious it is.
    public var severity: ErrorSeverity
    /// The text for people.
    public var description: String
    /// The function or class that reports the error.
    public var origin: String

    /// Creates an entry.
    public init(_ reason: ErrorReason, _ description: String, origin: String, severity: ErrorSeverity = .error) {
        self.reason = reason
        self.severity = severity
        self.description = description
        self.origin = origin
    }
}
