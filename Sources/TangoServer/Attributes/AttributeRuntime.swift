import Synchronization
import TangoCore

/// The definition of an attribute, shared by the devices of a class.
final class SharedDefinition: Sendable {
    let value: AttributeDefinition
    let role: MemberRole
    /// Whether it was added to one device.
    let isOfDevice: Bool
    /// Stands for what the interface of a device shows of it.
    let signature: Int
    /// Of a forwarded attribute: what it stands for.
    let root: ForwardedRoot?

    init(_ value: AttributeDefinition, role: MemberRole = .ordinary, isOfDevice: Bool = false, root: ForwardedRoot? = nil) {
        self.value = value
        self.role = role
        self.isOfDevice = isOfDevice
        self.root = root
        self.signature = value.signature
    }
}

/// How many attributes of a device have the quality ALARM or WARNING now: keeps State cheap.
final class AlarmTally: Sendable {
    private let count = Atomic<Int>(0)
    var isEmpty: Bool { self.count.load(ordering: .relaxed) == 0 }
    func change(by difference: Int) { self.count.add(difference, ordering: .relaxed) }
}

/// One attribute of one device: its definition, its configuration, its set value and what the last read said of it.
final class AttributeRuntime: Sendable {
    /// What was written last.
    struct SetValue: Sendable {
        var data: AttributeData
        var dimension: AttributeDimension
        /// When; `nil` for what was never written to the device, only remembered.
        var time: ContinuousClock.Instant?
    }

    struct State {
        var properties: AttributePropertySource
        var limits: AttributeLimits?
        /// What the wrong configuration in the database makes every read and write fail with.
        var configurationError: DevFailed?
        /// What the write of the memorized value at start-up failed with.
        var memorizedError: DevFailed?
        var set: SetValue?
        var quality = AttributeQuality.valid
        var cause: AlarmCause = []
        var isGone = false
        /// Whether it was added to a running device: its wrong configuration then fails reads and writes, but makes no ALARM (measured).
        var isAddedAtRunTime = false
    }

    let shared: SharedDefinition
    let state: Mutex<State>
    private let activeAlarms: AlarmTally

    init(_ shared: SharedDefinition, deviceName: String, properties: AttributePropertySource, activeAlarms: AlarmTally) {
        self.shared = shared
        self.activeAlarms = activeAlarms
        var state = State(properties: properties)
        Self.load(&state, shared.value, deviceName)
        self.state = Mutex(state)
    }

    /// It is added to a running device.
    func markAddedAtRunTime() { self.state.withLock { $0.isAddedAtRunTime = true } }

    /// Takes what the database says of it now, as at the start.
    func reload(_ properties: AttributePropertySource, deviceName: String) {
        self.state.withLock { state in
            var fresh = State(properties: properties)
            Self.load(&fresh, self.definition, deviceName)
            state.properties = fresh.properties
            state.limits = fresh.limits
            state.configurationError = fresh.configurationError
            state.set = state.set ?? fresh.set
        }
    }

    var definition: AttributeDefinition {
        _read { yield self.shared.value }
    }
    var name: String { self.shared.value.name }
    var role: MemberRole { self.shared.role }
    /// Whether it was added to this device alone.
    var isOfDevice: Bool { self.shared.isOfDevice }
    var signature: Int { self.shared.signature }
    /// Of a forwarded attribute: what it stands for.
    var root: ForwardedRoot? { self.shared.root }

    var configurationError: DevFailed? { self.state.withLock { $0.configurationError } }
    var memorizedError: DevFailed? { self.state.withLock { $0.memorizedError } }
    /// What every read fails with since the start.
    var startUpError: DevFailed? { self.state.withLock { $0.configurationError ?? $0.memorizedError } }
    /// Whether it makes the device show ALARM whatever its value.
    var isTroubled: Bool { self.state.withLock { ($0.configurationError != nil && !$0.isAddedAtRunTime) || $0.memorizedError != nil } }
    /// Whether State has to look at its value.
    var hasAlarms: Bool { self.definition.access != .write && self.state.withLock { $0.limits?.hasAlarms ?? false } }
    /// What the last read said, and why.
    var lastQuality: (quality: AttributeQuality, cause: AlarmCause) { self.state.withLock { ($0.quality, $0.cause) } }

    /// The set value: as last written, else what the incumbents show before the first write.
    var setValue: (data: AttributeData, dimension: AttributeDimension) { self.state.withLock { self.setValue($0.set) } }

    private func setValue(_ set: SetValue?) -> (data: AttributeData, dimension: AttributeDimension) {
        set.map { ($0.data, $0.dimension) } ?? (Self.initialSetData(self.definition.type), .scalar)
    }

    /// The set value when there is one: written, or remembered in the database.
    var writtenValue: AttributeWrite? {
        self.state.withLock { $0.set }.map { AttributeWrite(name: self.name, data: $0.data, dimension: $0.dimension) }
    }

    /// Takes the value as the set value: it was written.
    /// - Returns: whether that ended a failure of the memorized value.
    func store(_ write: AttributeWrite) -> Bool {
        let time = ContinuousClock.now
        return self.state.withLock { state in
            state.set = SetValue(data: write.data, dimension: write.dimension, time: time)
            guard state.memorizedError != nil else { return false }
            state.memorizedError = nil
            return true
        }
    }

    /// There is no set value any more.
    func forgetSetValue() { self.state.withLock { $0.set = nil } }

    /// The write of the memorized value failed: reads say so until a write succeeds (measured).
    func memorizedWriteFailed(_ failure: DevFailed) {
        let error = failure.rethrowing(
            "API_MemAttFailedDuringInit",
            "Attribute \(self.name) is a memorized attribute. It failed during the write call of the device startup sequence",
            origin: "Attribute::throw_startup_exception")
        self.state.withLock { $0.memorizedError = error }
    }

    /// Set value before the first write (measured).
    private static func initialSetData(_ type: DataType) -> AttributeData {
        switch type {
        case .boolean: .boolean([true])
        case .short, .enum: .short([0])
        case .long: .long([0])
        case .long64: .long64([0])
        case .float: .float([0])
        case .double: .double([0])
        case .uchar: .uchar([0])
        case .ushort: .ushort([0])
        case .ulong: .ulong([0])
        case .ulong64: .ulong64([0])
        case .string: .string(["Not initialised"])
        case .state: .state([.unknown])
        case .encoded: .encoded([DevEncoded(format: "Not initialised", data: [])])
        default: .none
        }
    }

    // MARK: - Reading

    /// The value a client gets from what the read handler answered.
    /// - Parameter setSource: the attribute whose set value is shown (`READ_WITH_WRITE`), else itself.
    func value(from reading: AttributeReading?, setSource: AttributeRuntime?) -> AttributeValue {
        let now = reading?.time ?? .now
        if self.definition.access == .write {
            let set = self.setValue
            return AttributeValue(
                name: self.name, data: set.data, quality: reading?.quality ?? .valid, format: self.definition.format,
                type: self.definition.type, time: now, readDimension: set.dimension, writeDimension: set.dimension)
        }
        guard let reading else {
            return self.failed(
                DevFailed(
                    .attributeValueNotSet, "Read value for attribute \(self.name) has not been updated", origin: "Device::read_attributes"))
        }
        if reading.quality == .invalid {
            self.record(quality: .invalid, [])
            return AttributeValue(
                name: self.name, data: .none, quality: .invalid, format: self.definition.format, type: self.definition.type, time: now,
                readDimension: .zero)
        }
        let fits =
            reading.dimension.x <= self.definition.maxDimX && reading.dimension.y <= max(0, self.definition.maxDimY)
            && reading.dimension.x >= 0 && reading.dimension.y >= 0
        guard fits, reading.data.count == reading.dimension.elementCount else {
            return self.failed(
                DevFailed(
                    .attributeProperty,
                    "Data size for attribute \(self.name) [\(reading.dimension.x), \(reading.dimension.y)] exceeds given limit [\(self.definition.maxDimX), \(max(0, self.definition.maxDimY))]",
                    origin: "Attribute::set_value"))
        }
        if self.definition.type == .enum, let failure = self.wrongElement(reading.data) { return self.failed(failure) }
        var value = AttributeValue(
            name: self.name, data: reading.data, quality: reading.quality, format: self.definition.format, type: self.definition.type,
            time: now, readDimension: reading.dimension)
        let (limits, set, last, cause) = self.state.withLock { ($0.limits, $0.set, $0.quality, $0.cause) }
        if let limits, limits.hasAlarms, value.quality == .valid {
            let cause = self.cause(reading.data, limits, set)
            value.quality = cause.quality
            self.record(quality: value.quality, cause)
        } else if value.quality != last || !cause.isEmpty {
            self.record(quality: value.quality, [])
        }
        if let setSource {
            let shown = setSource === self ? self.setValue(set) : setSource.setValue
            value.data = reading.data.appending(shown.data)
            value.writeDimension = shown.dimension
        }
        return value
    }

    /// Elements of a DevEnum stand for its labels.
    private func wrongElement(_ data: AttributeData) -> DevFailed? {
        guard case .short(let values) = data else { return nil }
        let highest = self.enumLabels.count - 1
        guard let index = values.firstIndex(where: { $0 < 0 || Int($0) > highest }) else { return nil }
        return DevFailed(
            .attributeProperty,
            "Wrong value for attribute \(self.name). Element \(index) (value = \(values[index])) is negative or above the limit defined by the enum (\(highest)).",
            origin: "Attribute::set_value")
    }

    private func cause(_ data: AttributeData, _ limits: AttributeLimits, _ set: SetValue?) -> AlarmCause {
        var cause = limits.hasLevels ? limits.levelCause(of: data) : []
        if let difference = limits.readDiffersFromSet, let set, let time = set.time, ContinuousClock.now - time >= difference.after,
            data.differs(from: set.data, by: difference.value)
        {
            cause.insert(.readDiffersFromSet)
        }
        return cause
    }

    func record(quality: AttributeQuality, _ cause: AlarmCause) {
        let difference = self.state.withLock { state in
            guard !state.isGone else { return 0 }
            let difference = (quality.isAlarming ? 1 : 0) - (state.quality.isAlarming ? 1 : 0)
            state.quality = quality
            state.cause = cause
            return difference
        }
        if difference != 0 { self.activeAlarms.change(by: difference) }
    }

    /// It is not part of the device any more: a read that is under way has no say in the state.
    func detach() {
        let wasAlarming = self.state.withLock { state in
            defer {
                state.quality = .valid
                state.cause = []
                state.isGone = true
            }
            return !state.isGone && state.quality.isAlarming
        }
        if wasAlarming { self.activeAlarms.change(by: -1) }
    }

    /// A failed read: format and type unknown, as both incumbents send it.
    func failed(_ failure: DevFailed, asked name: String? = nil) -> AttributeValue {
        self.record(quality: .invalid, [])
        return AttributeValue(name: name ?? self.name, failure: failure, time: .now)
    }
}

extension AttributeQuality {
    /// ALARM or WARNING.
    var isAlarming: Bool { self == .alarm || self == .warning }
}
