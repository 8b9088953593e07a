import TangoCore

/// How a device is found.
enum DeviceOrigin: Sendable {
    /// By its name in a database.
    case database(DatabaseClient)
    /// At an address, without a database. A database itself may have further addresses.
    case corbaloc(TangoHost, objectKey: String, alternatives: [TangoHost] = [])
}
