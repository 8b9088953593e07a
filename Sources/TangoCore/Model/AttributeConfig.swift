/// Alarm settings of an attribute, as texts (IDL `AttributeAlarm`); `Not specified` where nothing is set.
public struct AttributeAlarm: Sendable, Hashable {
    /// Quality `ALARM` at or below this value.
    public var minAlarm = "Not specified"
    /// Quality `ALARM` at or above this value.
    public var maxAlarm = "Not specified"
    /// Quality `WARNING` at or below this value.
    public var minWarning = "Not specified"
    /// Quality `WARNING` at or above this value.
    public var maxWarning = "Not specified"
    /// Time after a write, in milliseconds, from which on a difference between read and set value raises an alarm.
    public var deltaTime = "Not specified"
    /// The difference between read and set value that raises an alarm.
    public var deltaValue = "Not specified"
    /// Reserved by the IDL; empty.
    public var extensions: [String] = []

    /// Creates settings without any limit.
    public init() {}
}

/// Event settings of an attribute, as texts (IDL `EventProperties`); `Not specified` where nothing is set.
public struct EventProperties: Sendable, Hashable {
    /// Relative change in percent that causes a change event: one number, or `down,up`.
    public var relativeChange = "Not specified"
    /// Absolute change that causes a change event: one number, or `down,up`.
    public var absoluteChange = "Not specified"
    /// Reserved by the IDL; empty.
    public var changeExtensions: [String] = []
    /// Period of periodic events, in milliseconds.
    public var period = "1000"
    /// Reserved by the IDL; empty.
    public var periodExtensions: [String] = []
    /// Relative change in percent that causes an archive event: one number, or `down,up`.
    public var archiveRelativeChange = "Not specified"
    /// Absolute change that causes an archive event: one number, or `down,up`.
    public var archiveAbsoluteChange = "Not specified"
    /// Longest time between two archive events, in milliseconds.
    public var archivePeriod = "Not specified"
    /// Reserved by the IDL; empty.
    public var archiveExtensions: [String] = []

    /// Creates the default settings.
    public init() {}
}

/// The configuration of an attribute, regardless of the interface version (IDL `AttributeConfig` to `AttributeConfig_5`).
///
/// Limits and units are texts, as configured; the defaults are those of a device that sets nothing.
public struct AttributeConfig: Sendable, Hashable {
    /// Name of the attribute.
    public var name: String
    /// Whether it is read, written or both.
    public var writable: AttributeWriteType
    /// Scalar, spectrum or image.
    public var format: AttributeFormat
    /// Number of the Tango type; see `type`.
    public var typeNumber: Int32
    /// Whether the value written last is kept in the database.
    public var isMemorized = false
    /// Whether the memorized value is written to the device at start-up. Meaningless unless `isMemorized`.
    public var isMemorizedWriteAtInit = false
    /// Most elements of a spectrum, or columns of an image; 1 for a scalar.
    public var maxDimX: Int32
    /// Most rows of an image; 0 otherwise.
    public var maxDimY: Int32
    /// Text for people; `No description` when not set.
    public var description: String
    /// Name for people; the attribute's name unless set.
    public var label: String
    /// Unit of the value as read and written; empty without one.
    public var unit: String
    /// Factor to the SI unit; `No standard unit` when not set.
    public var standardUnit: String
    /// Factor to the unit to show; `No display unit` when not set.
    public var displayUnit: String
    /// Format of the value as text, such as `%6.2f`; `Not specified` when not set.
    public var displayFormat: String
    /// Smallest value that may be written; `Not specified` without limit.
    public var minValue: String
    /// Greatest value that may be written; `Not specified` without limit.
    public var maxValue: String
    /// The attribute to write this one with (`READ_WITH_WRITE`), the name again for writable ones, `None` otherwise.
    public var writableAttributeName: String
    /// Whether tools show it to operators or to experts only.
    public var level: DisplayLevel
    /// TRL of the root of a forwarded attribute; `Not specified` for all others.
    public var rootAttributeName: String
    /// Labels of a DevEnum, in the order of its numbers; empty for all others.
    public var enumLabels: [String]
    /// Alarm settings.
    public var alarm: AttributeAlarm
    /// Event settings.
    public var events: EventProperties
    /// Reserved by the IDL; empty.
    public var extensions: [String]
    /// Reserved by the IDL; empty.
    public var systemExtensions: [String]

    /// Creates a configuration; what is left out has Tango's default.
    public init(
        name: String, writable: AttributeWriteType, format: AttributeFormat, typeNumber: Int32, isMemorized: Bool = false,
        isMemorizedWriteAtInit: Bool = false, maxDimX: Int32 = 1, maxDimY: Int32 = 0, description: String = "No description",
        label: String? = nil, unit: String = "", standardUnit: String = "No standard unit", displayUnit: String = "No display unit",
        displayFormat: String = "Not specified", minValue: String = "Not specified", maxValue: String = "Not specified",
        writableAttributeName: String = "None", level: DisplayLevel = .operator, rootAttributeName: String = "Not specified",
        enumLabels: [String] = [], alarm: AttributeAlarm = AttributeAlarm(), events: EventProperties = EventProperties(),
        extensions: [String] = [], systemExtensions: [String] = []
    ) {
        self.name = name
        self.writable = writable
        self.format = format
        self.typeNumber = typeNumber
        self.isMemorized = isMemorized
        self.isMemorizedWriteAtInit = isMemorizedWriteAtInit
        self.maxDimX = maxDimX
        self.maxDimY = maxDimY
        self.description = description
        self.label = label ?? name
        self.unit = unit
        self.standardUnit = standardUnit
        self.displayUnit = displayUnit
        self.displayFormat = displayFormat
        self.minValue = minValue
        self.maxValue = maxValue
        self.writableAttributeName = writableAttributeName
        self.level = level
        self.rootAttributeName = rootAttributeName
        self.enumLabels = enumLabels
        self.alarm = alarm
        self.events = events
        self.extensions = extensions
        self.systemExtensions = systemExtensions
    }

    /// The Tango type; `nil` for a number this library does not know.
    public var type: DataType? { DataType(rawValue: self.typeNumber) }
}
