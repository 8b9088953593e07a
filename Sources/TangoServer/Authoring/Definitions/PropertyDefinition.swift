import TangoCore

/// A property of a device or class as wizards show it; `DeviceProperty` and `ClassProperty` are the typed forms.
public struct PropertyDefinition: Sendable, Hashable {
    /// Name in the database; it is compared without regard to case.
    public var name: String
    /// Text shown to people.
    public var description: String
    /// Lines used when the database has none; empty is no default.
    public var defaultValue: [String]
    /// Whether a device without the property is not made; such a device is in `FAULT` and its status names the property.
    public var isMandatory = false

    /// Makes the definition of a property that is not mandatory.
    public init(name: String, description: String = "", defaultValue: [String] = []) {
        self.name = name
        self.description = description
        self.defaultValue = defaultValue
    }
}
