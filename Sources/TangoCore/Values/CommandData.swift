/// Numbers and texts, of independent lengths (IDL `DevVarLongStringArray`).
public struct LongStringArray: Sendable, Hashable {
    /// The numbers.
    public var longs: [Int32]
    /// The texts.
    public var strings: [String]

    /// Creates a value from numbers and texts.
    public init(longs: [Int32] = [], strings: [String] = []) {
        self.longs = longs
        self.strings = strings
    }
}

/// Numbers and texts, of independent lengths (IDL `DevVarDoubleStringArray`).
public struct DoubleStringArray: Sendable, Hashable {
    /// The numbers.
    public var doubles: [Double]
    /// The texts.
    public var strings: [String]

    /// Creates a value from numbers and texts.
    public init(doubles: [Double] = [], strings: [String] = []) {
        self.doubles = doubles
        self.strings = strings
    }
}

/// The argument or result of a command, by Tango type.
public enum CommandData: Sendable, Hashable {
    /// `DevVoid`: no argument or result.
    case void
    /// `DevBoolean`
    case boolean(Bool)
    /// `DevShort` or `DevEnum`
    case short(Int16)
    /// `DevLong`
    case long(Int32)
    /// `DevLong64`
    case long64(Int64)
    /// `DevFloat`
    case float(Float)
    /// `DevDouble`
    case double(Double)
    /// `DevUChar`
    case uchar(UInt8)
    /// `DevUShort`
    case ushort(UInt16)
    /// `DevULong`
    case ulong(UInt32)
    /// `DevULong64`
    case ulong64(UInt64)
    /// `DevString`
    case string(String)
    /// `DevState`
    case state(DevState)
    /// `DevEncoded`
    case encoded(DevEncoded)
    /// `DevVarBooleanArray`
    case booleanArray([Bool])
    /// `DevVarCharArray`
    case charArray([UInt8])
    /// `DevVarShortArray`
    case shortArray([Int16])
    /// `DevVarLongArray`
    case longArray([Int32])
    /// `DevVarLong64Array`
    case long64Array([Int64])
    /// `DevVarFloatArray`
    case floatArray([Float])
    /// `DevVarDoubleArray`
    case doubleArray([Double])
    /// `DevVarUShortArray`
    case ushortArray([UInt16])
    /// `DevVarULongArray`
    case ulongArray([UInt32])
    /// `DevVarULong64Array`
    case ulong64Array([UInt64])
    /// `DevVarStringArray`
    case stringArray([String])
    /// `DevVarStateArray`
    case stateArray([DevState])
    /// `DevVarEncodedArray`
    case encodedArray([DevEncoded])
    /// `DevVarLongStringArray`
    case longStringArray(LongStringArray)
    /// `DevVarDoubleStringArray`
    case doubleStringArray(DoubleStringArray)

    /// The Tango type of this value.
    public var type: DataType {
        switch self {
        case .void: .void
        case .boolean: .boolean
        case .short: .short
        case .long: .long
        case .long64: .long64
        case .float: .float
        case .double: .double
        case .uchar: .uchar
        case .ushort: .ushort
        case .ulong: .ulong
        case .ulong64: .ulong64
        case .string: .string
        case .state: .state
        case .encoded: .encoded
        case .booleanArray: .booleanArray
        case .charArray: .charArray
        case .shortArray: .shortArray
        case .longArray: .longArray
        case .long64Array: .long64Array
        case .floatArray: .floatArray
        case .doubleArray: .doubleArray
        case .ushortArray: .ushortArray
        case .ulongArray: .ulongArray
        case .ulong64Array: .ulong64Array
        case .stringArray: .stringArray
        case .stateArray: .stateArray
        case .encodedArray: .encodedArray
        case .longStringArray: .longStringArray
        case .doubleStringArray: .doubleStringArray
        }
    }
}
