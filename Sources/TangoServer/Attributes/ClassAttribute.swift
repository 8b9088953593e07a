import TangoCore

/// The definition of an attribute as the devices of a class share it, or as one device has it.
final class ClassAttribute: Sendable {
    let value: AttributeDefinition
    let role: MemberRole
    /// Whether it was added to one device and not to the class.
    let isDeviceLevel: Bool
    /// Hash of the parts of the definition that clients see.
    let signature: Int
    /// The root of a forwarded attribute; `nil` for all others.
    let root: ForwardedRoot?

    init(_ value: AttributeDefinition, role: MemberRole = .ordinary, isDeviceLevel: Bool = false, root: ForwardedRoot? = nil) {
        self.value = value
        self.role = role
        self.isDeviceLevel = isDeviceLevel
        self.root = root
        self.signature = value.signature
    }
}
