package import TangoCore

/// What a user may do on a device.
package enum AccessRight: Sendable {
    case write
    /// Reading, and the commands that the device's class allows to all users; with the reason when the access service did not answer.
    case read(because: DevFailed?)
}

/// A user a program acts for.
package struct AccessCaller: Sendable, Hashable {
    /// Name of a user who is not logged in.
    package static let anonymous = "anonymous"

    /// Login name.
    package var user: String
    /// Address as text.
    package var address: String

    package init(user: String, address: String) {
        self.user = user
        self.address = address
    }
}
