import TangoCore

/// A Swift type an attribute may have.
public protocol TangoScalar: Sendable {
    /// The Tango type that carries it.
    static var tangoType: DataType { get }
    static func attributeData(_ values: [Self]) -> AttributeData
    /// `nil` when the data hold another type.
    static func values(of data: AttributeData) -> [Self]?
    /// Labels when it is a DevEnum.
    static var enumLabels: [String] { get }
}

extension TangoScalar {
    public static var enumLabels: [String] { [] }
}

extension Bool: TangoScalar {
    public static var tangoType: DataType { .boolean }
    public static func attributeData(_ values: [Self]) -> AttributeData { .boolean(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .boolean(let values) = data { values } else { nil } }
}
extension Int16: TangoScalar {
    public static var tangoType: DataType { .short }
    public static func attributeData(_ values: [Self]) -> AttributeData { .short(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .short(let values) = data { values } else { nil } }
}
extension Int32: TangoScalar {
    public static var tangoType: DataType { .long }
    public static func attributeData(_ values: [Self]) -> AttributeData { .long(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .long(let values) = data { values } else { nil } }
}
extension Int64: TangoScalar {
    public static var tangoType: DataType { .long64 }
    public static func attributeData(_ values: [Self]) -> AttributeData { .long64(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .long64(let values) = data { values } else { nil } }
}
extension UInt8: TangoScalar {
    public static var tangoType: DataType { .uchar }
    public static func attributeData(_ values: [Self]) -> AttributeData { .uchar(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .uchar(let values) = data { values } else { nil } }
}
extension UInt16: TangoScalar {
    public static var tangoType: DataType { .ushort }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ushort(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ushort(let values) = data { values } else { nil } }
}
extension UInt32: TangoScalar {
    public static var tangoType: DataType { .ulong }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong(let values) = data { values } else { nil } }
}
extension UInt64: TangoScalar {
    public static var tangoType: DataType { .ulong64 }
    public static func attributeData(_ values: [Self]) -> AttributeData { .ulong64(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .ulong64(let values) = data { values } else { nil } }
}
extension Float: TangoScalar {
    public static var tangoType: DataType { .float }
    public static func attributeData(_ values: [Self]) -> AttributeData { .float(values) }
    public static func values(of data: AttributeData) -> [Self]? { if case .float(let values) = data { values } else { nil } }
}
extension Double: TangoScalar {
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

/// A Swift enumeration that is a DevEnum: raw values 0, 1, 2 …; the cases' names are the labels unless it says otherwise.
public protocol TangoEnum: TangoScalar, CaseIterable, RawRepresentable where RawValue == Int16 {}

extension TangoEnum {
    public static var tangoType: DataType { .enum }
    public static func attributeData(_ values: [Self]) -> AttributeData { .short(values.map(\.rawValue)) }
    public static func values(of data: AttributeData) -> [Self]? {
        guard case .short(let numbers) = data else { return nil }
        let values = numbers.compactMap(Self.init(rawValue:))
        return values.count == numbers.count ? values : nil
    }
    public static var enumLabels: [String] { Self.allCases.map { String(describing: $0) } }
}

/// A two-dimensional value, row by row.
public struct TangoImage<Element: Sendable>: Sendable {
    public var values: [Element]
    public var width: Int
    public var height: Int

    public init(_ values: [Element], width: Int, height: Int) {
        self.values = values
        self.width = width
        self.height = height
    }
}

extension MemberCall {
    /// The device as its own class; the kernel made it by that class, so this fails only for a handler added to another class's device.
    /// - Throws: `API_WrongDeviceClass`.
    public func device<D: Device>(as type: D.Type) throws(DevFailed) -> D {
        guard let device = self.device as? D else {
            throw DevFailed("API_WrongDeviceClass", "\(self.name) is served by code of \(D.self), but the device is of another class")
        }
        return device
    }
}

/// Declares a scalar attribute; it is read-write when `write` is given.
public func Attribute<D: Device, T: TangoScalar>(
    _ name: String, of device: D.Type = D.self, _ type: T.Type = T.self, memorization: Memorization = .none,
    properties: AttributeProperties = AttributeProperties(), isAllowed: AccessCheck? = nil,
    read: @escaping @Sendable (D) throws -> T, write: (@Sendable (D, T) throws -> Void)? = nil
) -> AttributeDefinition {
    AttributeDefinition(
        name: name, type: T.tangoType, access: write == nil ? .read : .readWrite, memorization: memorization, enumLabels: T.enumLabels,
        properties: properties,
        reader: .sync { call in AttributeReading(T.attributeData([try read(try call.device(as: D.self))]), dimension: .scalar) },
        writer: write.map { write in
            .sync { call, written in
                guard let value = T.values(of: written.data)?.first else { throw incompatible(T.tangoType, call.name) }
                try write(try call.device(as: D.self), value)
            }
        },
        isAllowed: isAllowed
    )
}

/// Declares a spectrum attribute; it is read-write when `write` is given.
public func Spectrum<D: Device, T: TangoScalar>(
    _ name: String, of device: D.Type = D.self, _ type: T.Type = T.self, maxLength: Int,
    properties: AttributeProperties = AttributeProperties(), isAllowed: AccessCheck? = nil,
    read: @escaping @Sendable (D) throws -> [T], write: (@Sendable (D, [T]) throws -> Void)? = nil
) -> AttributeDefinition {
    AttributeDefinition(
        name: name, type: T.tangoType, format: .spectrum, access: write == nil ? .read : .readWrite, maxDimX: Int32(clamping: maxLength),
        enumLabels: T.enumLabels, properties: properties,
        reader: .sync { call in AttributeReading(T.attributeData(try read(try call.device(as: D.self)))) },
        writer: write.map { write in
            .sync { call, written in
                guard let values = T.values(of: written.data) else { throw incompatible(T.tangoType, call.name) }
                try write(try call.device(as: D.self), values)
            }
        },
        isAllowed: isAllowed
    )
}

/// Declares an image attribute; it is read-write when `write` is given.
public func Image<D: Device, T: TangoScalar>(
    _ name: String, of device: D.Type = D.self, _ type: T.Type = T.self, maxWidth: Int, maxHeight: Int,
    properties: AttributeProperties = AttributeProperties(), isAllowed: AccessCheck? = nil,
    read: @escaping @Sendable (D) throws -> TangoImage<T>, write: (@Sendable (D, TangoImage<T>) throws -> Void)? = nil
) -> AttributeDefinition {
    AttributeDefinition(
        name: name, type: T.tangoType, format: .image, access: write == nil ? .read : .readWrite, maxDimX: Int32(clamping: maxWidth),
        maxDimY: Int32(clamping: maxHeight), enumLabels: T.enumLabels, properties: properties,
        reader: .sync { call in
            let image = try read(try call.device(as: D.self))
            return AttributeReading(
                T.attributeData(image.values), dimension: AttributeDimension(x: Int32(clamping: image.width), y: Int32(clamping: image.height)))
        },
        writer: write.map { write in
            .sync { call, written in
                guard let values = T.values(of: written.data) else { throw incompatible(T.tangoType, call.name) }
                try write(
                    try call.device(as: D.self),
                    TangoImage(values, width: Int(written.dimension.x), height: Int(written.dimension.y)))
            }
        },
        isAllowed: isAllowed
    )
}

/// Declares a command on the dynamic form of its argument and result.
public func Command<D: Device>(
    _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
    inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
    isAllowed: AccessCheck? = nil, execute: @escaping @Sendable (D, CommandData) throws -> CommandData
) -> CommandDefinition {
    CommandDefinition(
        CommandInfo(
            name: name, level: level, inType: inType, outType: outType, inDescription: inDescription, outDescription: outDescription),
        handler: .sync { call, argument in try execute(try call.device(as: D.self), argument) },
        isAllowed: isAllowed
    )
}

/// Declares an asynchronous command on the dynamic form of its argument and result.
public func AsyncCommand<D: Device>(
    _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
    inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
    isAllowed: AccessCheck? = nil, execute: @escaping @Sendable (D, CommandData) async throws -> CommandData
) -> CommandDefinition {
    CommandDefinition(
        CommandInfo(
            name: name, level: level, inType: inType, outType: outType, inDescription: inDescription, outDescription: outDescription),
        handler: .async { call, argument in try await execute(try call.device(as: D.self), argument) },
        isAllowed: isAllowed
    )
}

private func incompatible(_ type: DataType, _ name: String) -> DevFailed {
    DevFailed(.incompatibleAttributeType, "Incompatible attribute type, expected type is : Tango::\(type.name)", origin: name)
}
