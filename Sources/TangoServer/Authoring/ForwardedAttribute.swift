import TangoCore

/// Declares a forwarded attribute: an attribute of another device, the root, under a name of this device.
///
/// `ForwardedAttribute("Current")`. Which one it is says the property `__root_att` of the attribute in the database:
/// `[tango://host:port/]domain/family/member/attribute`. Type, format, writability, values and configuration are those of the root; only
/// the label belongs to this device. While the root cannot be had the device is in ALARM, says why in its status, and does not have the
/// attribute.
public struct ForwardedAttribute<D: Device>: Sendable {
    /// What the kernel takes.
    public private(set) var definition: AttributeDefinition

    /// - Parameters:
    ///   - device: the class it belongs to; known inside of `DeviceClass(…) { … }`.
    ///   - label: name shown to people; the attribute's name when it is `nil`.
    ///   - root: the root for devices whose database entry does not name one; values in the database go before it.
    public init(_ name: String, of device: D.Type = D.self, label: String? = nil, root: String? = nil) {
        self.definition = .forwarded(name, label: label, root: root)
    }
}

extension ForwardedAttribute: MemberDeclaration {
    public func restricted(by rule: @escaping AccessCheck) -> ForwardedAttribute {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}

extension MemberBuilder {
    public static func buildExpression(_ attribute: ForwardedAttribute<D>) -> [Member] { [.attribute(attribute.definition)] }
}

extension DeviceContext {
    /// Adds a forwarded attribute; it appears as soon as its root is found.
    /// - Throws: `API_AttrNotFound` when another attribute has that name.
    public func addAttribute<D: Device>(_ attribute: ForwardedAttribute<D>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addAttribute(attribute.definition, to: scope)
    }
}

/// What makes a definition that of a forwarded attribute.
public struct Forwarding: Sendable, Hashable {
    /// The root where the database does not name one.
    public var defaultRoot: String?

    public init(defaultRoot: String? = nil) {
        self.defaultRoot = defaultRoot
    }
}

extension AttributeDefinition {
    /// A forwarded attribute; see `ForwardedAttribute`. Its type is known when its root is found.
    public static func forwarded(_ name: String, label: String? = nil, root: String? = nil) -> AttributeDefinition {
        var definition = AttributeDefinition(name: name, type: .void, properties: AttributeProperties(label: label))
        definition.forwarding = Forwarding(defaultRoot: root)
        return definition
    }
}
