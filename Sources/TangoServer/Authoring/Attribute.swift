import TangoCore

/// What a read handler answers that has more to say than the value.
public struct Reading<Value: AttributeConvertible>: Sendable {
    /// `nil` is no value: quality `ATTR_INVALID`.
    public var value: Value?
    /// `.valid` lets the alarm limits decide.
    public var quality: AttributeQuality
    /// `nil` is the time of the read.
    public var time: Timestamp?

    public init(_ value: Value, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.value = value
        self.quality = quality
        self.time = time
    }

    private init() {
        self.quality = .invalid
    }

    /// No value.
    public static var invalid: Reading { Reading() }

    var lowered: AttributeReading {
        guard let value = self.value else {
            var reading = AttributeReading.invalid
            reading.time = self.time
            return reading
        }
        return AttributeReading(value.attributeData, dimension: value.attributeDimension, quality: self.quality, time: self.time)
    }
}

/// Declares an attribute: a scalar (`Double`), a spectrum (`[Double]`) or an image (`TangoImage<Double>`).
///
/// `Attribute("Current", Double.self, unit: "A", maxAlarm: 9).read { $0.current }`. What handlers it has makes it `READ`, `WRITE` or
/// `READ_WRITE`. The same declarations are for a class and, at run time, for a device (`DeviceContext.addAttribute`).
public struct Attribute<D: Device, Value: AttributeConvertible>: Sendable {
    /// What the kernel takes.
    public private(set) var definition: AttributeDefinition

    /// What is `nil` is the library's default; values in the database go before what is said here.
    ///
    /// - Parameters:
    ///   - device: the class whose code serves it; known inside of `DeviceClass(…) { … }`.
    ///   - maxDimX: longest spectrum, widest image.
    ///   - maxDimY: highest image.
    ///   - deltaTime: how long after a write `deltaValue` is checked (RDS alarm, needs both).
    ///   - relativeChange: percent that make a change event.
    ///   - eventPeriod: of periodic events.
    ///   - enumLabels: labels of a DevEnum whose Swift type has none.
    public init(
        _ name: String, of device: D.Type = D.self, _ type: Value.Type = Value.self, label: String? = nil, description: String? = nil,
        unit: String? = nil, standardUnit: String? = nil, displayUnit: String? = nil, format: String? = nil, maxDimX: Int = 1,
        maxDimY: Int = 1, minValue: Value.Scalar.Limit? = nil, maxValue: Value.Scalar.Limit? = nil,
        minAlarm: Value.Scalar.Limit? = nil, maxAlarm: Value.Scalar.Limit? = nil, minWarning: Value.Scalar.Limit? = nil,
        maxWarning: Value.Scalar.Limit? = nil, deltaTime: Duration? = nil, deltaValue: Value.Scalar.Limit? = nil,
        absoluteChange: Value.Scalar.Limit? = nil, relativeChange: Double? = nil, eventPeriod: Duration? = nil,
        archiveAbsoluteChange: Value.Scalar.Limit? = nil, archiveRelativeChange: Double? = nil, archivePeriod: Duration? = nil,
        level: DisplayLevel = .operator, memorization: Memorization = .none, enumLabels: [String]? = nil
    ) {
        var properties = AttributeProperties(description: description, label: label, unit: unit, displayFormat: format)
        properties.standardUnit = standardUnit
        properties.displayUnit = displayUnit
        properties.minValue = minValue.map { "\($0)" }
        properties.maxValue = maxValue.map { "\($0)" }
        properties.minAlarm = minAlarm.map { "\($0)" }
        properties.maxAlarm = maxAlarm.map { "\($0)" }
        properties.minWarning = minWarning.map { "\($0)" }
        properties.maxWarning = maxWarning.map { "\($0)" }
        properties.deltaTime = deltaTime?.millisecondsText
        properties.deltaValue = deltaValue.map { "\($0)" }
        properties.absoluteChange = absoluteChange.map { "\($0)" }
        properties.relativeChange = relativeChange.map { "\($0)" }
        properties.eventPeriod = eventPeriod?.millisecondsText
        properties.archiveAbsoluteChange = archiveAbsoluteChange.map { "\($0)" }
        properties.archiveRelativeChange = archiveRelativeChange.map { "\($0)" }
        properties.archivePeriod = archivePeriod?.millisecondsText
        let format = Value.attributeFormat
        self.definition = AttributeDefinition(
            name: name, type: Value.Scalar.tangoType, format: format, maxDimX: format == .scalar ? 1 : Int32(clamping: maxDimX),
            maxDimY: format == .image ? Int32(clamping: maxDimY) : 0, level: level, memorization: memorization,
            enumLabels: enumLabels ?? Value.Scalar.enumLabels, properties: properties)
    }

    private func with(_ change: (inout AttributeDefinition) -> Void) -> Attribute {
        var copy = self
        change(&copy.definition)
        return copy
    }

    private func reader(_ reader: AttributeReader) -> Attribute {
        self.with { definition in
            definition.reader = reader
            if definition.access == .write || definition.writer != nil { definition.access = .readWrite }
        }
    }

    private func writer(_ writer: AttributeWriter) -> Attribute {
        self.with { definition in
            definition.writer = writer
            definition.access = definition.reader == nil ? .write : .readWrite
        }
    }

    // MARK: - Reading

    /// Reads it by this code; an error fails the read.
    public func read(_ read: @escaping @Sendable (D) throws -> Value) -> Attribute {
        self.reader(
            .sync { call in
                let value = try read(try call.device(as: D.self))
                return AttributeReading(value.attributeData, dimension: value.attributeDimension)
            })
    }

    /// Reads it by this asynchronous code; no other request runs on the device meanwhile.
    public func read(_ read: @escaping @Sendable (D) async throws -> Value) -> Attribute {
        self.reader(
            .async { call in
                let value = try await read(try call.device(as: D.self))
                return AttributeReading(value.attributeData, dimension: value.attributeDimension)
            })
    }

    /// Reads it by a method: `.read(PowerSupply.readCurrent)`.
    public func read(_ method: @escaping @Sendable (D) -> () throws -> Value) -> Attribute {
        self.read { device in try method(device)() }
    }

    /// Reads it by an asynchronous method.
    public func read(_ method: @escaping @Sendable (D) -> () async throws -> Value) -> Attribute {
        self.read { device in try await method(device)() }
    }

    /// Reads it by code that gives quality or time along with the value.
    public func reading(_ read: @escaping @Sendable (D) throws -> Reading<Value>) -> Attribute {
        self.reader(.sync { call in try read(try call.device(as: D.self)).lowered })
    }

    /// Reads it by asynchronous code that gives quality or time along with the value.
    public func reading(_ read: @escaping @Sendable (D) async throws -> Reading<Value>) -> Attribute {
        self.reader(.async { call in try await read(try call.device(as: D.self)).lowered })
    }

    /// Reads it by a method that gives quality or time along with the value.
    public func reading(_ method: @escaping @Sendable (D) -> () throws -> Reading<Value>) -> Attribute {
        self.reading { device in try method(device)() }
    }

    /// Reads it by an asynchronous method that gives quality or time along with the value.
    public func reading(_ method: @escaping @Sendable (D) -> () async throws -> Reading<Value>) -> Attribute {
        self.reading { device in try await method(device)() }
    }

    // MARK: - Writing

    /// Writes it by this code; the value has passed all checks. After an error the set value is the one before.
    public func write(_ write: @escaping @Sendable (D, Value) throws -> Void) -> Attribute {
        self.writer(.sync { call, written in try write(try call.device(as: D.self), try Self.value(of: written)) })
    }

    /// Writes it by this asynchronous code; no other request runs on the device meanwhile.
    public func write(_ write: @escaping @Sendable (D, Value) async throws -> Void) -> Attribute {
        self.writer(.async { call, written in try await write(try call.device(as: D.self), try Self.value(of: written)) })
    }

    /// Writes it by a method: `.write(PowerSupply.setCurrent)`.
    public func write(_ method: @escaping @Sendable (D) -> (Value) throws -> Void) -> Attribute {
        self.write { device, value in try method(device)(value) }
    }

    /// Writes it by an asynchronous method.
    public func write(_ method: @escaping @Sendable (D) -> (Value) async throws -> Void) -> Attribute {
        self.write { device, value in try await method(device)(value) }
    }

    /// Reads and writes a variable of the device: `.stored(at: \.limit)`.
    public func stored(at path: any ReferenceWritableKeyPath<D, Value> & Sendable) -> Attribute {
        self.read { device in device[keyPath: path] }.write { device, value in device[keyPath: path] = value }
    }

    /// Makes it `READ_WITH_WRITE`: it shows the set value of that `WRITE` attribute.
    public func showingSetValue(of name: String) -> Attribute {
        self.with { definition in
            definition.access = .readWithWrite
            definition.writeAttributeName = name
        }
    }

    /// Has the kernel read it with this period from the start, unless an operator stopped that; zero: read when the device's code says so.
    public func polled(every period: Duration) -> Attribute {
        self.with { $0.pollingPeriod = period }
    }

    private static func value(of written: AttributeWrite) throws(DevFailed) -> Value {
        if let value = Value(attributeData: written.data, dimension: written.dimension) { return value }
        throw DevFailed(
            .incompatibleAttributeType, "Incompatible attribute type, expected type is : Tango::\(Value.Scalar.tangoType.name)",
            origin: written.name)
    }
}

extension Attribute: MemberDeclaration {
    public func restricted(by rule: @escaping AccessCheck) -> Attribute {
        self.with { $0.isAllowed = $0.isAllowed.and(rule) }
    }
}

extension Duration {
    /// Whole milliseconds, as Tango's properties have them.
    var millisecondsText: String {
        String(self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000)
    }
}
