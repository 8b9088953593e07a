import TangoCore

/// Texts of an attribute's configuration that the class's code gives ("user defaults" in Tango).
///
/// Written as a literal: `[.label: "Current", .unit: "A", .maxAlarm: "9"]`. A setting without a text, or with `nil`, has the library's
/// default. Texts in the database take precedence over these.
public struct AttributeDefaults: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// Only what is given: thousands of attributes have nothing.
    private var texts: [AttributeSetting: String] = [:]

    var isEmpty: Bool { self.texts.isEmpty }

    /// Creates defaults that are all the library's.
    public init() {}

    /// Creates defaults from settings and their texts.
    public init(dictionaryLiteral elements: (AttributeSetting, String?)...) {
        for (setting, text) in elements { self.texts[setting] = text }
    }

    /// Returns the defaults with each text changed.
    func mapTexts(_ change: (String) -> String) -> AttributeDefaults {
        guard !self.texts.values.allSatisfy(\.isASCII) else { return self }
        var copy = self
        copy.texts = self.texts.mapValues(change)
        return copy
    }

    /// The text of a setting; `nil` is the library's default.
    public subscript(setting: AttributeSetting) -> String? {
        get { self.texts[setting] }
        set { self.texts[setting] = newValue }
    }
}
