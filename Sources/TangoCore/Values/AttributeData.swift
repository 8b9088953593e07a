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
        var all = self
        all.append(other)
        return all
    }

    /// Appends the other's elements, in place as far as these elements are held nowhere else: so joining many parts takes linear time.
    /// Data of another type is not appended; to no data everything is.
    public mutating func append(_ other: AttributeData) {
        // Taken out while it changes, else there would be two holders and every append a copy.
        var all = AttributeData.none
        swap(&self, &all)
        switch consume all {
        case .none:
            if case .deviceState(let state) = other { self = .state([state]) } else { self = other }
        case .deviceState(let state): self = .state([state] + other.states)
        case .state(var values):
            values += other.states
            self = .state(values)
        case .boolean(var values):
            if case .boolean(let more) = other { values += more }
            self = .boolean(values)
        case .short(var values):
            if case .short(let more) = other { values += more }
            self = .short(values)
        case .long(var values):
            if case .long(let more) = other { values += more }
            self = .long(values)
        case .long64(var values):
            if case .long64(let more) = other { values += more }
            self = .long64(values)
        case .float(var values):
            if case .float(let more) = other { values += more }
            self = .float(values)
        case .double(var values):
            if case .double(let more) = other { values += more }
            self = .double(values)
        case .uchar(var values):
            if case .uchar(let more) = other { values += more }
            self = .uchar(values)
        case .ushort(var values):
            if case .ushort(let more) = other { values += more }
            self = .ushort(values)
        case .ulong(var values):
            if case .ulong(let more) = other { values += more }
            self = .ulong(values)
        case .ulong64(var values):
            if case .ulong64(let more) = other { values += more }
            self = .ulong64(values)
        case .string(var values):
            if case .string(let more) = other { values += more }
            self = .string(values)
        case .encoded(var values):
            if case .encoded(let more) = other { values += more }
            self = .encoded(values)
        }
    }

    private var states: [DevState] {
        switch self {
        case .state(let states): states
        case .deviceState(let state): [state]
        default: []
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
