import TangoCore

/// Works out the configuration of an attribute from what the database, the class's code and the library say of it.
///
/// Attributes do not keep their configurations, only what is said of them: one without properties costs nothing.
struct AttributeConfigurator {
    private let shared: ClassAttribute
    /// What the database says.
    var properties: StoredAttributeProperties

    init(_ shared: ClassAttribute, _ properties: StoredAttributeProperties) {
        self.shared = shared
        self.properties = properties
    }

    var definition: AttributeDefinition {
        _read { yield self.shared.value }
    }
    var isBuiltIn: Bool { self.shared.role != .ordinary }

    /// The configuration as clients see it.
    var config: AttributeConfig {
        let definition = self.definition
        var config = AttributeConfig(
            name: definition.name, writable: definition.access, format: definition.format, typeNumber: definition.type.rawValue,
            isMemorized: definition.memorization != .none, isMemorizedWriteAtInit: definition.memorization == .memorizedWriteAtInit,
            maxDimX: definition.maxDimX, maxDimY: definition.format == .image ? definition.maxDimY : 0, level: definition.level)
        switch definition.access {
        case .readWrite: config.writableAttributeName = definition.name
        case .readWithWrite: config.writableAttributeName = definition.writeAttributeName ?? "None"
        case .read, .write, .unknown: break
        }
        for setting in AttributeSetting.allCases { setting.set(self.text(of: setting), in: &config) }
        config.enumLabels = self.enumLabels
        return config
    }

    /// Labels of a DevEnum; empty for all other types.
    var enumLabels: [String] {
        guard self.definition.type == .enum else { return [] }
        for labels in [self.properties.device["enum_labels"], self.properties.deviceClass["enum_labels"]] {
            if let labels, !labels.isEmpty { return labels }
        }
        return self.definition.enumLabels
    }

    // MARK: - Settings

    /// The text that is shown: of the device in the database, then of the class in the database, then of the class's code, then of the library
    /// (Compatibility 12.1).
    func text(of setting: AttributeSetting) -> String {
        if let shown = self.properties.shown[setting] { return shown }
        guard let values = self.properties.device[setting.rawValue], !values.isEmpty else { return self.inheritedText(of: setting) }
        return setting.text(ofStored: values) { self.inheritedText(of: setting) }
    }

    /// The text without what the database says of the device.
    func inheritedText(of setting: AttributeSetting) -> String {
        guard let values = self.properties.deviceClass[setting.rawValue], !values.isEmpty else { return self.defaultText(of: setting) }
        return setting.text(ofStored: values) { self.defaultText(of: setting) }
    }

    /// The text without what the database says.
    func defaultText(of setting: AttributeSetting) -> String {
        guard let text = self.definition.properties[setting] else { return setting.libraryDefault(self.definition) }
        return setting.text(ofStored: [text]) { setting.libraryDefault(self.definition) }
    }

    /// The text as the database or the class's code has it; `nil` when neither has one.
    func givenText(of setting: AttributeSetting) -> String? {
        for values in [self.properties.device[setting.rawValue], self.properties.deviceClass[setting.rawValue]] {
            if let values, !values.isEmpty { return values.joined(separator: ",") }
        }
        let text = self.definition.properties[setting]
        return text == AttributeSetting.notSpecified ? nil : text
    }
}

extension AttributeConfig {
    /// Checks the labels of a DevEnum.
    /// - Throws: `API_AttrOptProp` when there are none, or two are the same.
    func checkLabels(device: String) throws(DevFailed) {
        guard self.type == .enum else { return }
        guard !self.enumLabels.isEmpty else {
            throw DevFailed(
                .attributeProperty, "Device \(device)- Attribute : \(self.name)- No value defined for the property enum_labels",
                origin: "Attribute::set_enum_labels")
        }
        var seen: Set<String> = []
        for label in self.enumLabels where !seen.insert(label).inserted {
            throw DevFailed(
                .attributeProperty, "Enumeration for attribute \(self.name) has two similar labels (\(label), \(label))",
                origin: "Attribute::set_enum_labels")
        }
    }
}
