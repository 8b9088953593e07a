/// How grave a `DevError` is (IDL `ErrSeverity`).
public enum ErrorSeverity: UInt32, Sendable, Hashable, CaseIterable {
    case warning = 0
    case error = 1
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

/// The machine-readable reason of an error: an open set, since devices add their own.
public struct ErrorReason: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    public var description: String { self.rawValue }

    public static let attributeNotFound: Self = "API_AttrNotFound"
    public static let attributeNotAllowed: Self = "API_AttrNotAllowed"
    public static let attributeNotWritable: Self = "API_AttrNotWritable"
    public static let attributeValueNotSet: Self = "API_AttrValueNotSet"
    public static let attributeNotPolled: Self = "API_AttrNotPolled"
    public static let attributeProperty: Self = "API_AttrOptProp"
    public static let attributeConfiguration: Self = "API_AttrConfig"
    public static let incoherentValues: Self = "API_IncoherentValues"
    public static let writeOutsideLimit: Self = "API_WAttrOutsideLimit"
    public static let incompatibleAttributeType: Self = "API_IncompatibleAttrDataType"
    public static let incorrectDataNumber: Self = "API_AttrIncorrectDataNumber"
    public static let commandNotFound: Self = "API_CommandNotFound"
    public static let commandNotAllowed: Self = "API_CommandNotAllowed"
    public static let commandNotPolled: Self = "API_CmdNotPolled"
    public static let commandTimedOut: Self = "API_CommandTimedOut"
    public static let incompatibleCommandArgument: Self = "API_IncompatibleCmdArgumentType"
    public static let pipeNotFound: Self = "API_PipeNotFound"
    public static let pipeNotWritable: Self = "API_PipeNotWritable"
    public static let pipeNotAllowed: Self = "API_PipeNotAllowed"
    public static let pipeValueNotSet: Self = "API_PipeValueNotSet"
    public static let deviceNotFound: Self = "API_DeviceNotFound"
    public static let deviceNotExported: Self = "API_DeviceNotExported"
    public static let deviceLocked: Self = "API_DeviceLocked"
    public static let deviceNotLocked: Self = "API_DeviceNotLocked"
    public static let deviceUnlocked: Self = "API_DeviceUnlocked"
    public static let readOnlyMode: Self = "API_ReadOnlyMode"
    public static let deviceTimedOut: Self = "API_DeviceTimedOut"
    public static let cantConnectToDevice: Self = "API_CantConnectToDevice"
    public static let cantConnectToDatabase: Self = "API_CantConnectToDatabase"
    public static let communicationFailed: Self = "API_CommunicationFailed"
    public static let corbaException: Self = "API_CorbaException"
    public static let wrongDeviceName: Self = "API_WrongDeviceNameSyntax"
    public static let notSupported: Self = "API_NotSupported"
    public static let notSupportedFeature: Self = "API_NotSupportedFeature"
    public static let methodArgument: Self = "API_MethodArgument"
    public static let invalidArguments: Self = "API_InvalidArgs"
    public static let wrongNumberOfArguments: Self = "API_WrongNumberOfArgs"
    public static let tangoHostNotSet: Self = "API_TangoHostNotSet"
    public static let blackBoxEmpty: Self = "API_BlackBoxEmpty"
    public static let blackBoxArgument: Self = "API_BlackBoxArgument"
    public static let shutdownInProgress: Self = "API_ShutdownInProgress"
    public static let databaseDeviceNotDefined: Self = "DB_DeviceNotDefined"
    public static let databaseAliasNotDefined: Self = "DB_AliasNotDefined"
    public static let databaseIncorrectArguments: Self = "DB_IncorrectArguments"
    public static let databaseIncorrectDeviceName: Self = "DB_IncorrectDeviceName"
    public static let databaseIncorrectServerName: Self = "DB_IncorrectServerName"
    public static let databaseSQL: Self = "DB_SQLError"
}

/// One entry of an error stack (IDL `DevError`).
public struct DevError: Sendable, Hashable {
    public var reason: ErrorReason
    public var severity: ErrorSeverity
    public var description: String
    public var origin: String

    public init(_ reason: ErrorReason, _ description: String, origin: String, severity: ErrorSeverity = .error) {
        self.reason = reason
        self.severity = severity
        self.description = description
        self.origin = origin
    }
}

/// The Tango exception: a stack of errors, root cause first, never empty.
///
/// Throw one in one line: `throw DevFailed("API_InvalidArgs", "The current must be positive")`.
public struct DevFailed: Error, Sendable, Hashable {
    /// The stack, root cause first.
    public private(set) var errors: [DevError]

    public init(_ reason: ErrorReason, _ description: String, severity: ErrorSeverity = .error, origin: String = #function) {
        self.errors = [DevError(reason, description, origin: origin, severity: severity)]
    }

    /// A stack as received. An empty one (no peer should send it) becomes a single `API_DevFailed` entry.
    public init(errors: [DevError]) {
        self.errors = errors.isEmpty ? [DevError("API_DevFailed", "The error list was empty", origin: "DevFailed")] : errors
    }

    /// Any error as a `DevFailed`: unchanged if it is one, else wrapped once with its text.
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

    /// The same failure with a further, outer entry.
    public func rethrowing(_ reason: ErrorReason, _ description: String, origin: String = #function) -> DevFailed {
        var copy = self
        copy.errors.append(DevError(reason, description, origin: origin))
        return copy
    }
}

extension DevFailed: CustomStringConvertible {
    public var description: String {
        "DevFailed[" + self.errors.map { "\($0.reason): \($0.description) (\($0.origin))" }.joined(separator: "; ") + "]"
    }
}

/// The failure of one attribute in a call that writes several (IDL `NamedDevError`).
public struct NamedDevError: Sendable, Hashable {
    public var name: String
    /// Position in the list of the call, from 0.
    public var index: Int32
    public var errors: [DevError]

    public init(name: String, index: Int32, errors: [DevError]) {
        self.name = name
        self.index = index
        self.errors = errors
    }
}

/// What a call that writes several attributes throws when some fail (IDL `MultiDevFailed`).
public struct MultiDevFailed: Error, Sendable, Hashable {
    public var errors: [NamedDevError]

    public init(errors: [NamedDevError]) {
        self.errors = errors
    }
}
