import Synchronization
import TangoCore

/// One attribute of one device: its definition, its configuration, its set value and the quality of its last read.
final class AttributeRuntime: Sendable {
    /// The last written value.
    struct SetValue: Sendable {
        var data: AttributeData
        var dimension: AttributeDimension
        /// Time of the write; `nil` for a memorized value that was not written to the device yet.
        var time: ContinuousClock.Instant?
    }

    struct State {
        var properties: StoredAttributeProperties
        var limits: AlarmLimits?
        /// When values become events; `nil` is as without settings.
        var criteria: SharedEventCriteria?
        /// Which events the device's code sends.
        var support = EventSupport()
        /// Error of every read and write because of a wrong configuration in the database.
        var configurationError: DevFailed?
        /// Error of every read because the memorized value could not be written at the start.
        var memorizedError: DevFailed?
        var set: SetValue?
        var quality = AttributeQuality.valid
        var cause: AlarmCause = []
        /// Whether it was removed from its device.
        var isGone = false
        /// Whether it was added to a running device: its wrong configuration then fails reads and writes, but makes no ALARM (cppTango 9.3.4).
        var isAddedAtRunTime = false
    }

    let shared: ClassAttribute
    let state: Mutex<State>
    private let eventStore = FlaggedMutex<MemberEvents?>(nil)
    private let activeAlarms: ActiveAlarmCount

    init(_ shared: ClassAttribute, deviceName: String, properties: StoredAttributeProperties, activeAlarms: ActiveAlarmCount) {
        self.shared = shared
        self.activeAlarms = activeAlarms
        self.state = Mutex(AttributeStartUp.state(of: shared, properties, device: deviceName))
    }

    /// Marks the attribute as added to a running device.
    func markAddedAtRunTime() { self.state.withLock { $0.isAddedAtRunTime = true } }

    /// Applies the properties that the database has now, as at the start.
    func reload(_ properties: StoredAttributeProperties, deviceName: String) {
        self.state.withLock { state in
            let fresh = AttributeStartUp.state(of: self.shared, properties, device: deviceName)
            state.properties = fresh.properties
            state.limits = fresh.limits
            state.criteria = fresh.criteria
            state.configurationError = fresh.configurationError
            state.set = state.set ?? fresh.set
        }
    }

    var definition: AttributeDefinition {
        _read { yield self.shared.value }
    }
    var name: String { self.shared.value.name }
    var role: MemberRole { self.shared.role }
    /// Whether it was added to this device and not to the class.
    var isDeviceLevel: Bool { self.shared.isDeviceLevel }
    var signature: Int { self.shared.signature }
    /// The root of a forwarded attribute; `nil` for all others.
    var root: ForwardedRoot? { self.shared.root }

    var configurationError: DevFailed? { self.state.withLock { $0.configurationError } }
    var memorizedError: DevFailed? { self.state.withLock { $0.memorizedError } }
    /// Error of every read since the start.
    var startUpError: DevFailed? { self.state.withLock { $0.configurationError ?? $0.memorizedError } }
    /// Whether it makes the device show ALARM whatever its value.
    var forcesAlarm: Bool { self.state.withLock { ($0.configurationError != nil && !$0.isAddedAtRunTime) || $0.memorizedError != nil } }
    /// Whether State has to look at its value.
    var hasAlarms: Bool { self.definition.access != .write && self.state.withLock { $0.limits?.hasAlarms ?? false } }
    /// Quality of the last read, and why.
    var lastQuality: (quality: AttributeQuality, cause: AlarmCause) { self.state.withLock { ($0.quality, $0.cause) } }

    /// The set value; before the first write that of cppTango 9.3.4.
    var setValue: (data: AttributeData, dimension: AttributeDimension) { self.state.withLock { self.setValue($0.set) } }

    func setValue(_ set: SetValue?) -> (data: AttributeData, dimension: AttributeDimension) {
        set.map { ($0.data, $0.dimension) } ?? (Self.initialSetData(self.definition.type), .scalar)
    }

    /// The set value; `nil` when it was neither written nor memorized.
    var writtenValue: AttributeWrite? {
        self.state.withLock { $0.set }.map { AttributeWrite(name: self.name, data: $0.data, dimension: $0.dimension) }
    }

    /// Stores a written value as the set value.
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

    /// Removes the set value.
    func forgetSetValue() { self.state.withLock { $0.set = nil } }

    /// Records that the memorized value could not be written: reads fail until a write succeeds (cppTango 9.3.4).
    func memorizedWriteFailed(_ failure: DevFailed) {
        let error = failure.rethrowing(
            .memorizedAttributeFailed,
            "Attribute \(self.name) is a memorized attribute. It failed during the write call of the device startup sequence",
            origin: "Attribute::throw_startup_exception")
        self.state.withLock { $0.memorizedError = error }
    }

    /// Set value before the first write (cppTango 9.3.4).
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

    // MARK: - Events

    /// The events of the attribute; `nil`, for the price of one atomic load, when nobody has subscribed to any.
    var events: MemberEvents? { self.eventStore.withLockIfFlagged { $0 } ?? nil }

    /// Takes the events that somebody has subscribed to.
    func attach(_ events: MemberEvents) { self.eventStore.withLock { $0 = events } }

    /// When its values become events.
    var eventCriteria: EventCriteria { self.state.withLock { $0.criteria }?.value ?? .default }

    /// Which of its events the device's code sends.
    var eventSupport: EventSupport { self.state.withLock { $0.support } }

    /// Changes which of its events the device's code sends.
    func setEventSupport(_ support: EventSupport) { self.state.withLock { $0.support = support } }

    // MARK: - Alarms

    /// Records the quality of the newest value, and why it has it.
    func record(quality: AttributeQuality, cause: AlarmCause) {
        let difference = self.state.withLock { state in
            guard !state.isGone else { return 0 }
            let difference = (quality.isAlarming ? 1 : 0) - (state.quality.isAlarming ? 1 : 0)
            state.quality = quality
            state.cause = cause
            return difference
        }
        if difference != 0 { self.activeAlarms.change(by: difference) }
    }

    /// Removes the attribute from the alarms of its device; a read that is under way no longer changes the state.
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
}
