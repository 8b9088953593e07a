import TangoCore

/// Reads what the database says of an attribute when its device starts (Compatibility 12.12): limits, memorized value, and the error of a wrong
/// configuration.
struct AttributeStartUp {
    private var configurator: AttributeConfigurator
    private let device: String
    private var problems: [ConfigurationProblem] = []

    private init(_ configurator: AttributeConfigurator, _ device: String) {
        self.configurator = configurator
        self.device = device
    }

    /// Returns the state with which an attribute begins.
    static func state(
        of shared: ClassAttribute, _ properties: StoredAttributeProperties, device: String
    ) -> AttributeRuntime.State {
        var state = AttributeRuntime.State(properties: properties)
        let definition = shared.value
        state.support = definition.events
        if definition.memorization != .none, let text = properties.device[AttributeRuntime.memorizedProperty]?.first,
            let data = AttributeData(text: text, type: definition.type)
        {
            state.set = AttributeRuntime.SetValue(data: data, dimension: .scalar)
        }
        // Most attributes have nothing that could be wrong.
        guard !definition.properties.isEmpty || definition.type == .enum || !properties.isEmpty else { return state }
        var startUp = AttributeStartUp(AttributeConfigurator(shared, properties), device)
        startUp.configure(&state)
        return state
    }

    private mutating func configure(_ state: inout AttributeRuntime.State) {
        let definition = self.configurator.definition
        for setting in AttributeSetting.allCases where setting.isCriterion || setting.isTime {
            guard let given = self.configurator.givenText(of: setting) else { continue }
            let (shown, problem) = self.started(setting, given)
            if shown != self.configurator.text(of: setting) { self.configurator.properties.shown[setting] = shown }
            if let problem { self.problems.append(problem) }
        }
        state.properties = self.configurator.properties
        let config = self.configurator.config
        state.criteria = SharedEventCriteria(config.events)
        let (limits, found) = AlarmLimits.make(config, device: self.device, at: .start)
        self.problems += found
        do {
            try config.checkLabels(device: self.device)
        } catch {
            self.problems.append(ConfigurationProblem("enum_labels", error))
        }
        if self.problems.isEmpty {
            state.limits = limits
        } else {
            state.configurationError = self.error
        }
        // A value that is written at the start is checked there, and its refusal is logged.
        if definition.memorization == .memorized, let data = state.set?.data, !Self.isWritable(data, state.limits, config.enumLabels.count)
        {
            state.set = nil
        }
    }

    /// Whether a memorized value could be written.
    private static func isWritable(_ data: AttributeData, _ limits: AlarmLimits?, _ labelCount: Int) -> Bool {
        if labelCount > 0, case .short(let values) = data, !values.allSatisfy({ 0 <= $0 && $0 < labelCount }) { return false }
        if let limit = limits?.minValue, data.firstIndex(.below, limit) != nil { return false }
        if let limit = limits?.maxValue, data.firstIndex(.above, limit) != nil { return false }
        return true
    }

    /// What a criterion or a time in the database is shown as, and what is wrong with it.
    private func started(_ setting: AttributeSetting, _ given: String) -> (shown: String, problem: ConfigurationProblem?) {
        let definition = self.configurator.definition
        let isWord = definition.type.isWord
        switch setting {
        case .deltaTime:
            guard !isWord || given == "0" else { return (AttributeSetting.notSpecified, setting.notSettable(definition.name, self.device)) }
            guard let number = NumberText.integer(given), let milliseconds = Int64(exactly: number) else {
                let failure = DevFailed(
                    .attributeProperty, "Can't convert property value for property \(setting.rawValue)", origin: "Attribute::get_attr_value"
                )
                return (AttributeSetting.notSpecified, ConfigurationProblem(setting.rawValue, failure))
            }
            return (milliseconds == 0 ? AttributeSetting.notSpecified : given, nil)
        case .eventPeriod, .archivePeriod:
            guard let number = NumberText.integer(given), let milliseconds = Int32(exactly: number) else {
                return (setting.libraryDefault(definition), setting.unsupported(definition.name, self.device))
            }
            let isNone = milliseconds <= 0 || (setting == .archivePeriod && milliseconds == .max)
            return (isNone ? setting.libraryDefault(definition) : String(milliseconds), nil)
        default:
            guard !isWord else { return (AttributeSetting.notSpecified, setting.notSettable(definition.name, self.device)) }
            let shown = self.configurator.text(of: setting)
            guard ChangeCriterion(shown) != nil else {
                return (AttributeSetting.notSpecified, setting.unsupported(definition.name, self.device))
            }
            return (shown, nil)
        }
    }

    /// The error of all reads and writes: a line for each wrong property, in alphabetical order, and how to correct them.
    private var error: DevFailed {
        let problems = self.problems.sorted { $0.property < $1.property }
        var text = "\nDevice \(self.device)-> Attribute : \(self.configurator.definition.name)"
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
