import TangoCore

/// An attribute as read, in the Swift type asked for.
public struct TypedReading<Value: Sendable>: Sendable {
    /// `nil` when the quality is `ATTR_INVALID`.
    public var value: Value?
    /// The set value of a writable attribute.
    public var setPoint: Value?
    public var quality: AttributeQuality
    public var time: Timestamp
}

extension DeviceProxy {
    /// Reads a scalar attribute: `let current: TypedReading<Double> = try await device.read("current")`.
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has another type.
    public func read<T: TangoScalar>(_ name: String, as type: T.Type = T.self, source: DevSource = .cacheDevice) async throws(DevFailed)
        -> TypedReading<T>
    {
        let reading = try await self.readSpectrum(name, of: type, source: source)
        return TypedReading(value: reading.value?.first, setPoint: reading.setPoint?.first, quality: reading.quality, time: reading.time)
    }

    /// Reads a spectrum attribute, or the elements of an image row by row.
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has another type.
    public func readSpectrum<T: TangoScalar>(
        _ name: String, of type: T.Type = T.self, source: DevSource = .cacheDevice
    ) async throws(DevFailed) -> TypedReading<[T]> {
        let value = try await self.readAttribute(name, source: source)
        guard value.quality != .invalid else { return TypedReading(value: nil, setPoint: nil, quality: value.quality, time: value.time) }
        return TypedReading(
            value: try self.typed(value.readData, name),
            setPoint: try value.setData.map { data throws(DevFailed) in try self.typed(data, name) },
            quality: value.quality, time: value.time)
    }

    /// Reads an image attribute.
    /// - Throws: the attribute's failure; `API_IncompatibleAttrDataType` when it has another type.
    public func readImage<T: TangoScalar>(
        _ name: String, of type: T.Type = T.self, source: DevSource = .cacheDevice
    ) async throws(DevFailed) -> TypedReading<TangoImage<T>> {
        let value = try await self.readAttribute(name, source: source)
        func image(_ data: AttributeData, _ dimension: AttributeDimension) throws(DevFailed) -> TangoImage<T> {
            TangoImage(try self.typed(data, name), width: Int(dimension.x), height: Int(dimension.y))
        }
        guard value.quality != .invalid else { return TypedReading(value: nil, setPoint: nil, quality: value.quality, time: value.time) }
        var setPoint: TangoImage<T>?
        if let data = value.setData { setPoint = try image(data, value.writeDimension) }
        return TypedReading(
            value: try image(value.readData, value.readDimension), setPoint: setPoint, quality: value.quality, time: value.time)
    }

    /// Writes a scalar attribute.
    public func write<T: TangoScalar>(_ name: String, _ value: T) async throws(DevFailed) {
        try await self.writeAttribute(AttributeWrite(name: name, data: T.attributeData([value]), dimension: .scalar))
    }

    /// Writes a spectrum attribute.
    public func write<T: TangoScalar>(_ name: String, _ values: [T]) async throws(DevFailed) {
        try await self.writeAttribute(AttributeWrite(name: name, data: T.attributeData(values)))
    }

    /// Writes an image attribute.
    public func write<T: TangoScalar>(_ name: String, _ image: TangoImage<T>) async throws(DevFailed) {
        let dimension = AttributeDimension(x: Int32(clamping: image.width), y: Int32(clamping: image.height))
        try await self.writeAttribute(AttributeWrite(name: name, data: T.attributeData(image.values), dimension: dimension))
    }

    /// Executes a command: `let echo: String = try await device.command("DevString", "hello")`.
    /// - Throws: what the command throws; `API_IncompatibleCmdResultType` when it answers another type.
    public func command<R: CommandConvertible>(_ name: String, _ argument: some CommandConvertible, as type: R.Type = R.self)
        async throws(DevFailed) -> R
    {
        try self.typed(try await self.command(name, argument.commandData), name)
    }

    /// Executes a command and discards its result: `try await device.command("Jog", 5.0)`.
    /// - Throws: what the command throws.
    public func command(_ name: String, _ argument: some CommandConvertible) async throws(DevFailed) {
        _ = try await self.command(name, argument.commandData)
    }

    /// Executes a command without argument.
    /// - Throws: what the command throws; `API_IncompatibleCmdResultType` when it answers another type.
    public func command<R: CommandConvertible>(_ name: String, as type: R.Type) async throws(DevFailed) -> R {
        try self.typed(try await self.command(name), name)
    }

    private func typed<T: TangoScalar>(_ data: AttributeData, _ name: String) throws(DevFailed) -> [T] {
        if let values = T.values(of: data) { return values }
        throw DevFailed(
            .incompatibleAttributeType,
            "Attribute \(name) of \(self.name) is \(data.elementType?.name ?? "empty"), not \(T.tangoType.name)",
            origin: "DeviceProxy")
    }

    private func typed<R: CommandConvertible>(_ data: CommandData, _ name: String) throws(DevFailed) -> R {
        if let value = R(data) { return value }
        throw DevFailed(
            "API_IncompatibleCmdResultType", "Command \(name) of \(self.name) answered \(data.type.name), not \(R.self)",
            origin: "DeviceProxy")
    }
}
