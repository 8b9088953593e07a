/// A Swift type that can be the element of an attribute: the value of a scalar, the elements of a spectrum or image.
///
/// The sized integers, `Float`, `Double`, `Bool`, `String`, `DevState` and `DevEncoded` are; enumerations become one as `TangoEnum`.
public protocol TangoScalar: AttributeConvertible where Scalar == Self {
    /// The type of the attribute's limits: the type itself for numbers, `Never` for all others.
    associatedtype Limit: Sendable = Never
    /// The Tango type of the attribute.
    static var tangoType: DataType { get }
    /// Returns elements in Tango's form.
    static func attributeData(_ values: [Self]) -> AttributeData
    /// Returns the elements of data in Tango's form; `nil` when the data are of another type.
    static func values(of data: AttributeData) -> [Self]?
    /// The labels of a DevEnum, in the order of its numbers; empty for all other types.
    static var enumLabels: [String] { get }
}

extension TangoScalar {
    /// No labels.
    public static var enumLabels: [String] { [] }
}

extension Bool: TangoScalar {
    /// `DevBoolean`
    public static var tangoType: DataType { .boolean }
    /// Returns elements of `DevBoolean`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .boolean(values) }
    /// Returns elements of `DevBoolean`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .boolean(let values) = data { values } else { nil } }
}
extension Int16: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevShort`
    public static var tangoType: DataType { .short }
    /// Returns elements of `DevShort`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .short(values) }
    /// Returns elements of `DevShort`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .short(let values) = data { values } else { nil } }
}
extension Int32: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevLong`
    public static var tangoType: DataType { .long }
    /// Returns elements of `DevLong`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .long(values) }
    /// Returns elements of `DevLong`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .long(let values) = data { values } else { nil } }
}
extension Int64: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevLong64`
    public static var tangoType: DataType { .long64 }
    /// Returns elements of `DevLong64`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .long64(values) }
    /// Returns elements of `DevLong64`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .long64(let values) = data { values } else { nil } }
}
/// `Int` is DevLong64, like `Int64`.
extension Int: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevLong64`
    public static var tangoType: DataType { .long64 }
    /// Returns elements of `DevLong64`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .long64(values.map(Int64.init)) }
    /// Returns elements of `DevLong64`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? {
        if case .long64(let values) = data { values.map { Int(truncatingIfNeeded: $0) } } else { nil }
    }
}
extension UInt8: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevUChar`
    public static var tangoType: DataType { .uchar }
    /// Returns elements of `DevUChar`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .uchar(values) }
    /// Returns elements of `DevUChar`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .uchar(let values) = data { values } else { nil } }
}
extension UInt16: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevUShort`
    public static var tangoType: DataType { .ushort }
    /// Returns elements of `DevUShort`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .ushort(values) }
    /// Returns elements of `DevUShort`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .ushort(let values) = data { values } else { nil } }
}
extension UInt32: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevULong`
    public static var tangoType: DataType { .ulong }
    /// Returns elements of `DevULong`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong(values) }
    /// Returns elements of `DevULong`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong(let values) = data { values } else { nil } }
}
extension UInt64: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevULong64`
    public static var tangoType: DataType { .ulong64 }
    /// Returns elements of `DevULong64`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong64(values) }
    /// Returns elements of `DevULong64`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong64(let values) = data { values } else { nil } }
}
extension Float: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevFloat`
    public static var tangoType: DataType { .float }
    /// Returns elements of `DevFloat`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .float(values) }
    /// Returns elements of `DevFloat`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .float(let values) = data { values } else { nil } }
}
extension Double: TangoScalar {
    /// Limits are numbers of the type itself.
    public typealias Limit = Self
    /// `DevDouble`
    public static var tangoType: DataType { .double }
    /// Returns elements of `DevDouble`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .double(values) }
    /// Returns elements of `DevDouble`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .double(let values) = data { values } else { nil } }
}
extension String: TangoScalar {
    /// `DevString`
    public static var tangoType: DataType { .string }
    /// Returns elements of `DevString`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .string(values) }
    /// Returns elements of `DevString`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? {
        if case .string(let values) = data { values.map(TangoText.authorValue) } else { nil }
    }
}
extension DevState: TangoScalar {
    /// `DevState`
    public static var tangoType: DataType { .state }
    /// Returns elements of `DevState`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .state(values) }
    /// Returns elements of `DevState`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? {
        switch data {
        case .state(let values): values
        case .deviceState(let state): [state]
        default: nil
        }
    }
}
extension DevEncoded: TangoScalar {
    /// `DevEncoded`
    public static var tangoType: DataType { .encoded }
    /// Returns elements of `DevEncoded`.
    public static func attributeData(_ values: [Self]) -> AttributeData { .encoded(values) }
    /// Returns elements of `DevEncoded`; `nil` for another type.
    public static func values(of data: AttributeData) -> [Self]? { if case .encoded(let values) = data { values } else { nil } }
}
