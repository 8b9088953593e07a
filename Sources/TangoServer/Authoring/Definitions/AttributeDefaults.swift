import TangoCore

/// Properties of an attribute given by the class's code ("user defaults"), as texts. `nil` is the library's default; what the database says
/// of the class or the device takes precedence.
public struct AttributeDefaults: Sendable, Hashable {
    /// Only those given: most of many thousand attributes have none.
    var texts: [AttributeSetting: String] = [:]

    /// Makes properties; see those for the parameters.
    public init(
        description: String? = nil, label: String? = nil, unit: String? = nil, standardUnit: String? = nil, displayUnit: String? = nil,
        displayFormat: String? = nil, minValue: String? = nil, maxValue: String? = nil, minAlarm: String? = nil, maxAlarm: String? = nil,
        minWarning: String? = nil, maxWarning: String? = nil, deltaTime: String? = nil, deltaValue: String? = nil,
        absoluteChange: String? = nil, relativeChange: String? = nil, eventPeriod: String? = nil, archiveAbsoluteChange: String? = nil,
        archiveRelativeChange: String? = nil, archivePeriod: String? = nil
    ) {
        self.description = description
        self.label = label
        self.unit = unit
        self.standardUnit = standardUnit
        self.displayUnit = displayUnit
        self.displayFormat = displayFormat
        self.minValue = minValue
        self.maxValue = maxValue
        self.minAlarm = minAlarm
        self.maxAlarm = maxAlarm
        self.minWarning = minWarning
        self.maxWarning = maxWarning
        self.deltaTime = deltaTime
        self.deltaValue = deltaValue
        self.absoluteChange = absoluteChange
        self.relativeChange = relativeChange
        self.eventPeriod = eventPeriod
        self.archiveAbsoluteChange = archiveAbsoluteChange
        self.archiveRelativeChange = archiveRelativeChange
        self.archivePeriod = archivePeriod
    }

    /// Text shown to people.
    public var description: String? {
        get { self.texts[.description] }
        set { self.texts[.description] = newValue }
    }

    /// Name shown to people; the default is the attribute's name.
    public var label: String? {
        get { self.texts[.label] }
        set { self.texts[.label] = newValue }
    }

    /// Unit of the value.
    public var unit: String? {
        get { self.texts[.unit] }
        set { self.texts[.unit] = newValue }
    }

    /// Factor that converts the value to the SI unit.
    public var standardUnit: String? {
        get { self.texts[.standardUnit] }
        set { self.texts[.standardUnit] = newValue }
    }

    /// Factor that converts the value to the unit shown.
    public var displayUnit: String? {
        get { self.texts[.displayUnit] }
        set { self.texts[.displayUnit] = newValue }
    }

    /// How clients print the value, such as `%6.2f`.
    public var displayFormat: String? {
        get { self.texts[.displayFormat] }
        set { self.texts[.displayFormat] = newValue }
    }

    /// Smallest value that may be written.
    public var minValue: String? {
        get { self.texts[.minValue] }
        set { self.texts[.minValue] = newValue }
    }

    /// Largest value that may be written.
    public var maxValue: String? {
        get { self.texts[.maxValue] }
        set { self.texts[.maxValue] = newValue }
    }

    /// At or below this value the quality is `ALARM`.
    public var minAlarm: String? {
        get { self.texts[.minAlarm] }
        set { self.texts[.minAlarm] = newValue }
    }

    /// At or above this value the quality is `ALARM`.
    public var maxAlarm: String? {
        get { self.texts[.maxAlarm] }
        set { self.texts[.maxAlarm] = newValue }
    }

    /// At or below this value the quality is `WARNING`.
    public var minWarning: String? {
        get { self.texts[.minWarning] }
        set { self.texts[.minWarning] = newValue }
    }

    /// At or above this value the quality is `WARNING`.
    public var maxWarning: String? {
        get { self.texts[.maxWarning] }
        set { self.texts[.maxWarning] = newValue }
    }

    /// Milliseconds after a write before the value read is compared with the set value.
    public var deltaTime: String? {
        get { self.texts[.deltaTime] }
        set { self.texts[.deltaTime] = newValue }
    }

    /// Difference from the set value at which the quality is `ALARM`.
    public var deltaValue: String? {
        get { self.texts[.deltaValue] }
        set { self.texts[.deltaValue] = newValue }
    }

    /// Change that sends a change event: one number, or two for decrease and increase.
    public var absoluteChange: String? {
        get { self.texts[.absoluteChange] }
        set { self.texts[.absoluteChange] = newValue }
    }

    /// Change in percent that sends a change event: one number, or two for decrease and increase.
    public var relativeChange: String? {
        get { self.texts[.relativeChange] }
        set { self.texts[.relativeChange] = newValue }
    }

    /// Milliseconds between periodic events.
    public var eventPeriod: String? {
        get { self.texts[.eventPeriod] }
        set { self.texts[.eventPeriod] = newValue }
    }

    /// Change that sends an archive event: one number, or two for decrease and increase.
    public var archiveAbsoluteChange: String? {
        get { self.texts[.archiveAbsoluteChange] }
        set { self.texts[.archiveAbsoluteChange] = newValue }
    }

    /// Change in percent that sends an archive event: one number, or two for decrease and increase.
    public var archiveRelativeChange: String? {
        get { self.texts[.archiveRelativeChange] }
        set { self.texts[.archiveRelativeChange] = newValue }
    }

    /// Milliseconds after which an archive event is sent without a change.
    public var archivePeriod: String? {
        get { self.texts[.archivePeriod] }
        set { self.texts[.archivePeriod] = newValue }
    }
}
