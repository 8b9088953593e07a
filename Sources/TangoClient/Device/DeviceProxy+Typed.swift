public import TangoCore

/// An attribute as read, in a Swift type.
public struct TypedReading<Value: Sendable>: Sendable {
    /// The value; `nil` when the quality is `ATTR_INVALID`.
    public var valueIfValid: Value?
    /// The set point of a writable attribute; `nil` for others, and when the quality is `ATTR_INVALID`.
    public var setPoint: Value?
    /// Quality of the value.
    public var quality: AttributeQuality
    /// When the value was read.
    public var time: Timestamp
    /// Name of attribute and device, for failures.
    private let name: String

    init(value: Value?, setPoint: Value?, quality: AttributeQuality, time: Timestamp, name: String) {
        self.valueIfValid = value
        self.setPoint = setPoint
        self.quality = quality
        self.time = time
        self.name = name
    }

    /// The value.
    /// - Throws: `API_AttrValueNotSet` when the quality is `ATTR_INVALID`.
    public var value: Value {
        get throws(DevFailed) {
            if let value = self.valueIfValid { return value }
            throw DevFailed(
                .attributeValueNotSet, "Attribute \(self.name) has no value: its quality is ATTR_INVALID", origin: "DeviceProxy")
        }
    }
}

extension DeviceProxy {
    /// Reads the value of an attribute: `Double` of a scalar, `[Double]` of a spectrum, `TangoImage<Double>` of an image.
    ///
    ///     let wave: [Double] = try await device.read("wave")
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has another type, `API_AttrValueNotSet` when its quality
    ///   is `ATTR_INVALID`.
    public func read<Value: AttributeConvertible>(_ name: String, source: DevSource = .cacheDevice) async throws(DevFailed) -> Value {
        try await self.read(name, as: Value.self, source: source).value
    }

    /// Reads an attribute with quality, time and set point.
    ///
    ///     let current = try await device.read("current", as: Double.self)
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has another type.
    public func read<Value: AttributeConvertible>(
        _ name: String, as type: Value.Type = Value.self, source: DevSource = .cacheDevice
    ) async throws(DevFailed) -> TypedReading<Value> {
        let read = try await self.readAttribute(name, source: source)
        let isValid = read.quality != .invalid
        let setPoint = isValid ? read.setData.flatMap { Value(attributeData: $0, dimension: read.writeDimension) } : nil
        return TypedReading(
            value: isValid ? try self.typed(read.readData, read.readDimension, name) : nil, setPoint: setPoint, quality: read.quality,
            time: read.time, name: "\(name) of \(self.name)")
    }

    /// Writes an attribute: a scalar, an array for a spectrum, a `TangoImage` for an image.
    ///
    /// Values of `Int` and `Double`, the types of literals, may go to an attribute of any numeric type that holds them.
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has a type that does not hold the value,
    ///   `API_ReadOnlyMode` when the user may only read, `API_DeviceLocked`.
    public func write<Value: AttributeConvertible>(_ name: String, _ value: Value) async throws(DevFailed) {
        var write = AttributeWrite(name: name, data: value.attributeData, dimension: value.attributeDimension)
        guard Value.Scalar.self == Int.self || Value.Scalar.self == Double.self else { return try await self.writeAttribute(write) }
        var sent = write.data.elementType
        // A type that does not hold the value may have been that of an earlier attribute of the name.
        if let known = self.knownType(ofAttribute: name), let data = write.data.converted(to: known) { (write.data, sent) = (data, known) }
        do throws(DevFailed) {
            try await self.writeAttribute(write)
        } catch {
            // The device takes another type than the one sent: nothing was written. With the same type the refusal is its code's own.
            guard error.errors.contains(where: { $0.reason == .incompatibleAttributeType }),
                let type = try? await self.attributeConfig(name).type, type != sent, type.isNumeric || type == .enum
            else { throw error }
            self.setKnownType(type, ofAttribute: name)
            write.data = try self.number(value.attributeData, as: type, name)
            try await self.writeAttribute(write)
        }
    }

    private func number(_ data: AttributeData, as type: DataType, _ name: String) throws(DevFailed) -> AttributeData {
        if let data = data.converted(to: type) { return data }
        throw DevFailed(
            .incompatibleAttributeType, "The value does not fit attribute \(name) of \(self.name), which is \(type.name)",
            origin: "DeviceProxy")
    }

    /// Executes a command: `let echo: String = try await device.command("DevString", "hello")`.
    /// - Throws: what the command throws; `API_IncompatibleCmdResultType` when its result has another type.
    public func command<R: CommandConvertible>(_ name: String, _ argument: some CommandConvertible, as type: R.Type = R.self)
        async throws(DevFailed) -> R
    {
        try self.typed(try await self.command(name, argument.commandData), name)
    }

    /// Executes a command for its effect: `try await device.command("Jog", 5.0)`. Its result, if it has one, is dropped.
    /// - Throws: what the command throws.
    public func command(_ name: String, _ argument: some CommandConvertible) async throws(DevFailed) {
        try await self.command(name, argument.commandData)
    }

    /// Executes a command without argument.
    /// - Throws: what the command throws; `API_IncompatibleCmdResultType` when its result has another type.
    public func command<R: CommandConvertible>(_ name: String, as type: R.Type) async throws(DevFailed) -> R {
        try self.typed(try await self.command(name), name)
    }

    private func typed<Value: AttributeConvertible>(
        _ data: AttributeData, _ dimension: AttributeDimension, _ name: String
    ) throws(DevFailed) -> Value {
        if let value = Value(attributeData: data, dimension: dimension) { return value }
        throw DevFailed(
            .incompatibleAttributeType,
            "Attribute \(name) of \(self.name) is \(data.elementType?.name ?? "empty"), not \(Value.Scalar.tangoType.name)",
            origin: "DeviceProxy")
    }

    private func typed<R: CommandConvertible>(_ data: CommandData, _ name: String) throws(DevFailed) -> R {
        if let value = R(data) { return value }
        throw DevFailed(
            "API_IncompatibleCmdResultType", "Command \(name) of \(self.name) answered \(data.type.name), not \(R.self)",
            origin: "DeviceProxy")
    }
}
