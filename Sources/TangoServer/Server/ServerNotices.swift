import TangoCore

/// What the status of the admin device has to say.
struct ServerNotices: Sendable {
    /// Whether devices are not exported in the database yet.
    var isUnexported = false
    /// Why the last restart of the server failed.
    var restartFailure: DevFailed?
}
