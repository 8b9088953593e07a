import TangoCore

/// The definition of a command as the devices of a class share it, or as one device has it.
final class ClassCommand: Sendable {
    let value: CommandDefinition
    let role: MemberRole
    /// Whether it was added to one device: those come last in lists.
    let isDeviceLevel: Bool
    /// Hash of the parts of the definition that clients see.
    let signature: Int

    init(_ value: CommandDefinition, role: MemberRole = .ordinary, isDeviceLevel: Bool = false) {
        self.value = value
        self.role = role
        self.isDeviceLevel = isDeviceLevel
        self.signature = value.info.hashValue
    }
}
