/// The failure of one attribute in a call that writes several (IDL `NamedDevError`).
public struct NamedDevError: Sendable, Hashable {
    /// Name of the attribute.
    public var name: String
    /// Position in the list of the call, from 0.
    public var index: Int32
    /// The error stack, root cause first.
    public var errors: [DevError]

    /// Creates the failure of one attribute.
    public init(name: String, index: Int32, errors: [DevError]) {
        self.name = name
        self.index = index
        self.errors = errors
    }
}

/// The exception of a call that writes several attributes when some fail (IDL `MultiDevFailed`).
public struct MultiDevFailed: Error, Sendable, Hashable {
    /// The attributes that failed; the others were written.
    public var errors: [NamedDevError]

    /// Creates the exception.
    public init(errors: [NamedDevError]) {
        self.errors = errors
    }
}
