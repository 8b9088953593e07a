import TangoCore

/// Something wrong with the configuration of an attribute, by the name of the property.
struct ConfigurationProblem {
    let property: String
    let failure: DevFailed

    init(_ property: String, _ failure: DevFailed) {
        self.property = property
        self.failure = failure
    }
}

/// What the start makes of the texts in the database (measured rules of 12.12).
extension AttributeRuntime {
    /// Brings a new attribute to what the database says of it: limits, memorized value, errors of the configuration.
    static func load(_ state: inout State, _ definition: AttributeDefinition, _ deviceName: String) {
        if definition.memorization != .none, let text = state.properties.device["__value"]?.first,
            let data = AttributeData(text: text, type: definition.type)
        {
            state.set = SetValue(data: data, dimension: .scalar)
        }
        // Most attributes have nothing that could be wrong.
        guard !definition.properties.texts.isEmpty || definition.type == .enum || !state.properties.isEmpty else { return }
        var problems: [ConfigurationProblem] = []
        for setting in AttributeSetting.allCases where setting.isCriterion || setting.isTime {
            guard let given = Self.given(setting, definition, state.properties) else { continue }
            let (shown, problem) = Self.started(setting, given, definition, state.properties, deviceName)
            if shown != Self.resolved(setting, definition, state.properties) { state.properties.shown[setting] = shown }
            if let problem { problems.append(problem) }
        }
        let config = Self.config(definition, state.properties)
        let (limits, found) = AttributeLimits.make(config, device: deviceName, at: .start)
        problems += found
        do {
            try Self.checkLabels(config, device: deviceName)
        } catch {
            problems.append(ConfigurationProblem("enum_labels", error))
        }
        if problems.isEmpty {
            state.limits = limits
        } else {
            state.configurationError = Self.error(problems, definition.name, deviceName)
        }
        // One that is written at the start is checked there, and its refusal is logged.
        if definition.memorization == .memorized, let data = state.set?.data, !Self.holds(data, state.limits, config.enumLabels.count) {
            state.set = nil
        }
    }

    /// Whether a remembered value is one that could be written.
    private static func holds(_ data: AttributeData, _ limits: AttributeLimits?, _ labelCount: Int) -> Bool {
        if labelCount > 0, case .short(let values) = data, !values.allSatisfy({ 0 <= $0 && $0 < labelCount }) { return false }
        if let limit = limits?.minValue, data.firstIndex(.below, limit) != nil { return false }
        if let limit = limits?.maxValue, data.firstIndex(.above, limit) != nil { return false }
        return true
    }

    /// What a criterion or a time in the database is shown as, and what is wrong with it.
    private static func started(
        _ setting: AttributeSetting, _ given: String, _ definition: AttributeDefinition, _ properties: AttributePropertySource,
        _ device: String
    ) -> (shown: String, problem: ConfigurationProblem?) {
        let isWord = definition.type.isWord
        switch setting {
        case .deltaTime:
            guard !isWord || given == "0" else { return (AttributeSetting.notSpecified, setting.notSettable(definition.name, device)) }
            guard let number = AttributeLimit.integer(given), let milliseconds = Int64(exactly: number) else {
                let failure = DevFailed(
                    .attributeProperty, "Can't convert property value for property \(setting.rawValue)", origin: "Attribute::get_attr_value"
                )
                return (AttributeSetting.notSpecified, ConfigurationProblem(setting.rawValue, failure))
            }
            return (milliseconds == 0 ? AttributeSetting.notSpecified : given, nil)
        case .eventPeriod, .archivePeriod:
            guard let number = AttributeLimit.integer(given), let milliseconds = Int32(exactly: number) else {
                return (setting.libraryDefault(definition), setting.unsupported(definition.name, device))
            }
            let isNone = milliseconds <= 0 || (setting == .archivePeriod && milliseconds == .max)
            return (isNone ? setting.libraryDefault(definition) : String(milliseconds), nil)
        default:
            guard !isWord else { return (AttributeSetting.notSpecified, setting.notSettable(definition.name, device)) }
            let shown = Self.resolved(setting, definition, properties)
            guard ChangeCriterion(shown) != nil else {
                return (AttributeSetting.notSpecified, setting.unsupported(definition.name, device))
            }
            return (shown, nil)
        }
    }

    /// What reads and writes fail with: a line for each property, in alphabetical order, and how to get out of it.
    private static func error(_ problems: [ConfigurationProblem], _ attribute: String, _ device: String) -> DevFailed {
        let problems = problems.sorted { $0.property < $1.property }
        var text = "\nDevice \(device)-> Attribute : \(attribute)"
        for problem in problems {
            // Of texts with a place only what is wrong.
            let lines = problem.failure.reasonDescription.split(separator: "\n", omittingEmptySubsequences: false)
            text += "\n\(lines.last ?? "")"
        }
        let ofEvents = problems.map(\.property).filter { AttributeSetting(rawValue: $0)?.isEventSetting == true }
        let others = problems.map(\.property).filter { AttributeSetting(rawValue: $0)?.isEventSetting != true }
        guard !ofEvents.isEmpty else { return DevFailed(.attributeConfiguration, text, origin: "Attribute::check_startup_exceptions") }
        let special = "(also 'NaN', 'Not specified' and '' - empty string)"
        let theirs = ofEvents.count == 1 ? "its" : "their"
        if others.isEmpty {
            text += "\nSetting a valid value \(special) for any property for this attribute will automatically bring the "
            text += "\(ofEvents.count == 1 ? "above-mentioned property" : "above-listed properties") to \(theirs) library defaults"
        } else {
            text += "\nSetting valid \(others.count == 1 ? "value" : "values") \(special) for \(Self.list(others)) "
            text += "will automatically bring \(Self.list(ofEvents)) to \(theirs) library defaults"
        }
        text += "\nHint : Check also class level attribute properties"
        return DevFailed(.attributeConfiguration, text, origin: "Attribute::check_startup_exceptions")
    }

    /// "a", "a and b", "a, b and c".
    private static func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }
}
