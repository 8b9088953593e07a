/// A key and a value of `DeviceInfo.versions` (IDL `DevInfoVersion`).
public struct VersionInfo: Sendable, Hashable {
    /// What the version is of, such as `cppTango`.
    public var key: String
    /// The version.
    public var value: String

    /// Creates an entry.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// The description of a device and its server (IDL `DevInfo` to `DevInfo_6`).
public struct DeviceInfo: Sendable, Hashable {
    /// Name of the Tango class.
    public var deviceClass: String
    /// `Server/instance`.
    public var serverID: String
    /// Host the server runs on.
    public var serverHost: String
    /// Interface version of the device, 1 to 6.
    public var serverVersion: Int32
    /// Where the class is documented; a text, not always a URL.
    public var documentationURL: String
    /// Type of the device as its server states it; `Uninitialised` when it states none, and before interface 3.
    public var deviceType: String
    /// Versions of the libraries of the server; empty before interface 6.
    public var versions: [VersionInfo]

    /// Creates a description.
    public init(
        deviceClass: String, serverID: String, serverHost: String, serverVersion: Int32, documentationURL: String,
        deviceType: String = "Uninitialised", versions: [VersionInfo] = []
    ) {
        self.deviceClass = deviceClass
        self.serverID = serverID
        self.serverHost = serverHost
        self.serverVersion = serverVersion
        self.documentationURL = documentationURL
        self.deviceType = deviceType
        self.versions = versions
    }
}
