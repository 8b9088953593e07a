package import TangoCore

/// A configurable text of an attribute. The raw value is the name of its property in the database.
///
/// This is the table of the settings: a new one is a case here, a row in `row`, and a field of `AttributeConfig`.
public enum AttributeSetting: String, CaseIterable, Sendable, Hashable {
    /// Text shown to people.
    case description
    /// Name shown to people.
    case label
    /// Unit of the value.
    case unit
    /// Factor from the unit to the SI unit.
    case standardUnit = "standard_unit"
    /// Factor from the unit to the unit shown.
    case displayUnit = "display_unit"
    /// How the value is printed, as `%6.2f`.
    case displayFormat = "format"
    /// Smallest value that may be written.
    case minValue = "min_value"
    /// Largest value that may be written.
    case maxValue = "max_value"
    /// Quality ALARM at this value or below.
    case minAlarm = "min_alarm"
    /// Quality ALARM at this value or above.
    case maxAlarm = "max_alarm"
    /// Quality WARNING at this value or below.
    case minWarning = "min_warning"
    /// Quality WARNING at this value or above.
    case maxWarning = "max_warning"
    /// Milliseconds after a write from which the value read is compared with the set value.
    case deltaTime = "delta_t"
    /// Difference to the set value from which the quality is ALARM.
    case deltaValue = "delta_val"
    /// Change that sends a change event: one number, or two for down and up.
    case absoluteChange = "abs_change"
    /// The same in percent.
    case relativeChange = "rel_change"
    /// Milliseconds between periodic events.
    case eventPeriod = "event_period"
    /// Change that sends an archive event: one number, or two for down and up.
    case archiveAbsoluteChange = "archive_abs_change"
    /// The same in percent.
    case archiveRelativeChange = "archive_rel_change"
    /// Milliseconds after which an archive event is sent without a change.
    case archivePeriod = "archive_period"

    /// Shown for what is not configured.
    static let notSpecified = "Not specified"

    /// What the text of a setting is.
    enum Kind {
        case text
        /// A number of the attribute's type.
        case limit
        /// `delta_t` and `delta_val`, which have an effect only together: a time and a limit.
        case pairTime, pairLimit
        /// A change that sends events: one number, or two for down and up.
        case criterion
        /// Milliseconds of events.
        case eventTime
    }

    private enum Default {
        case text(String)
        case attributeName
        case formatOfType
    }

    private typealias Row = (path: WritableKeyPath<AttributeConfig, String>, kind: Kind, default: Default)

    private var row: Row {
        switch self {
        case .description: (\.description, .text, .text("No description"))
        case .label: (\.label, .text, .attributeName)
        case .unit: (\.unit, .text, .text(""))
        case .standardUnit: (\.standardUnit, .text, .text("No standard unit"))
        case .displayUnit: (\.displayUnit, .text, .text("No display unit"))
        case .displayFormat: (\.displayFormat, .text, .formatOfType)
        case .minValue: (\.minValue, .limit, .text(Self.notSpecified))
        case .maxValue: (\.maxValue, .limit, .text(Self.notSpecified))
        case .minAlarm: (\.alarm.minAlarm, .limit, .text(Self.notSpecified))
        case .maxAlarm: (\.alarm.maxAlarm, .limit, .text(Self.notSpecified))
        case .minWarning: (\.alarm.minWarning, .limit, .text(Self.notSpecified))
        case .maxWarning: (\.alarm.maxWarning, .limit, .text(Self.notSpecified))
        case .deltaTime: (\.alarm.deltaTime, .pairTime, .text(Self.notSpecified))
        case .deltaValue: (\.alarm.deltaValue, .pairLimit, .text(Self.notSpecified))
        case .absoluteChange: (\.events.absoluteChange, .criterion, .text(Self.notSpecified))
        case .relativeChange: (\.events.relativeChange, .criterion, .text(Self.notSpecified))
        case .eventPeriod: (\.events.period, .eventTime, .text("1000"))
        case .archiveAbsoluteChange: (\.events.archiveAbsoluteChange, .criterion, .text(Self.notSpecified))
        case .archiveRelativeChange: (\.events.archiveRelativeChange, .criterion, .text(Self.notSpecified))
        case .archivePeriod: (\.events.archivePeriod, .eventTime, .text(Self.notSpecified))
        }
    }

    // MARK: - In a configuration

    package func value(in config: AttributeConfig) -> String { config[keyPath: self.row.path] }

    func set(_ text: String, in config: inout AttributeConfig) { config[keyPath: self.row.path] = text }

    /// The library's default for an attribute.
    func libraryDefault(_ definition: AttributeDefinition) -> String {
        switch self.row.default {
        case .text(let text): text
        case .attributeName: definition.name
        case .formatOfType: definition.type.defaultFormat
        }
    }

    // MARK: - Kinds

    var kind: Kind { self.row.kind }

    /// Whether the text is a number of the attribute's type.
    var isLimit: Bool {
        switch self.kind {
        case .limit, .pairLimit: true
        case .text, .pairTime, .criterion, .eventTime: false
        }
    }

    /// Whether it is a change that sends events: one number, or two for down and up.
    var isCriterion: Bool {
        switch self.kind {
        case .criterion: true
        case .text, .limit, .pairTime, .pairLimit, .eventTime: false
        }
    }

    /// Whether it is a time in milliseconds.
    var isTime: Bool {
        switch self.kind {
        case .pairTime, .eventTime: true
        case .text, .limit, .pairLimit, .criterion: false
        }
    }

    /// Whether it is one of `delta_t` and `delta_val`, which have an effect only together.
    var isOfPair: Bool {
        switch self.kind {
        case .pairTime, .pairLimit: true
        case .text, .limit, .criterion, .eventTime: false
        }
    }

    var isEventSetting: Bool {
        switch self.kind {
        case .criterion, .eventTime: true
        case .text, .limit, .pairTime, .pairLimit: false
        }
    }

    // MARK: - Rules by type

    /// Whether attributes of the type pass over what clients set (Compatibility 12.3); the others take it or refuse it.
    func isIgnored(by type: DataType) -> Bool {
        guard type.isWord else { return false }
        return self.isCriterion || self.isOfPair || self == .minWarning || self == .maxWarning
    }

    /// Whether attributes of the type can have the limit; of DevEncoded and DevEnum it has no effect.
    func isSettable(for type: DataType, at moment: ConfigurationMoment) -> Bool {
        type.isNumeric || type == .encoded || (type == .enum && self == .deltaValue && moment == .change)
    }

    /// Whether the text is one of the library's defaults that are shown when a client sets them, but not stored (Compatibility 12.3).
    func isNeverStored(_ text: String, _ definition: AttributeDefinition) -> Bool {
        switch self {
        case .description, .standardUnit, .displayUnit: text == self.libraryDefault(definition)
        case .label: text == "No label"
        case .displayFormat: text == "%6.2f" || text == self.libraryDefault(definition)
        default: false
        }
    }
}

extension DataType {
    /// Strings, booleans and states: nothing that has limits.
    var isWord: Bool { self == .string || self == .boolean || self == .state }

    /// The library's default of the display format.
    fileprivate var defaultFormat: String {
        switch self {
        case .float, .double: "%6.2f"
        case .string, .enum: "%s"
        case .boolean, .state, .encoded: AttributeSetting.notSpecified
        default: "%d"
        }
    }
}
