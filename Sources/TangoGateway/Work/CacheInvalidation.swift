import TangoCore

/// The part of the caches that a request made stale.
enum CacheInvalidation: Sendable, Hashable {
    /// Configuration or properties of an attribute.
    case attribute(DeviceReference, String)
    /// Anything of a device, which may have changed its interface.
    case device(DeviceReference)
    /// Any device of the server whose admin device was called.
    case server
    /// Anything in a database.
    case database

    /// What a command may have changed.
    /// - Parameter device: by its own name, not by an alias.
    init(commanding device: DeviceReference, isDatabase: Bool) {
        self = isDatabase ? .database : device.name.tangoFolded.hasPrefix("dserver/") ? .server : .device(device)
    }
}
