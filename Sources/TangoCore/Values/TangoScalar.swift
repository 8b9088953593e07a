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
    public static var tangoType: DataType { .boolean }
    public static func attributeData(_ values: [Self]) -> AttributeData { .boolean(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .boolean(let values) = data { values } else { nil } }
}
extension Int16: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .short }
    public static func attributeData(_ values: [Self]) -> AttributeData { .short(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .short(let values) = data { values } else { nil } }
}
extension Int32: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .long }
    public static func attributeData(_ values: [Self]) -> AttributeData { .long(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .long(let values) = data { values } else { nil } }
}
extension Int64: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .long64 }
    public static func attributeData(_ values: [Self]) -> AttributeData { .long64(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .long64(let values) = data { values } else { nil } }
}
/// `Int` is DevLong64, like `Int64`.
extension Int: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .long64 }
    public static func attributeData(_ values: [Self]) -> AttributeData { .long64(values.map(Int64.init)) }
    public static func values(of data: AttributeData) -> [Self]? {
        if case .long64(let values) = data { values.map { Int(truncatingIfNeeded: $0) } } else { nil }
    }
}
extension UInt8: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .uchar }
    public static func attributeData(_ values: [Self]) -> AttributeData { .uchar(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .uchar(let values) = data { values } else { nil } }
}
extension UInt16: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .ushort }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ushort(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ushort(let values) = data { values } else { nil } }
}
extension UInt32: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .ulong }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong(let values) = data { values } else { nil } }
}
extension UInt64: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .ulong64 }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong64(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong64(let values) = data { values } else { nil } }
}
extension Float: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .float }
    public static func attributeData(_ values: [Self]) -> AttributeData { .float(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .float(let values) = data { values } else { nil } }
}
extension Double: TangoScalar {
    public typealias Limit = Self
    public static var tangoType: DataType { .double }
    public static func attributeData(_ values: [Self]) -> AttributeData { .double(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .double(let values) = data { values } else { nil } }
}
extension String: TangoScalar {
    public static var tangoType: DataType { .string }
    public static func attributeData(_ values: [Self]) -> AttributeData { .string(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .string(let values) = data { values } else { nil } }
}
extension DevState: TangoScalar {
    public static var tangoType: DataType { .state }
    public static func attributeData(_ values: [Self]) -> AttributeData { .state(values) }
    public static func values(of data: AttributeData) -> [Self]? {
        switch data {
        case .state(let values): values
        case .deviceState(let state): [state]
        default: nil
        }
    }
}
extension DevEncoded: TangoScalar {
    public static var tangoType: DataType { .encoded }
    public static func attributeData(_ values: [Self]) -> AttributeData { .encoded(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .encoded(let values) = data { values } else { nil } }
}
