import TangoCore

/// A Swift type a property of a device or class may have; in the database it is one or more lines of text.
public protocol PropertyConvertible: Sendable {
    var propertyLines: [String] { get }
    /// `nil` when the lines are no such value.
    static func value(ofProperty lines: [String]) -> Self?
}

/// A Swift type that is one line of text in a property.
public protocol PropertyElement: PropertyConvertible {
    var propertyLine: String { get }
    /// `nil` when the line is no such value.
    static func value(ofProperty line: String) -> Self?
}

extension PropertyElement {
    public var propertyLines: [String] { [self.propertyLine] }
    public static func value(ofProperty lines: [String]) -> Self? {
        lines.count == 1 ? Self.value(ofProperty: lines[0]) : nil
    }
}

extension PropertyElement where Self: LosslessStringConvertible {
    public var propertyLine: String { String(self) }
    public static func value(ofProperty line: String) -> Self? {
        Self(String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
    }
}

extension PropertyElement where Self: RawRepresentable, RawValue == String {
    public var propertyLine: String { self.rawValue }
    public static func value(ofProperty line: String) -> Self? { Self(rawValue: line) }
}

extension Int: PropertyElement {}
extension Int16: PropertyElement {}
extension Int32: PropertyElement {}
extension Int64: PropertyElement {}
extension UInt8: PropertyElement {}
extension UInt16: PropertyElement {}
extension UInt32: PropertyElement {}
extension UInt64: PropertyElement {}
extension Float: PropertyElement {}
extension Double: PropertyElement {}

extension String: PropertyElement {
    public var propertyLine: String { self }
    public static func value(ofProperty line: String) -> String? { line }
    /// Several lines are one text.
    public static func value(ofProperty lines: [String]) -> String? { lines.joined(separator: "\n") }
}

extension Bool: PropertyElement {
    public var propertyLine: String { self ? "true" : "false" }
    /// `true`, `yes`, `on`, `1` and their opposites, in any case.
    public static func value(ofProperty line: String) -> Bool? {
        switch line.tangoFolded {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}

extension DevState: PropertyElement {
    public var propertyLine: String { self.name }
    public static func value(ofProperty line: String) -> DevState? { DevState(name: line) }
}

extension Array: PropertyConvertible where Element: PropertyElement {
    public var propertyLines: [String] { self.map(\.propertyLine) }
    public static func value(ofProperty lines: [String]) -> [Element]? {
        let values = lines.compactMap { line -> Element? in Element.value(ofProperty: line) }
        return values.count == lines.count ? values : nil
    }
}

extension Optional: PropertyConvertible where Wrapped: PropertyConvertible {
    public var propertyLines: [String] { self?.propertyLines ?? [] }
    public static func value(ofProperty lines: [String]) -> Wrapped?? {
        Wrapped.value(ofProperty: lines).map { .some($0) }
    }
}

/// Declares a property of the devices of a class: `static let host = DeviceProperty("Host", String.self, default: "localhost")`, then
/// `try context.property(Self.host)`.
public struct DeviceProperty<Value: PropertyConvertible>: Sendable {
    public let definition: PropertyDefinition
    /// `nil`: the property is mandatory.
    public let defaultValue: Value?

    /// A property that may be missing.
    public init(_ name: String, _ type: Value.Type = Value.self, default value: Value, description: String = "") {
        self.definition = PropertyDefinition(name: name, description: description, defaultValue: value.propertyLines)
        self.defaultValue = value
    }

    /// A mandatory property: a device without it is in FAULT and says so.
    public init(_ name: String, _ type: Value.Type = Value.self, description: String = "") {
        var definition = PropertyDefinition(name: name, description: description)
        definition.isMandatory = true
        self.definition = definition
        self.defaultValue = nil
    }
}

/// Declares a property of a class, the same for all its devices.
public struct ClassProperty<Value: PropertyConvertible>: Sendable {
    public let definition: PropertyDefinition
    public let defaultValue: Value

    public init(_ name: String, _ type: Value.Type = Value.self, default value: Value, description: String = "") {
        self.definition = PropertyDefinition(name: name, description: description, defaultValue: value.propertyLines)
        self.defaultValue = value
    }
}

extension DeviceContext {
    /// The value of a property: of the device, else of its class, else the default.
    /// - Throws: `API_MandatoryPropertyMissing`, `API_WrongPropertyValue` when the text is no such value.
    public func property<Value>(_ property: DeviceProperty<Value>) throws(DevFailed) -> Value {
        let name = property.definition.name
        let configuration = self.runtime.configuration
        if let values = configuration.properties[name.tangoFolded] ?? configuration.classProperties[name.tangoFolded] {
            return try self.value(values, name)
        }
        if let value = property.defaultValue { return value }
        throw Self.missing(name, self.name)
    }

    /// The value of a property of the class, or the default.
    /// - Throws: `API_WrongPropertyValue` when the text is no such value.
    public func property<Value>(_ property: ClassProperty<Value>) throws(DevFailed) -> Value {
        let name = property.definition.name
        guard let values = self.runtime.configuration.classProperties[name.tangoFolded] else { return property.defaultValue }
        return try self.value(values, name)
    }

    /// Changes a property of the device: here, and in the database if there is one.
    /// - Throws: what the database throws.
    public func set<Value>(_ property: DeviceProperty<Value>, to value: Value) async throws(DevFailed) {
        try await self.runtime.putProperties([(name: property.definition.name, values: value.propertyLines)])
    }

    private func value<Value: PropertyConvertible>(_ values: [String], _ name: String) throws(DevFailed) -> Value {
        if let value = Value.value(ofProperty: values) { return value }
        throw DevFailed(
            "API_WrongPropertyValue", "Property \(name) of device \(self.name) is \(values), not a value of type \(Value.self)",
            origin: "DeviceContext")
    }

    private static func missing(_ name: String, _ device: DeviceName) -> DevFailed {
        DevFailed("API_MandatoryPropertyMissing", "Device property \(name) of device \(device) is mandatory", origin: "DeviceContext")
    }

    /// - Throws: `API_MandatoryPropertyMissing`.
    func checkMandatory(_ properties: [PropertyDefinition]) throws(DevFailed) {
        for property in properties where property.isMandatory && self.property(property.name) == nil {
            throw Self.missing(property.name, self.name)
        }
    }
}
