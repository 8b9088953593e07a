import TangoCore

/// A configurable text of an attribute: its name in the database, and where it sits in the configuration.
enum AttributeSetting: String, CaseIterable, Sendable {
    case description, label, unit
    case standardUnit = "standard_unit"
    case displayUnit = "display_unit"
    case displayFormat = "format"
    case minValue = "min_value"
    case maxValue = "max_value"
    case minAlarm = "min_alarm"
    case maxAlarm = "max_alarm"
    case minWarning = "min_warning"
    case maxWarning = "max_warning"
    case deltaTime = "delta_t"
    case deltaValue = "delta_val"
    case absoluteChange = "abs_change"
    case relativeChange = "rel_change"
    case eventPeriod = "event_period"
    case archiveAbsoluteChange = "archive_abs_change"
    case archiveRelativeChange = "archive_rel_change"
    case archivePeriod = "archive_period"

    private typealias Path = WritableKeyPath<AttributeConfig, String>

    private var path: Path {
        switch self {
        case .description: \.description
        case .label: \.label
        case .unit: \.unit
        case .standardUnit: \.standardUnit
        case .displayUnit: \.displayUnit
        case .displayFormat: \.displayFormat
        case .minValue: \.minValue
        case .maxValue: \.maxValue
        case .minAlarm: \.alarm.minAlarm
        case .maxAlarm: \.alarm.maxAlarm
        case .minWarning: \.alarm.minWarning
        case .maxWarning: \.alarm.maxWarning
        case .deltaTime: \.alarm.deltaTime
        case .deltaValue: \.alarm.deltaValue
        case .absoluteChange: \.events.absoluteChange
        case .relativeChange: \.events.relativeChange
        case .eventPeriod: \.events.period
        case .archiveAbsoluteChange: \.events.archiveAbsoluteChange
        case .archiveRelativeChange: \.events.archiveRelativeChange
        case .archivePeriod: \.events.archivePeriod
        }
    }

    func value(in config: AttributeConfig) -> String { config[keyPath: self.path] }

    /// The text of what is not configured.
    static let notSpecified = "Not specified"

    func set(_ text: String, in config: inout AttributeConfig) { config[keyPath: self.path] = text }

    /// Whether the text is a number of the attribute's type.
    var isLimit: Bool {
        switch self {
        case .minValue, .maxValue, .minAlarm, .maxAlarm, .minWarning, .maxWarning, .deltaValue: true
        default: false
        }
    }

    /// A criterion of change or archive events: one number, or two for down and up.
    var isCriterion: Bool {
        switch self {
        case .absoluteChange, .relativeChange, .archiveAbsoluteChange, .archiveRelativeChange: true
        default: false
        }
    }

    /// A time in milliseconds.
    var isTime: Bool { self == .eventPeriod || self == .archivePeriod || self == .deltaTime }

    /// Of `delta_t` and `delta_val`, which count together.
    var isOfPair: Bool { self == .deltaTime || self == .deltaValue }

    var isEventSetting: Bool { self.isCriterion || self == .eventPeriod || self == .archivePeriod }

    /// Whether attributes of the type pass over what clients set (measured); the others take it or refuse it.
    func isIgnored(by type: DataType) -> Bool {
        guard type.isWord else { return false }
        return self.isCriterion || self.isOfPair || self == .minWarning || self == .maxWarning
    }

    /// Whether attributes of the type can have the limit (measured); of DevEncoded and DevEnum it has no effect.
    func isSettable(for type: DataType, at moment: ConfigurationMoment) -> Bool {
        type.isNumeric || type == .encoded || (type == .enum && self == .deltaValue && moment == .change)
    }

    /// Whether the text is one of the library's defaults: shown when a client sets it, but not kept in the database (measured).
    func isNeverStored(_ text: String, _ definition: AttributeDefinition) -> Bool {
        switch self {
        case .description: text == "No description"
        case .label: text == "No label"
        case .standardUnit: text == "No standard unit"
        case .displayUnit: text == "No display unit"
        case .displayFormat: text == "%6.2f" || text == self.libraryDefault(definition)
        default: false
        }
    }

    /// The library's default.
    func libraryDefault(_ definition: AttributeDefinition) -> String {
        switch self {
        case .description: "No description"
        case .label: definition.name
        case .unit: ""
        case .standardUnit: "No standard unit"
        case .displayUnit: "No display unit"
        case .displayFormat:
            switch definition.type {
            case .float, .double: "%6.2f"
            case .string, .enum: "%s"
            case .boolean, .state, .encoded: "Not specified"
            default: "%d"
            }
        case .eventPeriod: "1000"
        default: "Not specified"
        }
    }
}

extension DataType {
    /// Strings, booleans and states: nothing that has limits.
    var isWord: Bool { self == .string || self == .boolean || self == .state }
}

/// Properties of one attribute: as the database holds them, and what is shown otherwise.
package struct AttributePropertySource: Sendable {
    /// Of the device, by name in lower case.
    var device: [String: [String]] = [:]
    /// Of the class, by name in lower case.
    var deviceClass: [String: [String]] = [:]
    /// Texts that are shown although the database says otherwise or nothing.
    var shown: [AttributeSetting: String] = [:]

    var isEmpty: Bool { self.device.isEmpty && self.deviceClass.isEmpty }

    /// Only properties with these names.
    func filtered(_ isKept: (String) -> Bool) -> AttributePropertySource {
        AttributePropertySource(
            device: self.device.filter { isKept($0.key) }, deviceClass: self.deviceClass.filter { isKept($0.key) })
    }
}
