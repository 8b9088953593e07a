public import TangoCore

/// A Swift type that a property of a device or class may have. In the database a property is one or more lines of text.
public protocol PropertyConvertible: Sendable {
    /// The value as lines of text.
    var propertyLines: [String] { get }
    /// Returns the value of lines of text; `nil` when they are not a value of the type.
    static func value(ofProperty lines: [String]) -> Self?
}

/// A Swift type that is one line of text in a property.
public protocol PropertyElement: PropertyConvertible {
    /// The value as a line of text.
    var propertyLine: String { get }
    /// Returns the value of a line of text; `nil` when it is not a value of the type.
    static func value(ofProperty line: String) -> Self?
}

extension PropertyElement {
    /// The value as lines of text.
    public var propertyLines: [String] { [self.propertyLine] }
    /// Returns the value of lines of text; `nil` when they are not a value of the type.
    public static func value(ofProperty lines: [String]) -> Self? {
        lines.count == 1 ? Self.value(ofProperty: lines[0]) : nil
    }
}

extension PropertyElement where Self: LosslessStringConvertible {
    /// The value as a line of text.
    public var propertyLine: String { String(self) }
    /// Returns the value of a line of text; `nil` when it is not a value of the type.
    public static func value(ofProperty line: String) -> Self? {
        Self(String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
    }
}

extension PropertyElement where Self: RawRepresentable, RawValue == String {
    /// The value as a line of text.
    public var propertyLine: String { self.rawValue }
    /// Returns the value of a line of text; `nil` when it is not a value of the type.
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
    /// The value as a line of text.
    public var propertyLine: String { self }
    /// Returns the value of a line of text; `nil` when it is not a value of the type.
    public static func value(ofProperty line: String) -> String? { line }
    /// Joins several lines to one text.
    public static func value(ofProperty lines: [String]) -> String? { lines.joined(separator: "\n") }
}

extension Bool: PropertyElement {
    /// The value as a line of text.
    public var propertyLine: String { self ? "true" : "false" }
    /// Reads `true`, `yes`, `on`, `1` and their opposites, in any case.
    public static func value(ofProperty line: String) -> Bool? {
        switch line.tangoFolded {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}

extension DevState: PropertyElement {
    /// The value as a line of text.
    public var propertyLine: String { self.name }
    /// Returns the value of a line of text; `nil` when it is not a value of the type.
    public static func value(ofProperty line: String) -> DevState? { DevState(name: line) }
}

extension Array: PropertyConvertible where Element: PropertyElement {
    /// The value as lines of text.
    public var propertyLines: [String] { self.map(\.propertyLine) }
    /// Returns the value of lines of text; `nil` when they are not a value of the type.
    public static func value(ofProperty lines: [String]) -> [Element]? {
        let values = lines.compactMap { line -> Element? in Element.value(ofProperty: line) }
        return values.count == lines.count ? values : nil
    }
}

extension Optional: PropertyConvertible where Wrapped: PropertyConvertible {
    /// The value as lines of text.
    public var propertyLines: [String] { self?.propertyLines ?? [] }
    /// Returns the value of lines of text; `nil` when they are not a value of the type.
    public static func value(ofProperty lines: [String]) -> Wrapped?? {
        Wrapped.value(ofProperty: lines).map { .some($0) }
    }
}
