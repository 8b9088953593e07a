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

    func set(_ text: String, in config: inout AttributeConfig) { config[keyPath: self.path] = text }

    /// Whether the text is a number of the attribute's type.
    var isLimit: Bool {
        switch self {
        case .minValue, .maxValue, .minAlarm, .maxAlarm, .minWarning, .maxWarning, .deltaValue: true
        default: false
        }
    }

    var isEventSetting: Bool {
        switch self {
        case .absoluteChange, .relativeChange, .eventPeriod, .archiveAbsoluteChange, .archiveRelativeChange, .archivePeriod: true
        default: false
        }
    }

    /// The value the class's code gives.
    func userDefault(_ properties: AttributeProperties) -> String? {
        switch self {
        case .description: properties.description
        case .label: properties.label
        case .unit: properties.unit
        case .standardUnit: properties.standardUnit
        case .displayUnit: properties.displayUnit
        case .displayFormat: properties.displayFormat
        case .minValue: properties.minValue
        case .maxValue: properties.maxValue
        case .minAlarm: properties.minAlarm
        case .maxAlarm: properties.maxAlarm
        case .minWarning: properties.minWarning
        case .maxWarning: properties.maxWarning
        case .deltaTime: properties.deltaTime
        case .deltaValue: properties.deltaValue
        case .absoluteChange: properties.absoluteChange
        case .relativeChange: properties.relativeChange
        case .eventPeriod: properties.eventPeriod
        case .archiveAbsoluteChange: properties.archiveAbsoluteChange
        case .archiveRelativeChange: properties.archiveRelativeChange
        case .archivePeriod: properties.archivePeriod
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

/// Properties of one attribute as the database holds them.
struct AttributePropertySource: Sendable {
    /// Of the device, by name in lower case.
    var device: [String: [String]] = [:]
    /// Of the class, by name in lower case.
    var deviceClass: [String: [String]] = [:]
}

/// The limits of an attribute as numbers.
struct AttributeLimits: Sendable {
    var minValue: Double?
    var maxValue: Double?
    var minAlarm: Double?
    var maxAlarm: Double?
    var minWarning: Double?
    var maxWarning: Double?

    var hasAlarms: Bool { self.minAlarm != nil || self.maxAlarm != nil || self.minWarning != nil || self.maxWarning != nil }
    var hasRange: Bool { self.minValue != nil || self.maxValue != nil }

    /// Reads the limits of a configuration.
    /// - Throws: `API_AttrOptProp`, `API_IncoherentValues` with the incumbents' texts.
    init(_ config: AttributeConfig, device: String) throws(DevFailed) {
        let prefix = "Device \(device)-> Attribute : \(config.name)\n"
        func number(_ setting: AttributeSetting) throws(DevFailed) -> Double? {
            let text = setting.value(in: config)
            guard text != "Not specified" else { return nil }
            // Measured: of booleans these two are passed over, the others refused.
            if config.type == .boolean, setting == .minWarning || setting == .maxWarning { return nil }
            guard config.type?.isNumeric == true else {
                throw DevFailed(
                    .attributeProperty, prefix + "The property \(setting.rawValue) is not settable for the attribute data type",
                    origin: "Attribute::set_properties")
            }
            guard let value = Double(text), !text.lowercased().contains("x") else {
                throw DevFailed(
                    .attributeProperty, prefix + "The property \(setting.rawValue) is defined in an unsupported format",
                    origin: "Attribute::set_properties")
            }
            return value
        }
        func check(_ low: Double?, _ high: Double?, _ name: String) throws(DevFailed) {
            guard let low, let high, low >= high else { return }
            throw DevFailed(
                .incoherentValues, prefix + "Value of min_\(name) is greater than or equal to max_\(name)",
                origin: "Attribute::set_properties")
        }
        self.minValue = try number(.minValue)
        self.maxValue = try number(.maxValue)
        self.minAlarm = try number(.minAlarm)
        self.maxAlarm = try number(.maxAlarm)
        self.minWarning = try number(.minWarning)
        self.maxWarning = try number(.maxWarning)
        _ = try number(.deltaValue)
        try check(self.minValue, self.maxValue, "value")
        try check(self.minAlarm, self.maxAlarm, "alarm")
        try check(self.minWarning, self.maxWarning, "warning")
    }

    init() {}

    /// Quality of a value: alarm limits first, then warning limits; one element is enough.
    func quality(of data: AttributeData) -> AttributeQuality {
        guard let numbers = data.doubles else { return .valid }
        func crosses(_ low: Double?, _ high: Double?) -> Bool {
            numbers.contains { number in
                if let low, number <= low { return true }
                if let high, number >= high { return true }
                return false
            }
        }
        if (self.minAlarm != nil || self.maxAlarm != nil) && crosses(self.minAlarm, self.maxAlarm) { return .alarm }
        if (self.minWarning != nil || self.maxWarning != nil) && crosses(self.minWarning, self.maxWarning) { return .warning }
        return .valid
    }
}

extension AttributeData {
    /// The elements as floating point numbers, of numeric data.
    var doubles: [Double]? {
        switch self {
        case .short(let values): values.map(Double.init)
        case .long(let values): values.map(Double.init)
        case .long64(let values): values.map(Double.init)
        case .float(let values): values.map(Double.init)
        case .double(let values): values
        case .uchar(let values): values.map(Double.init)
        case .ushort(let values): values.map(Double.init)
        case .ulong(let values): values.map(Double.init)
        case .ulong64(let values): values.map(Double.init)
        default: nil
        }
    }
}
