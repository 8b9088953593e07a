/// The quality of an attribute value (IDL `AttrQuality`).
public enum AttributeQuality: UInt32, Sendable, Hashable, CaseIterable {
    /// `ATTR_VALID`
    case valid = 0
    /// `ATTR_INVALID`: there is no value.
    case invalid
    /// `ATTR_ALARM`: beyond an alarm limit.
    case alarm
    /// `ATTR_CHANGING`: on its way to the set value.
    case changing
    /// `ATTR_WARNING`: beyond a warning limit.
    case warning

    /// `ATTR_VALID`, `ATTR_INVALID`, `ATTR_ALARM`, `ATTR_CHANGING` or `ATTR_WARNING`.
    public var name: String {
        switch self {
        case .valid: "ATTR_VALID"
        case .invalid: "ATTR_INVALID"
        case .alarm: "ATTR_ALARM"
        case .changing: "ATTR_CHANGING"
        case .warning: "ATTR_WARNING"
        }
    }
}

/// Whether an attribute is read, written or both (IDL `AttrWriteType`).
public enum AttributeWriteType: UInt32, Sendable, Hashable, CaseIterable {
    /// `READ`
    case read = 0
    /// `READ_WITH_WRITE`: read-only, with another attribute to write it by.
    case readWithWrite
    /// `WRITE`: reads return the set value.
    case write
    /// `READ_WRITE`
    case readWrite
    /// `WT_UNKNOWN`
    case unknown

    /// `READ`, `READ_WITH_WRITE`, `WRITE`, `READ_WRITE` or `WT_UNKNOWN`.
    public var name: String {
        switch self {
        case .read: "READ"
        case .readWithWrite: "READ_WITH_WRITE"
        case .write: "WRITE"
        case .readWrite: "READ_WRITE"
        case .unknown: "WT_UNKNOWN"
        }
    }

    /// Whether clients may write it: `WRITE` and `READ_WRITE`.
    public var isWritable: Bool { self == .write || self == .readWrite }
}

/// The shape of an attribute (IDL `AttrDataFormat`).
public enum AttributeFormat: UInt32, Sendable, Hashable, CaseIterable {
    /// `SCALAR`: one element.
    case scalar = 0
    /// `SPECTRUM`: a one-dimensional array.
    case spectrum
    /// `IMAGE`: a two-dimensional array, row by row.
    case image
    /// `FMT_UNKNOWN`
    case unknown

    /// `SCALAR`, `SPECTRUM`, `IMAGE` or `FMT_UNKNOWN`.
    public var name: String {
        switch self {
        case .scalar: "SCALAR"
        case .spectrum: "SPECTRUM"
        case .image: "IMAGE"
        case .unknown: "FMT_UNKNOWN"
        }
    }
}

/// Where a read takes its value from (IDL `DevSource`).
public enum DevSource: UInt32, Sendable, Hashable, CaseIterable {
    /// The device itself.
    case device = 0
    /// The poll cache only.
    case cache
    /// The poll cache if it holds a recent value, otherwise the device: the default of clients.
    case cacheDevice
}

/// The users for whom tools show an attribute, command or pipe (IDL `DispLevel`).
public enum DisplayLevel: UInt32, Sendable, Hashable, CaseIterable {
    /// `OPERATOR`: everybody.
    case `operator` = 0
    /// `EXPERT`
    case expert
    /// `DL_UNKNOWN`
    case unknown

    /// `OPERATOR`, `EXPERT` or `DL_UNKNOWN`.
    public var name: String {
        switch self {
        case .operator: "OPERATOR"
        case .expert: "EXPERT"
        case .unknown: "DL_UNKNOWN"
        }
    }
}

/// Whether clients may write a pipe (IDL `PipeWriteType`).
public enum PipeWriteType: UInt32, Sendable, Hashable, CaseIterable {
    /// `PIPE_READ`
    case read = 0
    /// `PIPE_READ_WRITE`
    case readWrite
    /// `PIPE_WT_UNKNOWN`
    case unknown

    /// `PIPE_READ`, `PIPE_READ_WRITE` or `PIPE_WT_UNKNOWN`.
    public var name: String {
        switch self {
        case .read: "PIPE_READ"
        case .readWrite: "PIPE_READ_WRITE"
        case .unknown: "PIPE_WT_UNKNOWN"
        }
    }
}
