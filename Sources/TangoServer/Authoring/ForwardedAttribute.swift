import TangoCore

/// Declares a forwarded attribute: an attribute of another device, the root, under a name of this device.
///
/// The root is named by the attribute's property `__root_att` in the database, `[tango://host:port/]domain/family/member/attribute`. Type,
/// format, writability, values and configuration are those of the root; only the label belongs to this device. While the root cannot be
/// reached the device does not have the attribute, its state is `ALARM` and its status gives the reason.
public struct ForwardedAttribute<D: Device>: Sendable {
    /// The same for the kernel.
    public private(set) var definition: AttributeDefinition

    /// Declares a forwarded attribute.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class it belongs to; inferred inside `DeviceClass(…) { … }`.
    ///   - label: name shown to people; `nil` is the attribute's name.
    ///   - root: the root of devices for which the database names none.
    public init(_ name: String, of device: D.Type = D.self, label: String? = nil, root: String? = nil) {
        self.definition = .forwarded(name, label: label, root: root)
    }
}

extension ForwardedAttribute: MemberDeclaration {
    /// Returns the attribute with one more rule about when it may be read or written.
    public func restricted(by rule: @escaping AccessCheck) -> ForwardedAttribute {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}

/// Marks a definition as that of a forwarded attribute.
public struct Forwarding: Sendable, Hashable {
    /// The root where the database names none.
    public var defaultRoot: String?

    /// Marks a definition as forwarded.
    public init(defaultRoot: String? = nil) {
        self.defaultRoot = defaultRoot
    }
}

extension AttributeDefinition {
    /// Makes the definition of a forwarded attribute; see `ForwardedAttribute`. Its type is known when its root is found.
    public static func forwarded(_ name: String, label: String? = nil, root: String? = nil) -> AttributeDefinition {
        var definition = AttributeDefinition(name: name, type: .void, properties: [.label: label])
        definition.forwarding = Forwarding(defaultRoot: root)
        return definition
    }
}
