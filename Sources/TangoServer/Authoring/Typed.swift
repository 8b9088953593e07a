import TangoCore

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
    properties: AttributeProperties = AttributeProperties(), pollingPeriod: Duration? = nil, isAllowed: AccessCheck? = nil,
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
        isAllowed: isAllowed, pollingPeriod: pollingPeriod
    )
}

/// Declares a spectrum attribute; it is read-write when `write` is given.
public func Spectrum<D: Device, T: TangoScalar>(
    _ name: String, of device: D.Type = D.self, _ type: T.Type = T.self, maxLength: Int,
    properties: AttributeProperties = AttributeProperties(), pollingPeriod: Duration? = nil, isAllowed: AccessCheck? = nil,
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
        isAllowed: isAllowed, pollingPeriod: pollingPeriod
    )
}

/// Declares an image attribute; it is read-write when `write` is given.
public func Image<D: Device, T: TangoScalar>(
    _ name: String, of device: D.Type = D.self, _ type: T.Type = T.self, maxWidth: Int, maxHeight: Int,
    properties: AttributeProperties = AttributeProperties(), pollingPeriod: Duration? = nil, isAllowed: AccessCheck? = nil,
    read: @escaping @Sendable (D) throws -> TangoImage<T>, write: (@Sendable (D, TangoImage<T>) throws -> Void)? = nil
) -> AttributeDefinition {
    AttributeDefinition(
        name: name, type: T.tangoType, format: .image, access: write == nil ? .read : .readWrite, maxDimX: Int32(clamping: maxWidth),
        maxDimY: Int32(clamping: maxHeight), enumLabels: T.enumLabels, properties: properties,
        reader: .sync { call in
            let image = try read(try call.device(as: D.self))
            return AttributeReading(
                T.attributeData(image.values),
                dimension: AttributeDimension(x: Int32(clamping: image.width), y: Int32(clamping: image.height)))
        },
        writer: write.map { write in
            .sync { call, written in
                guard let values = T.values(of: written.data) else { throw incompatible(T.tangoType, call.name) }
                try write(
                    try call.device(as: D.self),
                    TangoImage(values, width: Int(written.dimension.x), height: Int(written.dimension.y)))
            }
        },
        isAllowed: isAllowed, pollingPeriod: pollingPeriod
    )
}

/// Declares a command on the dynamic form of its argument and result.
public func Command<D: Device>(
    _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
    inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
    pollingPeriod: Duration? = nil, isAllowed: AccessCheck? = nil, execute: @escaping @Sendable (D, CommandData) throws -> CommandData
) -> CommandDefinition {
    CommandDefinition(
        CommandInfo(
            name: name, level: level, inType: inType, outType: outType, inDescription: inDescription, outDescription: outDescription),
        handler: .sync { call, argument in try execute(try call.device(as: D.self), argument) },
        isAllowed: isAllowed, pollingPeriod: pollingPeriod
    )
}

/// Declares an asynchronous command on the dynamic form of its argument and result.
public func AsyncCommand<D: Device>(
    _ name: String, of device: D.Type = D.self, in inType: DataType = .void, out outType: DataType = .void,
    inDescription: String = "Uninitialised", outDescription: String = "Uninitialised", level: DisplayLevel = .operator,
    pollingPeriod: Duration? = nil, isAllowed: AccessCheck? = nil, execute: @escaping @Sendable (D, CommandData) async throws -> CommandData
) -> CommandDefinition {
    CommandDefinition(
        CommandInfo(
            name: name, level: level, inType: inType, outType: outType, inDescription: inDescription, outDescription: outDescription),
        handler: .async { call, argument in try await execute(try call.device(as: D.self), argument) },
        isAllowed: isAllowed, pollingPeriod: pollingPeriod
    )
}

private func incompatible(_ type: DataType, _ name: String) -> DevFailed {
    DevFailed(.incompatibleAttributeType, "Incompatible attribute type, expected type is : Tango::\(type.name)", origin: name)
}
