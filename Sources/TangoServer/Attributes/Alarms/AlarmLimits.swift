import TangoCore

/// Why the kernel gave a value the quality ALARM or WARNING.
struct AlarmCause: OptionSet, Sendable {
    let rawValue: UInt8
    static let minAlarm = AlarmCause(rawValue: 1)
    static let maxAlarm = AlarmCause(rawValue: 2)
    static let readDiffersFromSet = AlarmCause(rawValue: 4)
    static let minWarning = AlarmCause(rawValue: 8)
    static let maxWarning = AlarmCause(rawValue: 16)

    var quality: AttributeQuality {
        if !self.isDisjoint(with: [.minAlarm, .maxAlarm, .readDiffersFromSet]) { return .alarm }
        return self.isEmpty ? .valid : .warning
    }
}

/// The limits of an attribute as numbers. Made only for attributes that have some.
final class AttributeLimits: Sendable {
    let minValue: AttributeLimit?
    let maxValue: AttributeLimit?
    private let minAlarm: AttributeLimit?
    private let maxAlarm: AttributeLimit?
    private let minWarning: AttributeLimit?
    private let maxWarning: AttributeLimit?
    /// Difference between read and set value, and how long after a write it counts.
    let readDiffersFromSet: (value: Double, after: Duration)?

    let hasLevels: Bool
    var hasAlarms: Bool { self.hasLevels || self.readDiffersFromSet != nil }

    private init(
        values: (AttributeLimit?, AttributeLimit?), alarms: (AttributeLimit?, AttributeLimit?),
        warnings: (AttributeLimit?, AttributeLimit?),
        readDiffersFromSet: (value: Double, after: Duration)?
    ) {
        (self.minValue, self.maxValue) = values
        (self.minAlarm, self.maxAlarm) = alarms
        (self.minWarning, self.maxWarning) = warnings
        self.readDiffersFromSet = readDiffersFromSet
        self.hasLevels = alarms.0 != nil || alarms.1 != nil || warnings.0 != nil || warnings.1 != nil
    }

    /// Reads the limits of a configuration.
    /// - Parameter moment: at the start texts are read as the database has them, and one of `delta_t` and `delta_val` alone is wrong; set
    ///   by a client it has no effect (measured).
    /// - Returns: the limits, `nil` when there are none, and what is wrong with them: `API_AttrOptProp`, `API_IncoherentValues` with the
    ///   incumbents' texts.
    static func make(
        _ config: AttributeConfig, device: String, at moment: ConfigurationMoment
    ) -> (limits: AttributeLimits?, problems: [ConfigurationProblem]) {
        guard let type = config.type else { return (nil, []) }
        var problems: [ConfigurationProblem] = []
        func number(_ setting: AttributeSetting) -> AttributeLimit? {
            let text = setting.value(in: config)
            guard text != AttributeSetting.notSpecified else { return nil }
            if moment == .change, setting.isIgnored(by: type) { return nil }
            guard setting.isSettable(for: type, at: moment) else {
                problems.append(setting.notSettable(config.name, device))
                return nil
            }
            guard let limit = AttributeLimit(text, type, at: moment) else {
                problems.append(setting.unsupported(config.name, device))
                return nil
            }
            return limit
        }
        func pair(_ low: AttributeSetting, _ high: AttributeSetting, _ name: String) -> (AttributeLimit?, AttributeLimit?) {
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
        // Of DevEncoded the incumbents look at warning levels only where there is an alarm level too (measured).
        let hasWarnings = type != .encoded || alarms.0 != nil || alarms.1 != nil
        let limits = AttributeLimits(
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

/// How an element is compared with a limit.
enum LimitComparison {
    case below, atOrBelow, above, atOrAbove
}

extension AttributeData {
    /// Index of the first element that compares so with the limit; `nil` for data that are no numbers.
    func firstIndex(_ comparison: LimitComparison, _ limit: AttributeLimit) -> Int? {
        func narrow<T: BinaryInteger>(_ values: [T]) -> Int? { Self.first(values, comparison, limit.number) { Double($0) } }
        func wide<T: BinaryInteger>(_ values: [T]) -> Int? { Self.first(values, comparison, limit.whole) { Int128($0) } }
        return switch self {
        case .short(let values): narrow(values)
        case .long(let values): narrow(values)
        case .uchar(let values): narrow(values)
        case .encoded(let values): values.first.flatMap { narrow($0.data) }
        case .ushort(let values): narrow(values)
        case .ulong(let values): narrow(values)
        case .long64(let values): wide(values)
        case .ulong64(let values): wide(values)
        case .float(let values): Self.first(values, comparison, Float(limit.number)) { $0 }
        case .double(let values): Self.first(values, comparison, limit.number) { $0 }
        default: nil
        }
    }

    private static func first<T, N: Comparable>(_ values: [T], _ comparison: LimitComparison, _ limit: N, _ number: (T) -> N) -> Int? {
        switch comparison {
        case .below: values.firstIndex { number($0) < limit }
        case .atOrBelow: values.firstIndex { number($0) <= limit }
        case .above: values.firstIndex { number($0) > limit }
        case .atOrAbove: values.firstIndex { number($0) >= limit }
        }
    }

    /// Whether an element differs by that much from the other's; over the shorter of the two. Not a number on one side only differs.
    func differs(from other: AttributeData, by delta: Double) -> Bool {
        func whole<T: FixedWidthInteger>(_ left: [T], _ right: [T]) -> Bool {
            zip(left, right).contains { a, b in Double(a > b ? Int128(a) - Int128(b) : Int128(b) - Int128(a)) >= delta }
        }
        func floating<T: BinaryFloatingPoint>(_ left: [T], _ right: [T]) -> Bool {
            zip(left, right).contains { a, b in
                if a.isNaN || b.isNaN { return a.isNaN != b.isNaN }
                return Double(abs(a - b)) >= delta
            }
        }
        return switch (self, other) {
        case (.short(let a), .short(let b)): whole(a, b)
        case (.long(let a), .long(let b)): whole(a, b)
        case (.long64(let a), .long64(let b)): whole(a, b)
        case (.uchar(let a), .uchar(let b)): whole(a, b)
        case (.ushort(let a), .ushort(let b)): whole(a, b)
        case (.ulong(let a), .ulong(let b)): whole(a, b)
        case (.ulong64(let a), .ulong64(let b)): whole(a, b)
        case (.float(let a), .float(let b)): floating(a, b)
        case (.double(let a), .double(let b)): floating(a, b)
        default: false
        }
    }
}
