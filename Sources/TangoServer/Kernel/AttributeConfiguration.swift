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
    private static func config(_ definition: AttributeDefinition, _ properties: AttributePropertySource) -> AttributeConfig {
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

    /// Device in the database, then class in the database, then the class's code, then the library (measured precedence).
    private static func resolved(
        _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource
    ) -> String {
        setting.text(ofStored: properties.device[setting.rawValue], definition) ?? Self.inherited(setting, definition, properties)
    }

    private static func inherited(
        _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource
    ) -> String {
        setting.text(ofStored: properties.deviceClass[setting.rawValue], definition) ?? Self.coded(setting, definition)
    }

    private static func coded(_ setting: AttributeSetting, _ definition: AttributeDefinition) -> String {
        setting.text(ofStored: definition.properties.texts[setting].map { [$0] }, definition) ?? setting.libraryDefault(definition)
    }

    /// Brings a new attribute to what the database says of it: limits, memorized value, errors of the configuration.
    static func load(_ state: inout State, _ definition: AttributeDefinition, _ deviceName: String) {
        let properties = state.properties
        if definition.memorization != .none, let text = properties.device["__value"]?.first,
            let data = AttributeData(text: text, type: definition.type)
        {
            state.set = SetValue(data: data, dimension: .scalar)
        }
        // Most attributes have nothing that could be wrong.
        guard !definition.properties.texts.isEmpty || definition.type == .enum || !properties.isEmpty else { return }
        let config = Self.config(definition, properties)
        do {
            try Self.checkTexts(config, device: deviceName)
            state.limits = try AttributeLimits.make(config, device: deviceName, requiresPair: true)
            try Self.checkLabels(config, device: deviceName)
        } catch {
            state.configurationError = DevFailed(
                .attributeConfiguration, "\n" + error.reasonDescription, origin: "Attribute::check_startup_exceptions")
        }
    }

    /// Criteria and times that are no numbers.
    private static func checkTexts(_ config: AttributeConfig, device: String) throws(DevFailed) {
        for setting in AttributeSetting.allCases where setting.isCriterion || setting.isTime {
            let text = setting.value(in: config)
            guard text != AttributeSetting.notSpecified else { continue }
            let isRight = setting.isCriterion ? ChangeCriterion(text) != nil : AttributeLimit(text) != nil
            guard isRight else { throw setting.unsupported(config.name, device) }
        }
    }

    private static func checkLabels(_ config: AttributeConfig, device: String) throws(DevFailed) {
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
        for setting in AttributeSetting.allCases {
            let sent = setting.value(in: new)
            guard sent != setting.value(in: old), self.isChangeable(setting) else { continue }
            let inherited = Self.inherited(setting, definition, properties)
            let value: String =
                switch sent.lowercased() {
                case "": Self.coded(setting, definition)
                case "nan": inherited
                case "not specified": setting.libraryDefault(definition)
                default: try setting.normalised(sent, definition, device: device)
                }
            let stored = value == inherited ? nil : setting.stored(value)
            guard stored != properties.device[setting.rawValue] else { continue }
            properties.device[setting.rawValue] = stored
            changes.append((setting.rawValue, stored))
        }
        if definition.type == .enum, new.enumLabels != old.enumLabels {
            let labels = try self.newLabels(new.enumLabels, old.enumLabels, properties, device)
            let isInherited = labels == (properties.deviceClass["enum_labels"] ?? definition.enumLabels)
            properties.device["enum_labels"] = isInherited ? nil : labels
            changes.append(("enum_labels", isInherited ? nil : labels))
        }
        let config = Self.config(definition, properties)
        try Self.checkLabels(config, device: device)
        let limits = try AttributeLimits.make(config, device: device, requiresPair: false)
        try self.checkMemorized(limits, device)
        Self.keepPairTogether(&changes, old: old, new: config)
        let loaded = properties
        self.state.withLock { state in
            state.properties = loaded
            state.limits = limits
            state.configurationError = nil
        }
        return changes
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
        switch self.definition.type {
        case .string, .boolean, .state: return !setting.isCriterion
        default: return true
        }
    }

    private func newLabels(
        _ sent: [String], _ old: [String], _ properties: AttributePropertySource, _ device: String
    ) throws(DevFailed) -> [String] {
        if sent.count == 1, sent[0].lowercased() == "not specified" {
            throw DevFailed(
                .attributeProperty,
                "Device \(device)-> Attribute : \(self.name)\nNo enumeration label(s) default library value for attribute of the Tango::DEV_ENUM data type",
                origin: "Attribute::set_prop_5_specific")
        }
        if sent.first == "" { return self.definition.enumLabels }
        if sent.count == 1, sent[0].lowercased() == "nan" { return properties.deviceClass["enum_labels"] ?? self.definition.enumLabels }
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

    /// A memorized value must stay inside the limits: it will be written again.
    private func checkMemorized(_ limits: AttributeLimits?, _ device: String) throws(DevFailed) {
        guard self.definition.memorization != .none, let limits, let set = self.state.withLock({ $0.set }) else { return }
        func refused(_ side: String) -> DevFailed {
            DevFailed(
                .attributeProperty,
                "Device \(device)-> Attribute : \(self.name)\nThis attribute is memorized and the memorized value (\(set.data.memorizedText ?? "")) is \(side) the new limit!!",
                origin: "WAttribute::set_min_value")
        }
        if let limit = limits.minValue, set.data.firstIndex(.below, limit) != nil { throw refused("below") }
        if let limit = limits.maxValue, set.data.firstIndex(.above, limit) != nil { throw refused("above") }
    }

    /// `delta_t` and `delta_val` are in the database together or not at all.
    private static func keepPairTogether(_ changes: inout [PropertyChange], old: AttributeConfig, new: AttributeConfig) {
        let pair: [AttributeSetting] = [.deltaTime, .deltaValue]
        guard changes.contains(where: { change in pair.contains { $0.rawValue == change.name } }) else { return }
        let given = pair.filter { $0.value(in: new) != AttributeSetting.notSpecified }
        changes.removeAll { change in pair.contains { $0.rawValue == change.name } }
        switch given.count {
        case 2: for setting in pair { changes.append((setting.rawValue, setting.stored(setting.value(in: new)))) }
        case 0: for setting in pair { changes.append((setting.rawValue, nil)) }
        default: break
        }
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
            } else if new.isMemorized != old.isMemorized {
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

/// What change of a value is worth an event: how much down and how much up; `nil` is none.
struct ChangeCriterion: Sendable, Hashable {
    var down: Double?
    var up: Double?

    /// What the incumbents write for "none" in the database.
    private static let none = 2_147_483_647.0

    /// From one number, or two with a comma; signs do not matter. `nil` for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 else { return nil }
        var numbers: [Double?] = []
        for part in parts {
            if part.lowercased() == "not specified" {
                numbers.append(nil)
            } else if let limit = AttributeLimit(String(part)) {
                let magnitude = abs(limit.number)
                numbers.append(magnitude == Self.none || magnitude == 0 ? nil : magnitude)
            } else {
                return nil
            }
        }
        self.down = numbers[0]
        self.up = numbers.count == 2 ? numbers[1] : numbers[0]
    }

    /// As clients see it.
    var text: String {
        func text(_ number: Double?) -> String { number.map { AttributeSetting.text(of: $0) } ?? AttributeSetting.notSpecified }
        return self.down == self.up ? text(self.up) : "\(text(self.down)),\(text(self.up))"
    }

    /// As the database keeps it: down as a negative number, then up.
    var stored: [String] {
        if self.down == nil, self.up == nil { return ["2147483647"] }
        return [self.down.map { -$0 } ?? Self.none, self.up ?? Self.none].map { AttributeSetting.text(of: $0) }
    }
}

extension AttributeSetting {
    /// A number with 15 significant digits, as the incumbents print it; with more where it would be another number otherwise.
    static func text<Number: BinaryFloatingPoint & LosslessStringConvertible>(of number: Number) -> String {
        let text = String(format: "%.15g", Double(number))
        return Number(text) == number ? text : String(number)
    }

    /// The text of what a level of configuration holds; `nil` when it holds nothing.
    func text(ofStored values: [String]?, _ definition: AttributeDefinition) -> String? {
        guard let values, !values.isEmpty else { return nil }
        let text = values.joined(separator: ",")
        if self.isCriterion { return ChangeCriterion(text)?.text ?? text }
        return text
    }

    /// What the database is told for a text.
    func stored(_ text: String) -> [String] {
        if self.isCriterion { return text == Self.notSpecified ? ["2147483647"] : ChangeCriterion(text)?.stored ?? [text] }
        return [text]
    }

    func unsupported(_ attribute: String, _ device: String) -> DevFailed {
        DevFailed(
            .attributeProperty,
            "Device \(device)-> Attribute : \(attribute)\nThe property \(self.rawValue) is defined in an unsupported format",
            origin: "Attribute::set_upd_properties")
    }

    /// Brings a text to the form it is kept in: integers lose their fraction and wrap, floating point texts stay as they are.
    func normalised(_ text: String, _ definition: AttributeDefinition, device: String) throws(DevFailed) -> String {
        if self.isCriterion {
            guard let criterion = ChangeCriterion(text) else { throw self.unsupported(definition.name, device) }
            return criterion.text
        }
        guard self.isTime || (self.isLimit && definition.type.isNumeric) else { return text }
        guard let number = AttributeLimit(text) else {
            // Limits are refused where they are read, with the text for the attribute's type.
            guard self.isTime else { return text }
            throw self.unsupported(definition.name, device)
        }
        let whole = number.whole
        if self.isTime { return whole == 0 && self != .eventPeriod ? Self.notSpecified : String(whole) }
        return switch definition.type {
        case .float, .double: text
        case .short, .enum: String(Int16(truncatingIfNeeded: whole))
        case .long: String(Int32(truncatingIfNeeded: whole))
        case .long64: String(Int64(truncatingIfNeeded: whole))
        case .uchar: String(UInt8(truncatingIfNeeded: whole.magnitude))
        case .ushort: String(UInt16(truncatingIfNeeded: whole.magnitude))
        case .ulong: String(UInt32(truncatingIfNeeded: whole.magnitude))
        case .ulong64: String(UInt64(truncatingIfNeeded: whole.magnitude))
        default: text
        }
    }
}
