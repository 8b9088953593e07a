import TangoCore

/// Answer of `DbImportDevice`: where a device is.
public struct DatabaseImport: Sendable, Hashable {
    /// Name as the database spells it.
    public var name: String
    /// Whether its server runs, as far as the database knows.
    public var isExported: Bool
    /// Process id of its server.
    public var pid: Int32
    /// Object reference, as text.
    public var ior: String
    /// Interface version, as text.
    public var version: String
    /// `Executable/instance`.
    public var server: String
    /// Host of its server.
    public var host: String
    /// Class of the device.
    public var deviceClass: String
}

/// Answer of `DbGetDeviceInfo`.
public struct DatabaseDeviceInfo: Sendable, Hashable {
    /// Name as the database spells it.
    public var name: String
    /// Whether its server runs, as far as the database knows.
    public var isExported: Bool
    /// Object reference, as text.
    public var ior: String
    /// Interface version, as text.
    public var version: String
    /// Process id of its server.
    public var pid: Int32
    /// `Executable/instance`.
    public var server: String
    /// Host its server runs on, or ran on last.
    public var host: String
    /// Class of the device.
    public var deviceClass: String
    /// Last start, as the database formats it; "?" when never.
    public var started: String
    /// Last stop, as the database formats it; "?" when never.
    public var stopped: String

    /// An answer with these values.
    public init(
        name: String, isExported: Bool, ior: String, version: String, pid: Int32, server: String, host: String, deviceClass: String,
        started: String, stopped: String
    ) {
        self.name = name
        self.isExported = isExported
        self.ior = ior
        self.version = version
        self.pid = pid
        self.server = server
        self.host = host
        self.deviceClass = deviceClass
        self.started = started
        self.stopped = stopped
    }
}
