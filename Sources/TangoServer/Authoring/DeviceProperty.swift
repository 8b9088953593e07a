import TangoCore

/// Declares a property of the devices of a class: `static let host = DeviceProperty("Host", String.self, default: "localhost")`, which
/// `try context.property(Self.host)` reads.
public struct DeviceProperty<Value: PropertyConvertible>: Sendable {
    /// The same for the kernel.
    public let definition: PropertyDefinition
    /// Value used when the database has none; `nil` for a mandatory property.
    public let defaultValue: Value?

    /// Declares a property with a default value.
    /// - Parameters:
    ///   - name: name in the database; it is compared without regard to case.
    ///   - type: type of the value.
    ///   - value: value used when the database has none.
    ///   - description: text shown to people.
    public init(_ name: String, _ type: Value.Type = Value.self, default value: Value, description: String = "") {
        self.definition = PropertyDefinition(name: name, description: description, defaultValue: value.propertyLines)
        self.defaultValue = value
    }

    /// Declares a mandatory property. A device without it is in `FAULT` and its status names the property.
    /// - Parameters:
    ///   - name: name in the database; it is compared without regard to case.
    ///   - type: type of the value.
    ///   - description: text shown to people.
    public init(_ name: String, _ type: Value.Type = Value.self, description: String = "") {
        var definition = PropertyDefinition(name: name, description: description)
        definition.isMandatory = true
        self.definition = definition
        self.defaultValue = nil
    }
}

/// Declares a property of a class, with one value for all its devices.
public struct ClassProperty<Value: PropertyConvertible>: Sendable {
    /// The same for the kernel.
    public let definition: PropertyDefinition
    /// Value used when the database has none.
    public let defaultValue: Value

    /// Declares a property of the class.
    /// - Parameters:
    ///   - name: name in the database; it is compared without regard to case.
    ///   - type: type of the value.
    ///   - value: value used when the database has none.
    ///   - description: text shown to people.
    public init(_ name: String, _ type: Value.Type = Value.self, default value: Value, description: String = "") {
        self.definition = PropertyDefinition(name: name, description: description, defaultValue: value.propertyLines)
        self.defaultValue = value
    }
}
