import TangoCore

/// Applies a configuration that a client sets, by the rules for Tango's special values (Compatibility 12.3).
struct ConfigurationChange {
    private var configurator: AttributeConfigurator
    private let device: String
    /// The set value: a memorized one has to stay inside the limits.
    private let set: AttributeData?
    /// Changes for the database.
    private(set) var changes: [PropertyChange] = []

    /// - Parameters:
    ///   - device: for the texts of errors.
    ///   - set: the set value.
    init(of configurator: AttributeConfigurator, device: String, set: AttributeData?) {
        self.configurator = configurator
        self.device = device
        self.set = set
    }

    /// What is said of the attribute after the change.
    var properties: StoredAttributeProperties { self.configurator.properties }

    private var definition: AttributeDefinition {
        _read { yield self.configurator.definition }
    }

    /// Applies the configuration, all of it or nothing.
    /// - Returns: the new limits.
    /// - Throws: `API_AttrNotAllowed` for what cannot be changed, `API_AttrOptProp`, `API_IncoherentValues`, `API_NotSupportedFeature`.
    mutating func apply(_ new: AttributeConfig) throws(DevFailed) -> AlarmLimits? {
        let old = self.configurator.config
        try Self.refuseUnchangeable(old, new)
        // What is sent unchanged is applied anew: "NaN" from the database becomes what it stands for.
        for setting in AttributeSetting.allCases where !setting.isOfPair && self.isChangeable(setting) {
            let sent = setting.value(in: new)
            let (text, stored) = try self.applied(sent, setting)
            // Criteria and the archive period stay as they are in the database when they are sent as they are shown (cppTango 9.3.4).
            let isKept =
                sent == setting.value(in: old)
                && (setting.isCriterion || setting == .archivePeriod || !setting.isSpecial(sent, self.definition))
            self.set(setting, text, stored: isKept ? self.properties.device[setting.rawValue] : stored)
            try self.checkMemorized(setting, text)
        }
        if self.isChangeable(.deltaTime) { try self.applyPair(new, old) }
        if self.definition.type == .enum, new.enumLabels != old.enumLabels {
            let labels = try self.newLabels(new.enumLabels, old.enumLabels)
            let isInherited = labels == (self.properties.deviceClass["enum_labels"] ?? self.definition.enumLabels)
            self.configurator.properties.device["enum_labels"] = isInherited ? nil : labels
            self.changes.append(("enum_labels", isInherited ? nil : labels))
        }
        let config = self.configurator.config
        try config.checkLabels(device: self.device)
        let (limits, problems) = AlarmLimits.make(config, device: self.device, at: .change)
        if let problem = problems.first { throw problem.failure }
        return limits
    }

    private mutating func set(_ setting: AttributeSetting, _ text: String, stored: [String]?) {
        if stored != self.properties.device[setting.rawValue] {
            self.configurator.properties.device[setting.rawValue] = stored
            self.changes.append((setting.rawValue, stored))
        }
        self.configurator.properties.shown[setting] = nil
        if self.configurator.text(of: setting) != text { self.configurator.properties.shown[setting] = text }
    }

    private func isChangeable(_ setting: AttributeSetting) -> Bool {
        if self.configurator.isBuiltIn { return setting.isEventSetting && !setting.isCriterion }
        return !setting.isIgnored(by: self.definition.type)
    }

    /// Returns what a client's text becomes: as shown, and as stored; `nil` when it need not be stored.
    private func applied(_ sent: String, _ setting: AttributeSetting) throws(DevFailed) -> (text: String, stored: [String]?) {
        let inherited = self.configurator.inheritedText(of: setting)
        let text: String
        switch sent.lowercased() {
        case "": text = self.configurator.defaultText(of: setting)
        case "nan": text = inherited
        case "not specified": text = setting.libraryDefault(self.definition)
        default:
            text = try setting.normalized(sent, self.definition, inherited: inherited, device: self.device)
            if setting.isNeverStored(text, self.definition) { return (text, nil) }
        }
        return (text, setting.stored(text, inherited: inherited))
    }

    // MARK: - delta_t and delta_val

    /// `delta_t` and `delta_val` are stored together or not at all; one alone changes nothing in the database.
    private mutating func applyPair(_ new: AttributeConfig, _ old: AttributeConfig) throws(DevFailed) {
        let settings: [AttributeSetting] = [.deltaTime, .deltaValue]
        let isUnchanged = settings.allSatisfy { $0.value(in: new) == $0.value(in: old) }
        let isKept = settings.allSatisfy { setting in
            let sent = setting.value(in: new)
            guard sent == setting.value(in: old), !setting.isSpecial(sent, self.definition) else { return false }
            // Some texts of the database are other numbers when a client sends them.
            return setting == .deltaTime
                || LimitValue(sent, self.definition.type, at: .start) == LimitValue(sent, self.definition.type, at: .change)
        }
        var texts: [String] = []
        for setting in settings { texts.append(try self.applied(setting.value(in: new), setting).text) }
        let inherited = settings.map { self.configurator.inheritedText(of: $0) }
        let isInherited = zip(texts, inherited).allSatisfy { text, inherited in
            guard text != inherited else { return true }
            guard let number = NumberText.number(text) else { return false }
            return number == NumberText.number(inherited)
        }
        let count = texts.count { $0 != AttributeSetting.notSpecified }
        for (index, setting) in settings.enumerated() {
            let before = self.properties.device[setting.rawValue]
            let stored: [String]? =
                switch count {
                case 1: before
                case 2: isInherited ? nil : [texts[index]]
                case 0 where isUnchanged && inherited == texts: before
                // Against defaults of the class.
                default: inherited[index] == texts[index] ? nil : [setting == .deltaTime ? "0" : AttributeSetting.notSpecified]
                }
            self.set(setting, texts[index], stored: isKept ? before : stored)
        }
    }

    // MARK: - Labels

    private func newLabels(_ sent: [String], _ old: [String]) throws(DevFailed) -> [String] {
        let name = self.definition.name
        let first = sent.first?.lowercased()
        if first == "not specified" {
            throw DevFailed(
                .attributeProperty,
                "Device \(self.device)-> Attribute : \(name)\nNo enumeration label(s) default library value for attribute of the Tango::DEV_ENUM data type",
                origin: "Attribute::set_prop_5_specific")
        }
        if first == "" { return self.definition.enumLabels }
        if first == "nan" { return self.properties.deviceClass["enum_labels"] ?? self.definition.enumLabels }
        guard sent.isEmpty || sent.count == old.count else {
            throw DevFailed(
                .notSupportedFeature,
                "Device \(self.device)-> Attribute : \(name)\nIt's not supported to change enumeration labels number from outside the Tango device class code",
                origin: "Attribute::set_upd_properties")
        }
        guard !sent.isEmpty else {
            throw DevFailed(
                .attributeProperty, "Device \(self.device)- Attribute : \(name)- No value defined for the property enum_labels",
                origin: "Attribute::set_enum_labels")
        }
        return sent
    }

    // MARK: - Refusals

    /// A memorized value must stay inside the limits: it will be written again. Refused before anything wrong in the settings after the limit
    /// (cppTango 9.3.4).
    private func checkMemorized(_ setting: AttributeSetting, _ text: String) throws(DevFailed) {
        guard self.definition.memorization != .none, setting == .minValue || setting == .maxValue, text != AttributeSetting.notSpecified,
            let limit = LimitValue(text, self.definition.type, at: .change), let set = self.set,
            set.firstIndex(setting == .minValue ? .below : .above, limit) != nil
        else { return }
        throw DevFailed(
            .attributeProperty,
            "Device \(self.device)-> Attribute : \(self.definition.name)\nThis attribute is memorized and the memorized value (\(set.memorizedText ?? "")) is \(setting == .minValue ? "below" : "above") the new limit!!",
            origin: setting == .minValue ? "WAttribute::set_min_value" : "WAttribute::set_max_value")
    }

    private static func refuseUnchangeable(_ old: AttributeConfig, _ new: AttributeConfig) throws(DevFailed) {
        let changed: String? =
            if new.typeNumber != old.typeNumber {
                "data_type"
            } else if new.format != old.format {
                "data_format"
            } else if new.writable != old.writable {
                "writable"
            } else if new.maxDimX != old.maxDimX {
                "max_dim_x"
            } else if new.maxDimY != old.maxDimY {
                "max_dim_y"
            } else if new.writableAttributeName.tangoFolded != old.writableAttributeName.tangoFolded {
                "writable_attr_name"
            } else if new.level != old.level {
                "level"
            } else if new.isMemorized != old.isMemorized || new.isMemorizedWriteAtInit != old.isMemorizedWriteAtInit {
                "memorized"
            } else {
                nil
            }
        if let changed {
            throw DevFailed(
                .attributeNotAllowed, "Attribute property \(changed) is not changeable at run time", origin: "Attribute::set_upd_properties"
            )
        }
    }
}
