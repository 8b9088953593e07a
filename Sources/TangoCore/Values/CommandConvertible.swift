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
    public static var commandType: DataType { Element.arrayData([]).type }
    public var commandData: CommandData { Element.arrayData(self) }
    public init?(_ data: CommandData) {
        guard let values = Element.array(data) else { return nil }
        self = values
    }
}

extension Bool: CommandElement {
    public static var commandType: DataType { .boolean }
    public var commandData: CommandData { .boolean(self) }
    public init?(_ data: CommandData) { if case .boolean(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .booleanArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .booleanArray(let values) = data { values } else { nil } }
}
extension UInt8: CommandElement {
    public static var commandType: DataType { .uchar }
    public var commandData: CommandData { .uchar(self) }
    public init?(_ data: CommandData) { if case .uchar(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .charArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .charArray(let values) = data { values } else { nil } }
}
extension Int16: CommandElement {
    public static var commandType: DataType { .short }
    public var commandData: CommandData { .short(self) }
    public init?(_ data: CommandData) { if case .short(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .shortArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .shortArray(let values) = data { values } else { nil } }
}
extension Int32: CommandElement {
    public static var commandType: DataType { .long }
    public var commandData: CommandData { .long(self) }
    public init?(_ data: CommandData) { if case .long(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .longArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .longArray(let values) = data { values } else { nil } }
}
extension Int64: CommandElement {
    public static var commandType: DataType { .long64 }
    public var commandData: CommandData { .long64(self) }
    public init?(_ data: CommandData) { if case .long64(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .long64Array(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .long64Array(let values) = data { values } else { nil } }
}
/// `Int` is DevLong64, like `Int64`.
extension Int: CommandElement {
    public static var commandType: DataType { .long64 }
    public var commandData: CommandData { .long64(Int64(self)) }
    public init?(_ data: CommandData) { if case .long64(let value) = data { self.init(truncatingIfNeeded: value) } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .long64Array(values.map(Int64.init)) }
    public static func array(_ data: CommandData) -> [Self]? {
        if case .long64Array(let values) = data { values.map { Int(truncatingIfNeeded: $0) } } else { nil }
    }
}
extension UInt16: CommandElement {
    public static var commandType: DataType { .ushort }
    public var commandData: CommandData { .ushort(self) }
    public init?(_ data: CommandData) { if case .ushort(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .ushortArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .ushortArray(let values) = data { values } else { nil } }
}
extension UInt32: CommandElement {
    public static var commandType: DataType { .ulong }
    public var commandData: CommandData { .ulong(self) }
    public init?(_ data: CommandData) { if case .ulong(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .ulongArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .ulongArray(let values) = data { values } else { nil } }
}
extension UInt64: CommandElement {
    public static var commandType: DataType { .ulong64 }
    public var commandData: CommandData { .ulong64(self) }
    public init?(_ data: CommandData) { if case .ulong64(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .ulong64Array(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .ulong64Array(let values) = data { values } else { nil } }
}
extension Float: CommandElement {
    public static var commandType: DataType { .float }
    public var commandData: CommandData { .float(self) }
    public init?(_ data: CommandData) { if case .float(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .floatArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .floatArray(let values) = data { values } else { nil } }
}
extension Double: CommandElement {
    public static var commandType: DataType { .double }
    public var commandData: CommandData { .double(self) }
    public init?(_ data: CommandData) { if case .double(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .doubleArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .doubleArray(let values) = data { values } else { nil } }
}
extension String: CommandElement {
    public static var commandType: DataType { .string }
    public var commandData: CommandData { .string(self) }
    public init?(_ data: CommandData) { if case .string(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .stringArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .stringArray(let values) = data { values } else { nil } }
}
extension DevState: CommandElement {
    public static var commandType: DataType { .state }
    public var commandData: CommandData { .state(self) }
    public init?(_ data: CommandData) { if case .state(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .stateArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .stateArray(let values) = data { values } else { nil } }
}
extension DevEncoded: CommandElement {
    public static var commandType: DataType { .encoded }
    public var commandData: CommandData { .encoded(self) }
    public init?(_ data: CommandData) { if case .encoded(let value) = data { self = value } else { return nil } }
    public static func arrayData(_ values: [Self]) -> CommandData { .encodedArray(values) }
    public static func array(_ data: CommandData) -> [Self]? { if case .encodedArray(let values) = data { values } else { nil } }
}
extension LongStringArray: CommandConvertible {
    public static var commandType: DataType { .longStringArray }
    public var commandData: CommandData { .longStringArray(self) }
    public init?(_ data: CommandData) { if case .longStringArray(let value) = data { self = value } else { return nil } }
}
extension DoubleStringArray: CommandConvertible {
    public static var commandType: DataType { .doubleStringArray }
    public var commandData: CommandData { .doubleStringArray(self) }
    public init?(_ data: CommandData) { if case .doubleStringArray(let value) = data { self = value } else { return nil } }
}
