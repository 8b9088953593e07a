/// The state of a device (IDL `DevState`).
public enum DevState: UInt32, Sendable, Hashable, CaseIterable {
    case on = 0
    case off, close, open, insert, extract, moving, standby, fault
    case `init`
    case running, alarm, disable, unknown

    /// Upper-case name as every Tango tool prints it, e.g. `RUNNING`.
    public var name: String {
        switch self {
        case .on: "ON"
        case .off: "OFF"
        case .close: "CLOSE"
        case .open: "OPEN"
        case .insert: "INSERT"
        case .extract: "EXTRACT"
        case .moving: "MOVING"
        case .standby: "STANDBY"
        case .fault: "FAULT"
        case .`init`: "INIT"
        case .running: "RUNNING"
        case .alarm: "ALARM"
        case .disable: "DISABLE"
        case .unknown: "UNKNOWN"
        }
    }

    /// The state of that name, in any case; `nil` when there is none.
    public init?(name: String) {
        let upper = name.uppercased()
        guard let state = Self.allCases.first(where: { $0.name == upper }) else { return nil }
        self = state
    }
}

/// Quality of an attribute value (IDL `AttrQuality`).
public enum AttributeQuality: UInt32, Sendable, Hashable, CaseIterable {
    case valid = 0
    case invalid, alarm, changing, warning

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

/// Who may write an attribute (IDL `AttrWriteType`).
public enum AttributeWriteType: UInt32, Sendable, Hashable, CaseIterable {
    case read = 0
    case readWithWrite, write, readWrite, unknown

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

/// Shape of an attribute (IDL `AttrDataFormat`).
public enum AttributeFormat: UInt32, Sendable, Hashable, CaseIterable {
    case scalar = 0
    case spectrum, image, unknown

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
    case device = 0
    case cache
    /// The cache if it holds a fresh value, else the device; what clients ask for by default.
    case cacheDevice
}

/// Display level of an attribute, command or pipe (IDL `DispLevel`).
public enum DisplayLevel: UInt32, Sendable, Hashable, CaseIterable {
    case `operator` = 0
    case expert, unknown

    /// `OPERATOR`, `EXPERT` or `DL_UNKNOWN`.
    public var name: String {
        switch self {
        case .operator: "OPERATOR"
        case .expert: "EXPERT"
        case .unknown: "DL_UNKNOWN"
        }
    }
}

/// Who may write a pipe (IDL `PipeWriteType`).
public enum PipeWriteType: UInt32, Sendable, Hashable, CaseIterable {
    case read = 0
    case readWrite, unknown

    /// `PIPE_READ`, `PIPE_READ_WRITE` or `PIPE_WT_UNKNOWN`.
    public var name: String {
        switch self {
        case .read: "PIPE_READ"
        case .readWrite: "PIPE_READ_WRITE"
        case .unknown: "PIPE_WT_UNKNOWN"
        }
    }
}

/// Type of an attribute or of a command's argument and result, with Tango's numbers (`CmdArgType`).
public enum DataType: Int32, Sendable, Hashable, CaseIterable {
    case void = 0
    case boolean, short, long, float, double, ushort, ulong, string
    case charArray, shortArray, longArray, floatArray, doubleArray, ushortArray, ulongArray, stringArray
    case longStringArray, doubleStringArray
    case state, constString, booleanArray
    case uchar, long64, ulong64, long64Array, ulong64Array
    case int, encoded, `enum`, pipeBlob, stateArray, encodedArray

    /// `DevDouble`, `DevVarShortArray`, …, as Tango tools print it (`DevState` for a state).
    public var name: String {
        switch self {
        case .void: "DevVoid"
        case .boolean: "DevBoolean"
        case .short: "DevShort"
        case .long: "DevLong"
        case .float: "DevFloat"
        case .double: "DevDouble"
        case .ushort: "DevUShort"
        case .ulong: "DevULong"
        case .string: "DevString"
        case .charArray: "DevVarCharArray"
        case .shortArray: "DevVarShortArray"
        case .longArray: "DevVarLongArray"
        case .floatArray: "DevVarFloatArray"
        case .doubleArray: "DevVarDoubleArray"
        case .ushortArray: "DevVarUShortArray"
        case .ulongArray: "DevVarULongArray"
        case .stringArray: "DevVarStringArray"
        case .longStringArray: "DevVarLongStringArray"
        case .doubleStringArray: "DevVarDoubleStringArray"
        case .state: "DevState"
        case .constString: "ConstDevString"
        case .booleanArray: "DevVarBooleanArray"
        case .uchar: "DevUChar"
        case .long64: "DevLong64"
        case .ulong64: "DevULong64"
        case .long64Array: "DevVarLong64Array"
        case .ulong64Array: "DevVarULong64Array"
        case .int: "DevInt"
        case .encoded: "DevEncoded"
        case .enum: "DevEnum"
        case .pipeBlob: "DevPipeBlob"
        case .stateArray: "DevVarStateArray"
        case .encodedArray: "DevVarEncodedArray"
        }
    }

    /// The type of that name (`DevDouble`, `DevVarShortArray`, …), in any case.
    public init?(name: String) {
        let folded = name.lowercased()
        guard let type = Self.allCases.first(where: { $0.name.lowercased() == folded }) else { return nil }
        self = type
    }

    /// Whether attributes may have this type.
    public var isAttributeType: Bool {
        switch self {
        case .boolean, .short, .long, .float, .double, .ushort, .ulong, .string, .state, .uchar, .long64, .ulong64, .encoded, .enum: true
        default: false
        }
    }

    /// Integers and floating point numbers.
    public var isNumeric: Bool {
        switch self {
        case .short, .long, .float, .double, .ushort, .ulong, .uchar, .long64, .ulong64: true
        default: false
        }
    }

    /// The array type whose elements have this type, where there is one (`DevDouble` → `DevVarDoubleArray`).
    public var arrayType: DataType? {
        switch self {
        case .boolean: .booleanArray
        case .short, .enum: .shortArray
        case .long: .longArray
        case .float: .floatArray
        case .double: .doubleArray
        case .ushort: .ushortArray
        case .ulong: .ulongArray
        case .string: .stringArray
        case .state: .stateArray
        case .uchar: .charArray
        case .long64: .long64Array
        case .ulong64: .ulong64Array
        case .encoded: .encodedArray
        default: nil
        }
    }
}
