public import TangoCore

/// Reads an attribute. A handler that returns `nil` fails the read with `API_AttrValueNotSet`; an error that is not a `DevFailed` becomes
/// one.
public enum AttributeReader: Sendable {
    /// Code that does not suspend.
    case sync(@Sendable (MemberCall) throws -> AttributeReading?)
    /// Code that may suspend; the device stays held meanwhile.
    case async(@concurrent @Sendable (MemberCall) async throws -> AttributeReading?)
}

/// Writes an attribute. The value has passed the checks of type, dimensions and limits; an error refuses it and leaves the set value as it
/// was.
public enum AttributeWriter: Sendable {
    /// Code that does not suspend.
    case sync(@Sendable (MemberCall, AttributeWrite) throws -> Void)
    /// Code that may suspend; the device stays held meanwhile.
    case async(@concurrent @Sendable (MemberCall, AttributeWrite) async throws -> Void)
}

/// Executes a command. The argument has the declared type, and so must the result (`API_IncompatibleCmdResultType`).
public enum CommandHandler: Sendable {
    /// Code that does not suspend.
    case sync(@Sendable (MemberCall, CommandData) throws -> CommandData)
    /// Code that may suspend; the device stays held meanwhile.
    case async(@concurrent @Sendable (MemberCall, CommandData) async throws -> CommandData)
}

/// Reads a pipe.
public enum PipeReader: Sendable {
    /// Code that does not suspend.
    case sync(@Sendable (MemberCall) throws -> PipeBlob)
    /// Code that may suspend; the device stays held meanwhile.
    case async(@concurrent @Sendable (MemberCall) async throws -> PipeBlob)
}

/// Writes a pipe.
public enum PipeWriter: Sendable {
    /// Code that does not suspend.
    case sync(@Sendable (MemberCall, PipeBlob) throws -> Void)
    /// Code that may suspend; the device stays held meanwhile.
    case async(@concurrent @Sendable (MemberCall, PipeBlob) async throws -> Void)
}

/// What a client wants to do with a member, for `isAllowed` checks.
public enum AccessKind: Sendable, Hashable {
    /// Read an attribute or pipe.
    case read
    /// Write an attribute or pipe.
    case write
    /// Execute a command.
    case execute
}

/// Returns whether a member may be used now. A refusal is `API_AttrNotAllowed`, `API_CommandNotAllowed` or `API_PipeNotAllowed`.
public typealias AccessCheck = @Sendable (MemberCall, AccessKind) -> Bool

extension Optional where Wrapped == AccessCheck {
    /// Returns a check that passes when both do.
    func and(_ rule: @escaping AccessCheck) -> AccessCheck {
        guard let first = self else { return rule }
        return { call, kind in first(call, kind) && rule(call, kind) }
    }
}
