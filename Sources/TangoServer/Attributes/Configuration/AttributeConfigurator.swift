import Foundation
import TangoCore

/// The configuration of an attribute: what the database, the class's code and the library say of it, and how clients change it.
extension AttributeRuntime {
    /// A change of the database that a new configuration needs; `nil` deletes the property of the device.
    typealias PropertyChange = (name: String, values: [String]?)

    var config: AttributeConfig {
        if let root = self.root { return root.config(as: self.name, label: self.label) }
        return Self.config(self.definition, self.state.withLock { $0.properties })
    }

    /// Name shown to people.
    var label: String { Self.resolved(.label, self.definition, self.state.withLock { $0.properties }) }

    var enumLabels: [String] { Self.enumLabels(self.definition, self.state.withLock { $0.properties }) }

    /// The configuration as clients see it.
    static func config(_ definition: AttributeDefinition, _ properties: AttributePropertySource) -> AttributeConfig {
        var config = AttributeConfig(
            name: definition.name, writable: definition.access, format: definition.format, typeNumber: definition.type.rawValue,
            isMemorized: definition.memorization != .none, isMemorizedWriteAtInit: definition.memorization == .memorizedWriteAtInit,
            maxDimX: definition.maxDimX, maxDimY: definition.format == .image ? definition.maxDimY : 0, level: definition.level)
        switch definition.access {
        case .readWrite: config.writableAttributeName = definition.name
        case .readWithWrite: config.writableAttributeName = definition.writeAttributeName ?? "None"
        case .read, .write, .unknown: break
        }
        for setting in AttributeSetting.allCases { setting.set(Self.resolved(setting, definition, properties), in: &config) }
        config.enumLabels = Self.enumLabels(definition, properties)
        return config
    }

    private static func enumLabels(_ definition: AttributeDefinition, _ properties: AttributePropertySource) -> [String] {
        guard definition.type == .enum else { return [] }
        for labels in [properties.device["enum_labels"], properties.deviceClass["enum_labels"]] {
            if let labels, !labels.isEmpty { return labels }
        }
        return definition.enumLabels
    }

    /// What is shown: device in the database, then class in the database, then the class's code, then the library (measured precedence).
    static func resolved(_ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource) -> String {
        if let shown = properties.shown[setting] { return shown }
        guard let values = properties.device[setting.rawValue], !values.isEmpty else {
            return Self.inherited(setting, definition, properties)
        }
        return setting.text(ofStored: values) { Self.inherited(setting, definition, properties) }
    }

    private static func inherited(
        _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource
    ) -> String {
        guard let values = properties.deviceClass[setting.rawValue], !values.isEmpty else { return Self.coded(setting, definition) }
        return setting.text(ofStored: values) { Self.coded(setting, definition) }
    }

    private static func coded(_ setting: AttributeSetting, _ definition: AttributeDefinition) -> String {
        guard let text = definition.properties.texts[setting] else { return setting.libraryDefault(definition) }
        return setting.text(ofStored: [text]) { setting.libraryDefault(definition) }
    }

    /// The text of whoever has one.
    static func given(_ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource) -> String? {
        for values in [properties.device[setting.rawValue], properties.deviceClass[setting.rawValue]] {
            if let values, !values.isEmpty { return values.joined(separator: ",") }
        }
        let coded = definition.properties.texts[setting]
        return coded == AttributeSetting.notSpecified ? nil : coded
    }

    static func checkLabels(_ config: AttributeConfig, device: String) throws(DevFailed) {
        guard config.type == .enum else { return }
        guard !config.enumLabels.isEmpty else {
            throw DevFailed(
                .attributeProperty, "Device \(device)- Attribute : \(config.name)- No value defined for the property enum_labels",
                origin: "Attribute::set_enum_labels")
        }
        var seen: Set<String> = []
        for label in config.enumLabels where !seen.insert(label).inserted {
            throw DevFailed(
                .attributeProperty, "Enumeration for attribute \(config.name) has two similar labels (\(label), \(label))",
                origin: "Attribute::set_enum_labels")
        }
    }

    // MARK: - Changing it

    /// Takes a new configuration: texts with Tango's special values (measured rules of 12.3), refused as a whole when one is wrong.
    /// - Returns: what the database should be told.
    func setConfig(_ new: AttributeConfig, device: String) throws(DevFailed) -> [PropertyChange] {
        let definition = self.definition
        var properties = self.state.withLock { $0.properties }
        let old = Self.config(definition, properties)
        try Self.refuseUnchangeable(old, new)
        var changes: [PropertyChange] = []
        func take(_ setting: AttributeSetting, _ text: String, stored: [String]?) {
            if stored != properties.device[setting.rawValue] {
                properties.device[setting.rawValue] = stored
                changes.append((setting.rawValue, stored))
            }
            properties.shown[setting] = nil
            if Self.resolved(setting, definition, properties) != text { properties.shown[setting] = text }
        }
        // What is sent unchanged is taken anew: "NaN" from the database becomes what it means.
        for setting in AttributeSetting.allCases where !setting.isOfPair && self.isChangeable(setting) {
            let sent = setting.value(in: new)
            let (text, stored) = try Self.taken(sent, setting, definition, properties, device)
            // Criteria and the archive period are left alone when they are sent as they are shown, whatever is in the database (measured).
            let isKept =
                sent == setting.value(in: old) && (setting.isCriterion || setting == .archivePeriod || !setting.isSpecial(sent, definition))
            take(setting, text, stored: isKept ? properties.device[setting.rawValue] : stored)
            try self.checkMemorized(setting, text, device)
        }
        if self.isChangeable(.deltaTime) {
            let isKept = [AttributeSetting.deltaTime, .deltaValue].allSatisfy { setting in
                let sent = setting.value(in: new)
                guard sent == setting.value(in: old), !setting.isSpecial(sent, definition) else { return false }
                // Some texts of the database are other numbers when a client sends them.
                return setting == .deltaTime
                    || AttributeLimit(sent, definition.type, at: .start) == AttributeLimit(sent, definition.type, at: .change)
            }
            for (setting, text, stored) in try Self.takenPair(new, old, definition, properties, device) {
                take(setting, text, stored: isKept ? properties.device[setting.rawValue] : stored)
            }
        }
        if definition.type == .enum, new.enumLabels != old.enumLabels {
            let labels = try self.newLabels(new.enumLabels, old.enumLabels, properties, device)
            let isInherited = labels == (properties.deviceClass["enum_labels"] ?? definition.enumLabels)
            properties.device["enum_labels"] = isInherited ? nil : labels
            changes.append(("enum_labels", isInherited ? nil : labels))
        }
        let config = Self.config(definition, properties)
        try Self.checkLabels(config, device: device)
        let (limits, problems) = AttributeLimits.make(config, device: device, at: .change)
        if let problem = problems.first { throw problem.failure }
        let loaded = properties
        self.state.withLock { state in
            state.properties = loaded
            state.limits = limits
            state.configurationError = nil
        }
        return changes
    }

    /// What a text of a client becomes: as shown, and as stored; `nil` when it need not be.
    private static func taken(
        _ sent: String, _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource,
        _ device: String
    ) throws(DevFailed) -> (text: String, stored: [String]?) {
        let inherited = Self.inherited(setting, definition, properties)
        let text: String
        switch sent.lowercased() {
        case "": text = Self.coded(setting, definition)
        case "nan": text = inherited
        case "not specified": text = setting.libraryDefault(definition)
        default:
            text = try setting.normalized(sent, definition, inherited: inherited, device: device)
            if setting.isNeverStored(text, definition) { return (text, nil) }
        }
        return (text, setting.stored(text, inherited: inherited))
    }

    /// `delta_t` and `delta_val`: in the database together, or not at all; one alone changes nothing there.
    private static func takenPair(
        _ new: AttributeConfig, _ old: AttributeConfig, _ definition: AttributeDefinition, _ properties: AttributePropertySource,
        _ device: String
    ) throws(DevFailed) -> [(AttributeSetting, String, [String]?)] {
        let settings: [AttributeSetting] = [.deltaTime, .deltaValue]
        let isUnchanged = settings.allSatisfy { $0.value(in: new) == $0.value(in: old) }
        var texts: [String] = []
        var below: [String] = []
        var isInherited = true
        for setting in settings {
            let text = try Self.taken(setting.value(in: new), setting, definition, properties, device).text
            texts.append(text)
            let inherited = Self.inherited(setting, definition, properties)
            below.append(inherited)
            if text != inherited, AttributeLimit.number(text) == nil || AttributeLimit.number(text) != AttributeLimit.number(inherited) {
                isInherited = false
            }
        }
        let count = texts.count { $0 != AttributeSetting.notSpecified }
        return settings.indices.map { index in
            let setting = settings[index]
            let stored: [String]? =
                switch count {
                case 1: properties.device[setting.rawValue]
                case 2: isInherited ? nil : [texts[index]]
                case 0 where isUnchanged && below == texts: properties.device[setting.rawValue]
                // Against defaults of the class.
                default: below[index] == texts[index] ? nil : [setting == .deltaTime ? "0" : AttributeSetting.notSpecified]
                }
            return (setting, texts[index], stored)
        }
    }

    /// Takes a new label, by the rules of `setConfig`.
    /// - Returns: what the database should be told.
    func setLabel(_ label: String, device: String) throws(DevFailed) -> [PropertyChange] {
        var config = Self.config(self.definition, self.state.withLock { $0.properties })
        config.label = label
        return try self.setConfig(config, device: device)
    }

    private func isChangeable(_ setting: AttributeSetting) -> Bool {
        if self.isBuiltIn { return setting.isEventSetting && !setting.isCriterion }
        return !setting.isIgnored(by: self.definition.type)
    }

    private func newLabels(
        _ sent: [String], _ old: [String], _ properties: AttributePropertySource, _ device: String
    ) throws(DevFailed) -> [String] {
        let first = sent.first?.lowercased()
        if first == "not specified" {
            throw DevFailed(
                .attributeProperty,
                "Device \(device)-> Attribute : \(self.name)\nNo enumeration label(s) default library value for attribute of the Tango::DEV_ENUM data type",
                origin: "Attribute::set_prop_5_specific")
        }
        if first == "" { return self.definition.enumLabels }
        if first == "nan" { return properties.deviceClass["enum_labels"] ?? self.definition.enumLabels }
        guard sent.isEmpty || sent.count == old.count else {
            throw DevFailed(
                .notSupportedFeature,
                "Device \(device)-> Attribute : \(self.name)\nIt's not supported to change enumeration labels number from outside the Tango device class code",
                origin: "Attribute::set_upd_properties")
        }
        guard !sent.isEmpty else {
            throw DevFailed(
                .attributeProperty, "Device \(device)- Attribute : \(self.name)- No value defined for the property enum_labels",
                origin: "Attribute::set_enum_labels")
        }
        return sent
    }

    /// A memorized value must stay inside the limits: it will be written again. Said before all that is wrong with what comes after the
    /// limit (measured).
    private func checkMemorized(_ setting: AttributeSetting, _ text: String, _ device: String) throws(DevFailed) {
        guard self.definition.memorization != .none, setting == .minValue || setting == .maxValue, text != AttributeSetting.notSpecified,
            let limit = AttributeLimit(text, self.definition.type, at: .change), let set = self.state.withLock({ $0.set }),
            set.data.firstIndex(setting == .minValue ? .below : .above, limit) != nil
        else { return }
        throw DevFailed(
            .attributeProperty,
            "Device \(device)-> Attribute : \(self.name)\nThis attribute is memorized and the memorized value (\(set.data.memorizedText ?? "")) is \(setting == .minValue ? "below" : "above") the new limit!!",
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

extension AttributeSetting {
    /// A number with 15 significant digits, as the incumbents print it; with more where it would be another number otherwise.
    static func text<Number: BinaryFloatingPoint & LosslessStringConvertible>(of number: Number) -> String {
        let text = String(format: "%.15g", Double(number))
        return Number(text) == number ? text : String(number)
    }

    /// The text of what a level of configuration holds.
    /// - Parameter below: the text of the levels below, for what it leaves to them.
    func text(ofStored values: [String], below: () -> String) -> String {
        let text = values.count == 1 ? values[0] : values.joined(separator: ",")
        guard self.isCriterion else { return text }
        return ChangeCriterion(text, inherited: ChangeCriterion(below()) ?? .none)?.text ?? text
    }

    /// Whether a text of a client stands for another, also when it is sent back as it was shown.
    func isSpecial(_ text: String, _ definition: AttributeDefinition) -> Bool {
        ["", "nan", "not specified"].contains(text.lowercased()) && text != self.libraryDefault(definition)
    }

    /// What the database is told for a text; `nil` when it is what the levels below say anyway.
    func stored(_ text: String, inherited: String) -> [String]? {
        guard text != inherited else { return nil }
        if self.isCriterion { return ChangeCriterion(text)?.stored(inherited: ChangeCriterion(inherited) ?? .none) ?? nil }
        if self == .archivePeriod, text == Self.notSpecified { return [String(Int32.max)] }
        return [text]
    }

    func unsupported(_ attribute: String, _ device: String) -> ConfigurationProblem {
        self.problem("defined in an unsupported format", attribute, device)
    }

    func notSettable(_ attribute: String, _ device: String) -> ConfigurationProblem {
        self.problem("not settable for the attribute data type", attribute, device)
    }

    private func problem(_ what: String, _ attribute: String, _ device: String) -> ConfigurationProblem {
        ConfigurationProblem(
            self.rawValue,
            DevFailed(
                .attributeProperty, "Device \(device)-> Attribute : \(attribute)\nThe property \(self.rawValue) is \(what)",
                origin: "Attribute::set_upd_properties"))
    }

    /// The number of a text that is nothing else, not zero.
    static func wholeNumber(_ text: String) -> Int64? {
        guard let number = AttributeLimit.integer(text).flatMap({ Int64(exactly: $0) }), number != 0 else { return nil }
        return number
    }

    /// Brings a client's text to the form it is kept in: numbers to the type, floating point texts stay as they are.
    func normalized(_ text: String, _ definition: AttributeDefinition, inherited: String, device: String) throws(DevFailed) -> String {
        if self.isCriterion {
            guard let criterion = ChangeCriterion(text, inherited: ChangeCriterion(inherited) ?? .none) else {
                throw self.unsupported(definition.name, device).failure
            }
            return criterion.text
        }
        if self.isTime {
            guard let number = AttributeLimit.number(text) else { throw self.unsupported(definition.name, device).failure }
            guard self == .deltaTime else { return String(Int32(saturatingDown: number)) }
            let milliseconds = Int64(saturatingDown: number)
            return milliseconds == 0 ? Self.notSpecified : String(milliseconds)
        }
        guard self.isLimit else { return text }
        guard self.isSettable(for: definition.type, at: .change) else { throw self.notSettable(definition.name, device).failure }
        guard let limit = AttributeLimit(text, definition.type, at: .change) else {
            throw self.unsupported(definition.name, device).failure
        }
        guard definition.type == .float || definition.type == .double else { return String(limit.whole) }
        // The same number as the default is the default, however it is written (measured).
        guard !self.isOfPair, let below = AttributeLimit(inherited, definition.type, at: .change) else { return text }
        let isSame = definition.type == .float ? Float(limit.number) == Float(below.number) : limit.number == below.number
        return isSame ? inherited : text
    }
}
