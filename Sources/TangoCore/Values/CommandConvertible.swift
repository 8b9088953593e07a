/// A Swift type that can be the argument or the result of a command.
///
/// The numbers, `Bool`, `String`, `DevState`, `DevEncoded`, their arrays, `LongStringArray` and `DoubleStringArray` are; an enumeration that
/// is a `TangoEnum` becomes one by declaring the conformance.
public protocol CommandConvertible: Sendable {
    /// The Tango type of the argument or result.
    static var commandType: DataType { get }
    /// The value in Tango's form.
    var commandData: CommandData { get }
    /// Creates the value from Tango's form; `nil` when the data are of another type.
    init?(_ data: CommandData)
}

/// A Swift type whose arrays, too, can be arguments and results of commands.
public protocol CommandElement: CommandConvertible {
    /// Returns an array in Tango's form.
    static func arrayData(_ values: [Self]) -> CommandData
    /// Returns the elements of an array in Tango's form; `nil` when the data are of another type.
    static func array(_ data: CommandData) -> [Self]?
}

extension Array: CommandConvertible where Element: CommandElement {
    /// The array type of the elements.
    public static var commandType: DataType { Element.arrayData([]).type }
    /// The elements in order.
    public var commandData: CommandData { Element.arrayData(self) }
    /// Creates the array; `nil` when the data are not an array of the type.
    public init?(_ data: CommandData) {
        guard let values = Element.array(data) else { return nil }
        self = values
    }
}

extension Bool: CommandElement {
    /// `DevBoolean`
    public static var commandType: DataType { .boolean }
    /// The value as `DevBoolean`.
    public var commandData: CommandData { .boolean(self) }
    /// Creates the value of a `DevBoolean`; `nil` for another type.
    public init?(_ data: CommandData) { if case .boolean(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarBooleanArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .booleanArray(values) }
    /// Returns the elements of a `DevVarBooleanArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .booleanArray(let values) = data { values } else { nil } }
}
extension UInt8: CommandElement {
    /// `DevUChar`
    public static var commandType: DataType { .uchar }
    /// The value as `DevUChar`.
    public var commandData: CommandData { .uchar(self) }
    /// Creates the value of a `DevUChar`; `nil` for another type.
    public init?(_ data: CommandData) { if case .uchar(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarCharArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .charArray(values) }
    /// Returns the elements of a `DevVarCharArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .charArray(let values) = data { values } else { nil } }
}
extension Int16: CommandElement {
    /// `DevShort`
    public static var commandType: DataType { .short }
    /// The value as `DevShort`.
    public var commandData: CommandData { .short(self) }
    /// Creates the value of a `DevShort`; `nil` for another type.
    public init?(_ data: CommandData) { if case .short(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarShortArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .shortArray(values) }
    /// Returns the elements of a `DevVarShortArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .shortArray(let values) = data { values } else { nil } }
}
extension Int32: CommandElement {
    /// `DevLong`
    public static var commandType: DataType { .long }
    /// The value as `DevLong`.
    public var commandData: CommandData { .long(self) }
    /// Creates the value of a `DevLong`; `nil` for another type.
    public init?(_ data: CommandData) { if case .long(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarLongArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .longArray(values) }
    /// Returns the elements of a `DevVarLongArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .longArray(let values) = data { values } else { nil } }
}
extension Int64: CommandElement {
    /// `DevLong64`
    public static var commandType: DataType { .long64 }
    /// The value as `DevLong64`.
    public var commandData: CommandData { .long64(self) }
    /// Creates the value of a `DevLong64`; `nil` for another type.
    public init?(_ data: CommandData) { if case .long64(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarLong64Array`.
    public static func arrayData(_ values: [Self]) -> CommandData { .long64Array(values) }
    /// Returns the elements of a `DevVarLong64Array`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .long64Array(let values) = data { values } else { nil } }
}
/// `Int` is DevLong64, like `Int64`.
extension Int: CommandElement {
    /// `DevLong64`
    public static var commandType: DataType { .long64 }
    /// The value as `DevLong64`.
    public var commandData: CommandData { .long64(Int64(self)) }
    /// Creates the value of a `DevLong64`; `nil` for another type.
    public init?(_ data: CommandData) { if case .long64(let value) = data { self.init(truncatingIfNeeded: value) } else { return nil } }
    /// Returns a `DevVarLong64Array`.
    public static func arrayData(_ values: [Self]) -> CommandData { .long64Array(values.map(Int64.init)) }
    /// Returns the elements of a `DevVarLong64Array`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? {
        if case .long64Array(let values) = data { values.map { Int(truncatingIfNeeded: $0) } } else { nil }
    }
}
extension UInt16: CommandElement {
    /// `DevUShort`
    public static var commandType: DataType { .ushort }
    /// The value as `DevUShort`.
    public var commandData: CommandData { .ushort(self) }
    /// Creates the value of a `DevUShort`; `nil` for another type.
    public init?(_ data: CommandData) { if case .ushort(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarUShortArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .ushortArray(values) }
    /// Returns the elements of a `DevVarUShortArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .ushortArray(let values) = data { values } else { nil } }
}
extension UInt32: CommandElement {
    /// `DevULong`
    public static var commandType: DataType { .ulong }
    /// The value as `DevULong`.
    public var commandData: CommandData { .ulong(self) }
    /// Creates the value of a `DevULong`; `nil` for another type.
    public init?(_ data: CommandData) { if case .ulong(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarULongArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .ulongArray(values) }
    /// Returns the elements of a `DevVarULongArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .ulongArray(let values) = data { values } else { nil } }
}
extension UInt64: CommandElement {
    /// `DevULong64`
    public static var commandType: DataType { .ulong64 }
    /// The value as `DevULong64`.
    public var commandData: CommandData { .ulong64(self) }
    /// Creates the value of a `DevULong64`; `nil` for another type.
    public init?(_ data: CommandData) { if case .ulong64(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarULong64Array`.
    public static func arrayData(_ values: [Self]) -> CommandData { .ulong64Array(values) }
    /// Returns the elements of a `DevVarULong64Array`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .ulong64Array(let values) = data { values } else { nil } }
}
extension Float: CommandElement {
    /// `DevFloat`
    public static var commandType: DataType { .float }
    /// The value as `DevFloat`.
    public var commandData: CommandData { .float(self) }
    /// Creates the value of a `DevFloat`; `nil` for another type.
    public init?(_ data: CommandData) { if case .float(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarFloatArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .floatArray(values) }
    /// Returns the elements of a `DevVarFloatArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .floatArray(let values) = data { values } else { nil } }
}
extension Double: CommandElement {
    /// `DevDouble`
    public static var commandType: DataType { .double }
    /// The value as `DevDouble`.
    public var commandData: CommandData { .double(self) }
    /// Creates the value of a `DevDouble`; `nil` for another type.
    public init?(_ data: CommandData) { if case .double(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarDoubleArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .doubleArray(values) }
    /// Returns the elements of a `DevVarDoubleArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .doubleArray(let values) = data { values } else { nil } }
}
extension String: CommandElement {
    /// `DevString`
    public static var commandType: DataType { .string }
    /// The value as `DevString`.
    public var commandData: CommandData { .string(self) }
    /// Creates the value of a `DevString`; `nil` for another type.
    public init?(_ data: CommandData) { if case .string(let value) = data { self = TangoText.authorValue(value) } else { return nil } }
    /// Returns a `DevVarStringArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .stringArray(values) }
    /// Returns the elements of a `DevVarStringArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? {
        if case .stringArray(let values) = data { values.map(TangoText.authorValue) } else { nil }
    }
}
extension DevState: CommandElement {
    /// `DevState`
    public static var commandType: DataType { .state }
    /// The value as `DevState`.
    public var commandData: CommandData { .state(self) }
    /// Creates the value of a `DevState`; `nil` for another type.
    public init?(_ data: CommandData) { if case .state(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarStateArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .stateArray(values) }
    /// Returns the elements of a `DevVarStateArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .stateArray(let values) = data { values } else { nil } }
}
extension DevEncoded: CommandElement {
    /// `DevEncoded`
    public static var commandType: DataType { .encoded }
    /// The value as `DevEncoded`.
    public var commandData: CommandData { .encoded(self) }
    /// Creates the value of a `DevEncoded`; `nil` for another type.
    public init?(_ data: CommandData) { if case .encoded(let value) = data { self = value } else { return nil } }
    /// Returns a `DevVarEncodedArray`.
    public static func arrayData(_ values: [Self]) -> CommandData { .encodedArray(values) }
    /// Returns the elements of a `DevVarEncodedArray`; `nil` for another type.
    public static func array(_ data: CommandData) -> [Self]? { if case .encodedArray(let values) = data { values } else { nil } }
}
extension LongStringArray: CommandConvertible {
    /// `DevVarLongStringArray`
    public static var commandType: DataType { .longStringArray }
    /// The value as `DevVarLongStringArray`.
    public var commandData: CommandData { .longStringArray(self) }
    /// Creates the value of a `DevVarLongStringArray`; `nil` for another type.
    public init?(_ data: CommandData) { if case .longStringArray(let value) = data { self = value } else { return nil } }
}
extension DoubleStringArray: CommandConvertible {
    /// `DevVarDoubleStringArray`
    public static var commandType: DataType { .doubleStringArray }
    /// The value as `DevVarDoubleStringArray`.
    public var commandData: CommandData { .doubleStringArray(self) }
    /// Creates the value of a `DevVarDoubleStringArray`; `nil` for another type.
    public init?(_ data: CommandData) { if case .doubleStringArray(let value) = data { self = value } else { return nil } }
}

extension CommandConvertible {
    /// Creates the value of a command whose texts stay in wire form (`Compatibility T5`): for the kernel's and the database's own commands.
    package static func inWireForm(_ data: CommandData) -> Self? {
        switch data {
        case .string(let text): text as? Self
        case .stringArray(let texts): texts as? Self
        default: Self(data)
        }
    }
}
