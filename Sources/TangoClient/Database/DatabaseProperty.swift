import TangoCore

/// A property as a database knows it.
public struct DatabaseProperty: Sendable, Hashable {
    /// Name as the database spells it.
    public var name: String
    /// Its values; `nil` when the property is not defined.
    public var values: [String]?

    /// A property with these values.
    public init(name: String, values: [String]?) {
        self.name = name
        self.values = values
    }
}

/// The properties of one attribute as a database knows them.
package struct DatabaseAttribute: Sendable, Hashable {
    package var name: String
    /// Defined properties only.
    package var properties: [DatabaseProperty]
}
