/// The Tango exception: a stack of errors, root cause first, never empty (IDL `DevFailed`).
///
/// Throw one in one line: `throw DevFailed("API_InvalidArgs", "The current must be positive")`.
public struct DevFailed: Error, Sendable, Hashable {
    /// The stack, root cause first.
    public private(set) var errors: [DevError]

    /// Creates a failure with one entry; its origin is the calling function unless given.
    public init(_ reason: ErrorReason, _ description: String, severity: ErrorSeverity = .error, origin: String = #function) {
        self.errors = [DevError(reason, description, origin: origin, severity: severity)]
    }

    /// Creates a failure from a received stack. An empty one, which no peer should send, becomes one entry `API_DevFailed`.
    public init(errors: [DevError]) {
        self.errors = errors.isEmpty ? [DevError("API_DevFailed", "The error list was empty", origin: "DevFailed")] : errors
    }

    /// Returns a `DevFailed` unchanged, and wraps any other error once, as `API_UnknownException` with its text.
    public init(wrapping error: any Error, origin: String = #function) {
        if let failed = error as? DevFailed {
            self = failed
        } else {
            self.init("API_UnknownException", String(describing: error), origin: origin)
        }
    }

    /// The first, oldest entry: the root cause.
    public var rootCause: DevError { self.errors[0] }

    /// Reason of the root cause.
    public var reason: ErrorReason { self.errors[0].reason }

    /// Description of the root cause.
    public var reasonDescription: String { self.errors[0].description }

    /// Returns the same failure with a further, outer entry.
    public func rethrowing(_ reason: ErrorReason, _ description: String, origin: String = #function) -> DevFailed {
        var copy = self
        copy.errors.append(DevError(reason, description, origin: origin))
        return copy
    }
}

extension DevFailed: CustomStringConvertible {
    /// All entries in one line: `DevFailed[reason: description (origin); …]`.
    public var description: String {
        "DevFailed[" + self.errors.map { "\($0.reason): \($0.description) (\($0.origin))" }.joined(separator: "; ") + "]"
    }
}
