/// The elements of an attribute value or of a pipe element, by Tango type (IDL `AttrValUnion`).
///
/// In a value read, the read part comes first, then the set part. An image is stored row by row. A DevEnum is `short` on the wire.
public enum AttributeData: Sendable, Hashable {
    /// `DevBoolean`
    case boolean([Bool])
    /// `DevShort` or `DevEnum`
    case short([Int16])
    /// `DevLong`
    case long([Int32])
    /// `DevLong64`
    case long64([Int64])
    /// `DevFloat`
    case float([Float])
    /// `DevDouble`
    case double([Double])
    /// `DevUChar`
    case uchar([UInt8])
    /// `DevUShort`
    case ushort([UInt16])
    /// `DevULong`
    case ulong([UInt32])
    /// `DevULong64`
    case ulong64([UInt64])
    /// `DevString`
    case string([String])
    /// `DevState`, of any attribute but State.
    case state([DevState])
    /// The value of the attribute State, which has a form of its own on the wire.
    case deviceState(DevState)
    /// `DevEncoded`
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

    /// The Tango type of the elements; `nil` without data. A DevEnum appears as `short`.
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

    /// Returns no elements of a type; `nil` for types an attribute cannot have.
    package static func empty(of type: DataType) -> AttributeData? {
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

    /// Returns the elements of a range, clamped to the existing ones.
    package func slice(_ range: Range<Int>) -> AttributeData {
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

    /// Returns these elements followed by the other's; without them when they are of another type.
    package func appending(_ other: AttributeData) -> AttributeData {
        var all = self
        all.append(other)
        return all
    }

    /// Appends the other's elements, except when they are of another type; `none` takes elements of any type.
    ///
    /// In place when these elements are not shared, so that joining many parts takes linear time.
    package mutating func append(_ other: AttributeData) {
        // Moved out of `self` during the change: a second reference would make every append a copy.
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
