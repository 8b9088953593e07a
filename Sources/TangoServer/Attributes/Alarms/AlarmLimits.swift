import TangoCore

/// The limits of an attribute as numbers. Made only for attributes that have some.
final class AlarmLimits: Sendable {
    let minValue: LimitValue?
    let maxValue: LimitValue?
    private let minAlarm: LimitValue?
    private let maxAlarm: LimitValue?
    private let minWarning: LimitValue?
    private let maxWarning: LimitValue?
    /// Difference between read and set value, and how long after a write it counts.
    let readDiffersFromSet: (value: Double, after: Duration)?

    let hasLevels: Bool
    var hasAlarms: Bool { self.hasLevels || self.readDiffersFromSet != nil }

    private init(
        values: (LimitValue?, LimitValue?), alarms: (LimitValue?, LimitValue?),
        warnings: (LimitValue?, LimitValue?),
        readDiffersFromSet: (value: Double, after: Duration)?
    ) {
        (self.minValue, self.maxValue) = values
        (self.minAlarm, self.maxAlarm) = alarms
        (self.minWarning, self.maxWarning) = warnings
        self.readDiffersFromSet = readDiffersFromSet
        self.hasLevels = alarms.0 != nil || alarms.1 != nil || warnings.0 != nil || warnings.1 != nil
    }

    /// Reads the limits of a configuration.
    /// - Parameter moment: at the start one of `delta_t` and `delta_val` alone is wrong; set by a client it has no effect (cppTango 9.3.4).
    /// - Returns: the limits, `nil` when there are none, and what is wrong with them: `API_AttrOptProp`, `API_IncoherentValues` with the
    ///   texts of cppTango 9.3.4.
    static func make(
        _ config: AttributeConfig, device: String, at moment: ConfigurationMoment
    ) -> (limits: AlarmLimits?, problems: [ConfigurationProblem]) {
        guard let type = config.type else { return (nil, []) }
        var problems: [ConfigurationProblem] = []
        func number(_ setting: AttributeSetting) -> LimitValue? {
            let text = setting.value(in: config)
            guard text != AttributeSetting.notSpecified else { return nil }
            if moment == .change, setting.isIgnored(by: type) { return nil }
            guard setting.isSettable(for: type, at: moment) else {
                problems.append(setting.notSettable(config.name, device))
                return nil
            }
            guard let limit = LimitValue(text, type, at: moment) else {
                problems.append(setting.unsupported(config.name, device))
                return nil
            }
            return limit
        }
        func pair(_ low: AttributeSetting, _ high: AttributeSetting, _ name: String) -> (LimitValue?, LimitValue?) {
            let limits = (number(low), number(high))
            if let min = limits.0, let max = limits.1, min >= max {
                problems.append(
                    ConfigurationProblem(
                        high.rawValue,
                        DevFailed(
                            .incoherentValues,
                            "Device \(device)-> Attribute : \(config.name)\nValue of min_\(name) is greater than or equal to max_\(name)",
                            origin: "Attribute::set_properties")))
            }
            return limits
        }
        let values = pair(.minValue, .maxValue, "value")
        let alarms = pair(.minAlarm, .maxAlarm, "alarm")
        let warnings = pair(.minWarning, .maxWarning, "warning")
        let delta = number(.deltaValue)
        let time = type.isWord ? nil : AttributeSetting.wholeNumber(config.alarm.deltaTime)
        var difference: (value: Double, after: Duration)?
        if let delta, let time { difference = (delta.number, .milliseconds(time)) }
        if moment == .start, (delta == nil) != (time == nil) {
            problems.append(
                ConfigurationProblem(
                    "rds_alarm",
                    DevFailed(
                        .attributeProperty,
                        "RDS alarm properties (delta_t and delta_val) are not correctly defined for attribute \(config.name) in device \(device)",
                        origin: "Attribute::init_opt_prop")))
        }
        guard problems.isEmpty, type.isNumeric || type == .encoded else { return (nil, problems) }
        // Warning levels of a DevEncoded count only beside an alarm level (cppTango 9.3.4).
        let hasWarnings = type != .encoded || alarms.0 != nil || alarms.1 != nil
        let limits = AlarmLimits(
            values: values, alarms: alarms, warnings: hasWarnings ? warnings : (nil, nil), readDiffersFromSet: difference)
        return (limits.hasAlarms || limits.minValue != nil || limits.maxValue != nil ? limits : nil, [])
    }

    /// Which levels a value crosses: the alarm levels, else the warning levels; one element is enough.
    func levelCause(of data: AttributeData) -> AlarmCause {
        var cause: AlarmCause = []
        if let limit = self.minAlarm, data.firstIndex(.atOrBelow, limit) != nil { cause.insert(.minAlarm) }
        if let limit = self.maxAlarm, data.firstIndex(.atOrAbove, limit) != nil { cause.insert(.maxAlarm) }
        guard cause.isEmpty else { return cause }
        if let limit = self.minWarning, data.firstIndex(.atOrBelow, limit) != nil { cause.insert(.minWarning) }
        if let limit = self.maxWarning, data.firstIndex(.atOrAbove, limit) != nil { cause.insert(.maxWarning) }
        return cause
    }
}
