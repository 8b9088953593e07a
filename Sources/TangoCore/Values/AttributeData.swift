/// A format name and bytes (IDL `DevEncoded`).
public struct DevEncoded: Sendable, Hashable {
    public var format: String
    public var data: [UInt8]

    public init(format: String, data: [UInt8]) {
        self.format = format
        self.data = data
    }
}

/// The elements of an attribute value or of a pipe element, by wire type (IDL `AttrValUnion`).
///
/// Of an attribute the read part comes first, then the set part. A DevEnum travels as `short`.
public enum AttributeData: Sendable, Hashable {
    case boolean([Bool])
    case short([Int16])
    case long([Int32])
    case long64([Int64])
    case float([Float])
    case double([Double])
    case uchar([UInt8])
    case ushort([UInt16])
    case ulong([UInt32])
    case ulong64([UInt64])
    case string([String])
    case state([DevState])
    /// The State attribute of a device, and nothing else.
    case deviceState(DevState)
    case encoded([DevEncoded])
    /// No value: quality `ATTR_INVALID`, or a failed read.
    case none

    /// Number of elements.
    public var count: Int {
        switch self {
        case .boolean(let values): values.count
        case .short(let values): values.count
        case .long(let values): values.count
        case .long64(let values): values.count
        case .float(let values): values.count
        case .double(let values): values.count
        case .uchar(let values): values.count
        case .ushort(let values): values.count
        case .ulong(let values): values.count
        case .ulong64(let values): values.count
        case .string(let values): values.count
        case .state(let values): values.count
        case .deviceState: 1
        case .encoded(let values): values.count
        case .none: 0
        }
    }

    /// The Tango type of the elements; `nil` without data. A DevEnum shows as `.short`.
    public var elementType: DataType? {
        switch self {
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
        case .state, .deviceState: .state
        case .encoded: .encoded
        case .none: nil
        }
    }

    /// No elements of that type. `nil` for types an attribute cannot have.
    public static func empty(of type: DataType) -> AttributeData? {
        switch type {
        case .boolean: .boolean([])
        case .short, .enum: .short([])
        case .long: .long([])
        case .long64: .long64([])
        case .float: .float([])
        case .double: .double([])
        case .uchar: .uchar([])
        case .ushort: .ushort([])
        case .ulong: .ulong([])
        case .ulong64: .ulong64([])
        case .string: .string([])
        case .state: .state([])
        case .encoded: .encoded([])
        default: nil
        }
    }

    /// The elements of that range, clamped to what is there.
    public func slice(_ range: Range<Int>) -> AttributeData {
        switch self {
        case .boolean(let values): .boolean(values.clamped(range))
        case .short(let values): .short(values.clamped(range))
        case .long(let values): .long(values.clamped(range))
        case .long64(let values): .long64(values.clamped(range))
        case .float(let values): .float(values.clamped(range))
        case .double(let values): .double(values.clamped(range))
        case .uchar(let values): .uchar(values.clamped(range))
        case .ushort(let values): .ushort(values.clamped(range))
        case .ulong(let values): .ulong(values.clamped(range))
        case .ulong64(let values): .ulong64(values.clamped(range))
        case .string(let values): .string(values.clamped(range))
        case .state(let values): .state(values.clamped(range))
        case .deviceState(let state): range.contains(0) ? .deviceState(state) : .state([])
        case .encoded(let values): .encoded(values.clamped(range))
        case .none: .none
        }
    }

    /// These elements followed by the other's. Data of another type is not appended.
    public func appending(_ other: AttributeData) -> AttributeData {
        switch (self, other) {
        case (.boolean(let a), .boolean(let b)): .boolean(a + b)
        case (.short(let a), .short(let b)): .short(a + b)
        case (.long(let a), .long(let b)): .long(a + b)
        case (.long64(let a), .long64(let b)): .long64(a + b)
        case (.float(let a), .float(let b)): .float(a + b)
        case (.double(let a), .double(let b)): .double(a + b)
        case (.uchar(let a), .uchar(let b)): .uchar(a + b)
        case (.ushort(let a), .ushort(let b)): .ushort(a + b)
        case (.ulong(let a), .ulong(let b)): .ulong(a + b)
        case (.ulong64(let a), .ulong64(let b)): .ulong64(a + b)
        case (.string(let a), .string(let b)): .string(a + b)
        case (.state(let a), .state(let b)): .state(a + b)
        case (.encoded(let a), .encoded(let b)): .encoded(a + b)
        default: self
        }
    }
}

extension Array {
    fileprivate func clamped(_ range: Range<Int>) -> [Element] {
        range.lowerBound == 0 && range.upperBound >= self.count ? self : Array(self[range.clamped(to: 0..<self.count)])
    }
}

/// Numbers and texts together (IDL `DevVarLongStringArray`).
public struct LongStringArray: Sendable, Hashable {
    public var longs: [Int32]
    public var strings: [String]

    public init(longs: [Int32] = [], strings: [String] = []) {
        self.longs = longs
        self.strings = strings
    }
}

/// Numbers and texts together (IDL `DevVarDoubleStringArray`).
public struct DoubleStringArray: Sendable, Hashable {
    public var doubles: [Double]
    public var strings: [String]

    public init(doubles: [Double] = [], strings: [String] = []) {
        self.doubles = doubles
        self.strings = strings
    }
}

/// Argument or result of a command: what a Tango `any` may hold.
public enum CommandData: Sendable, Hashable {
    case void
    case boolean(Bool)
    case short(Int16)
    case long(Int32)
    case long64(Int64)
    case float(Float)
    case double(Double)
    case uchar(UInt8)
    case ushort(UInt16)
    case ulong(UInt32)
    case ulong64(UInt64)
    case string(String)
    case state(DevState)
    case encoded(DevEncoded)
    case booleanArray([Bool])
    case charArray([UInt8])
    case shortArray([Int16])
    case longArray([Int32])
    case long64Array([Int64])
    case floatArray([Float])
    case doubleArray([Double])
    case ushortArray([UInt16])
    case ulongArray([UInt32])
    case ulong64Array([UInt64])
    case stringArray([String])
    case stateArray([DevState])
    case encodedArray([DevEncoded])
    case longStringArray(LongStringArray)
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
