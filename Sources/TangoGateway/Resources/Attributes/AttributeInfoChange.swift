import TangoClient
import TangoCore

/// Changes of an attribute's configuration: the writable members of an AttributeInfo.
struct AttributeInfoChange {
    private static var texts: [String: WritableKeyPath<AttributeConfig, String>] {
        [
            "description": \.description, "label": \.label, "unit": \.unit, "standard_unit": \.standardUnit, "display_unit": \.displayUnit,
            "format": \.displayFormat, "min_value": \.minValue, "max_value": \.maxValue, "min_alarm": \.alarm.minAlarm,
            "max_alarm": \.alarm.maxAlarm,
        ]
    }
    private static var alarmTexts: [String: WritableKeyPath<AttributeConfig, String>] {
        [
            "min_alarm": \.alarm.minAlarm, "max_alarm": \.alarm.maxAlarm, "min_warning": \.alarm.minWarning,
            "max_warning": \.alarm.maxWarning, "delta_t": \.alarm.deltaTime, "delta_val": \.alarm.deltaValue,
        ]
    }
    private static var eventTexts: [String: [String: WritableKeyPath<AttributeConfig, String>]] {
        [
            "ch_event": ["rel_change": \.events.relativeChange, "abs_change": \.events.absoluteChange],
            "per_event": ["period": \.events.period],
            "arch_event": [
                "rel_change": \.events.archiveRelativeChange, "abs_change": \.events.archiveAbsoluteChange,
                "period": \.events.archivePeriod,
            ],
        ]
    }

    private let info: JSONObject

    init(_ info: JSONObject) {
        self.info = info
    }

    /// Returns the configuration with the changes. Absent, `null` and unknown members change nothing.
    /// - Throws: 400 for members of the wrong kind.
    func applied(to config: AttributeConfig) throws(HTTPFailure) -> AttributeConfig {
        var config = config
        try Self.apply(self.info, Self.texts, to: &config)
        // Nested alarms override those at the top level.
        if let alarms = self.info["alarms"]?.object { try Self.apply(alarms, Self.alarmTexts, to: &config) }
        if let events = self.info["events"]?.object {
            for (name, texts) in Self.eventTexts {
                if let event = events[name]?.object { try Self.apply(event, texts, to: &config) }
            }
        }
        if let labels = self.info["enum_label"]?.array {
            var texts: [String] = []
            for label in labels { texts.append(try ValueReader.string(label)) }
            config.enumLabels = texts
        }
        return config
    }

    private static func apply(
        _ object: JSONObject, _ texts: [String: WritableKeyPath<AttributeConfig, String>], to config: inout AttributeConfig
    ) throws(HTTPFailure) {
        for member in object.members {
            guard let path = texts[member.name], member.value != .null else { continue }
            config[keyPath: path] = try ValueReader.string(member.value)
        }
    }
}
