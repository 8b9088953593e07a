/// The type of an attribute, or of the argument or result of a command, with Tango's numbers (`CmdArgType`).
public enum DataType: Int32, Sendable, Hashable, CaseIterable {
    /// `DevVoid`: no value.
    case void = 0
    /// `DevBoolean`
    case boolean
    /// `DevShort`: 16 bits.
    case short
    /// `DevLong`: 32 bits.
    case long
    /// `DevFloat`: 32 bits.
    case float
    /// `DevDouble`: 64 bits.
    case double
    /// `DevUShort`: 16 bits.
    case ushort
    /// `DevULong`: 32 bits.
    case ulong
    /// `DevString`
    case string
    /// `DevVarCharArray`: bytes.
    case charArray
    /// `DevVarShortArray`
    case shortArray
    /// `DevVarLongArray`
    case longArray
    /// `DevVarFloatArray`
    case floatArray
    /// `DevVarDoubleArray`
    case doubleArray
    /// `DevVarUShortArray`
    case ushortArray
    /// `DevVarULongArray`
    case ulongArray
    /// `DevVarStringArray`
    case stringArray
    /// `DevVarLongStringArray`: numbers and texts.
    case longStringArray
    /// `DevVarDoubleStringArray`: numbers and texts.
    case doubleStringArray
    /// `DevState`
    case state
    /// `ConstDevString`: never on the wire.
    case constString
    /// `DevVarBooleanArray`
    case booleanArray
    /// `DevUChar`: 8 bits.
    case uchar
    /// `DevLong64`: 64 bits.
    case long64
    /// `DevULong64`: 64 bits.
    case ulong64
    /// `DevVarLong64Array`
    case long64Array
    /// `DevVarULong64Array`
    case ulong64Array
    /// `DevInt`: never on the wire.
    case int
    /// `DevEncoded`: a format name and bytes.
    case encoded
    /// `DevEnum`: labels with numbers from 0, a `DevShort` on the wire.
    case `enum`
    /// `DevPipeBlob`
    case pipeBlob
    /// `DevVarStateArray`
    case stateArray
    /// `DevVarEncodedArray`
    case encodedArray

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

    /// Returns the type of that name (`DevDouble`, `DevVarShortArray`, …), compared without case; `nil` when there is none.
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

    /// Whether it is an integer or a floating-point number; DevEnum is not.
    public var isNumeric: Bool {
        switch self {
        case .short, .long, .float, .double, .ushort, .ulong, .uchar, .long64, .ulong64: true
        default: false
        }
    }

    /// The array type whose elements have this type (`DevDouble` → `DevVarDoubleArray`); `nil` when there is none.
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
