import TangoCore

/// A device named by a path, as the client wrote it.
struct DeviceReference: Sendable, Hashable {
    var host: TangoHost
    /// `domain/family/member`.
    var name: String
}

/// One member of one device, compared without case.
struct MemberKey: Hashable, Sendable {
    var host: TangoHost
    var device: String
    var member: String

    init(_ device: DeviceReference, _ member: String = "") {
        self.host = device.host.folded
        self.device = device.name.tangoFolded
        self.member = member.tangoFolded
    }
}
