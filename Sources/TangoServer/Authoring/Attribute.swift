public import TangoCore

/// Declares an attribute: a scalar (`Double`), a spectrum (`[Double]`) or an image (`TangoImage<Double>`).
///
/// `Attribute("Current", Double.self, unit: "A", maxAlarm: 9).read { $0.current }`. Its handlers make it `READ`, `WRITE` or `READ_WRITE`.
/// Elements are the types that are `TangoScalar`; `Int` is DevLong64, like `Int64`. The same declarations serve for a class and, at run
/// time, for a device (`DeviceContext.addAttribute`).
public struct Attribute<D: Device, Value: AttributeConvertible>: Sendable {
    /// The same for the kernel.
    public private(set) var definition: AttributeDefinition

    /// Declares an attribute without handlers; add them with `read`, `reading`, `write` or `stored(at:)`.
    ///
    /// A property that is `nil` has the library's default. Values in the database take precedence over those given here.
    ///
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - type: type of the value.
    ///   - label: name shown to people.
    ///   - description: text shown to people.
    ///   - unit: unit of the value, such as `"A"`.
    ///   - standardUnit: factor that converts the value to the SI unit.
    ///   - displayUnit: factor that converts the value to the unit shown.
    ///   - format: how clients print the value: a conversion of `printf` such as `"%6.2f"`, or C++ manipulators such as
    ///     `"scientific;setprecision(3)"`.
    ///   - maxDimX: greatest length of a spectrum, greatest width of an image.
    ///   - maxDimY: greatest height of an image.
    ///   - minValue: smallest value that may be written.
    ///   - maxValue: largest value that may be written.
    ///   - minAlarm: at or below this value the quality is `ALARM`.
    ///   - maxAlarm: at or above this value the quality is `ALARM`.
    ///   - minWarning: at or below this value the quality is `WARNING`.
    ///   - maxWarning: at or above this value the quality is `WARNING`.
    ///   - deltaTime: time after a write before the value read is compared with the set value (RDS alarm; needs `deltaValue`).
    ///   - deltaValue: difference from the set value at which the quality is `ALARM` (RDS alarm; needs `deltaTime`).
    ///   - absoluteChange: change that sends a change event.
    ///   - relativeChange: change in percent that sends a change event.
    ///   - eventPeriod: time between periodic events.
    ///   - archiveAbsoluteChange: change that sends an archive event.
    ///   - archiveRelativeChange: change in percent that sends an archive event.
    ///   - archivePeriod: time after which an archive event is sent without a change.
    ///   - level: whether clients show it to operators or to experts only.
    ///   - memorization: whether the set value outlives the server; for writable scalars.
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
        var properties: AttributeDefaults = [.description: description, .label: label, .unit: unit, .displayFormat: format]
        properties[.standardUnit] = standardUnit
        properties[.displayUnit] = displayUnit
        properties[.minValue] = minValue.map { "\($0)" }
        properties[.maxValue] = maxValue.map { "\($0)" }
        properties[.minAlarm] = minAlarm.map { "\($0)" }
        properties[.maxAlarm] = maxAlarm.map { "\($0)" }
        properties[.minWarning] = minWarning.map { "\($0)" }
        properties[.maxWarning] = maxWarning.map { "\($0)" }
        properties[.deltaTime] = deltaTime.map { "\($0.milliseconds)" }
        properties[.deltaValue] = deltaValue.map { "\($0)" }
        properties[.absoluteChange] = absoluteChange.map { "\($0)" }
        properties[.relativeChange] = relativeChange.map { "\($0)" }
        properties[.eventPeriod] = eventPeriod.map { "\($0.milliseconds)" }
        properties[.archiveAbsoluteChange] = archiveAbsoluteChange.map { "\($0)" }
        properties[.archiveRelativeChange] = archiveRelativeChange.map { "\($0)" }
        properties[.archivePeriod] = archivePeriod.map { "\($0.milliseconds)" }
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

    /// Reads it with a closure or key path: `.read { $0.current }`, `.read(\.current)`. An error fails the read.
    public func read(_ read: @escaping @Sendable (D) throws -> Value) -> Attribute {
        self.reader(
            .sync { call in
                let value = try read(try call.device(as: D.self))
                return AttributeReading(value.attributeData, dimension: value.attributeDimension)
            })
    }

    /// Reads it with an asynchronous closure. No other request runs on the device meanwhile.
    public func read(_ read: @escaping @concurrent @Sendable (D) async throws -> Value) -> Attribute {
        self.reader(
            .async { call in
                let value = try await read(try call.device(as: D.self))
                return AttributeReading(value.attributeData, dimension: value.attributeDimension)
            })
    }

    /// Reads it with a closure that returns a quality or time along with the value.
    public func reading(_ read: @escaping @Sendable (D) throws -> Reading<Value>) -> Attribute {
        self.reader(.sync { call in try read(try call.device(as: D.self)).lowered })
    }

    /// Reads it with an asynchronous closure that returns a quality or time along with the value.
    public func reading(_ read: @escaping @concurrent @Sendable (D) async throws -> Reading<Value>) -> Attribute {
        self.reader(.async { call in try await read(try call.device(as: D.self)).lowered })
    }

    // MARK: - Writing

    /// Writes it with a closure. The value has passed the checks of type, dimensions and limits; after an error the set value is the one
    /// before.
    public func write(_ write: @escaping @Sendable (D, Value) throws -> Void) -> Attribute {
        self.writer(.sync { call, written in try write(try call.device(as: D.self), try Self.value(of: written)) })
    }

    /// Writes it with an asynchronous closure. No other request runs on the device meanwhile.
    public func write(_ write: @escaping @concurrent @Sendable (D, Value) async throws -> Void) -> Attribute {
        self.writer(.async { call, written in try await write(try call.device(as: D.self), try Self.value(of: written)) })
    }

    /// Reads and writes a variable of the device: `.stored(at: \.limit)`.
    public func stored(at path: any ReferenceWritableKeyPath<D, Value> & Sendable) -> Attribute {
        self.read { device in device[keyPath: path] }.write { device, value in device[keyPath: path] = value }
    }

    /// Makes it `READ_WITH_WRITE`: its set value is that of another, writable attribute of the device.
    public func showingSetValue(of name: String) -> Attribute {
        self.with { definition in
            definition.access = .readWithWrite
            definition.writeAttributeName = name
        }
    }

    /// Polls the attribute with this period, unless an operator has disabled polling.
    /// - Parameter period: at least 5 ms; zero is polled only by `DeviceContext.triggerPolling(attribute:)` and `fillCache(attribute:with:)`.
    public func polled(every period: Duration) -> Attribute {
        self.with { $0.pollingPeriod = period }
    }

    // MARK: - Events

    /// Declares that the device's code pushes events of a kind (`DeviceContext.push`), so that clients can subscribe without polling:
    /// `.pushesEvents(.change)`. User events need no declaration.
    /// - Parameters:
    ///   - kind: the kind of event.
    ///   - detect: whether the criteria of the attribute's configuration decide which pushed values are events; else all are.
    public func pushesEvents(_ kind: PushKind, detect: Bool = false) -> Attribute {
        self.with { $0.events[kind] = detect ? .detected : .always }
    }

    /// Declares that the device's code announces data that are ready to be read (`DeviceContext.pushDataReady`).
    public func announcesDataReady() -> Attribute {
        self.with { $0.events.dataReady = true }
    }

    private static func value(of written: AttributeWrite) throws(DevFailed) -> Value {
        if let value = Value(attributeData: written.data, dimension: written.dimension) { return value }
        throw DevFailed(
            .incompatibleAttributeType, "Incompatible attribute type, expected type is : Tango::\(Value.Scalar.tangoType.name)",
            origin: written.name)
    }
}

extension Attribute: MemberDeclaration {
    /// Returns the attribute with one more rule about when it may be read or written.
    public func restricted(by rule: @escaping AccessCheck) -> Attribute {
        self.with { $0.isAllowed = $0.isAllowed.and(rule) }
    }
}
