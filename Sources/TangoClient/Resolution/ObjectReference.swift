import TangoCore
import TangoIIOP
import TangoWire

/// Where a device's object is: what an IOR or a corbaloc says, and the interface version it offers.
struct ObjectReference: Sendable, Hashable {
    var endpoint: Endpoint
    var objectKey: String
    /// Newest interface the object has, 1 to 6.
    var version: Int

    /// The newest interface this library speaks.
    static let newestVersion = 6

    init(endpoint: Endpoint, objectKey: String, version: Int) {
        self.endpoint = endpoint
        self.objectKey = objectKey
        self.version = version
    }

    /// From a stringified reference as the database stores it; `version` 0 when its type tells none.
    init(ior text: String, deviceName: String) throws(DevFailed) {
        guard let profile = try IOR(parsing: text).iiopProfile else {
            throw DevFailed(.corbaException, "The reference of \(deviceName) has no IIOP profile", origin: "ObjectReference")
        }
        self.init(
            endpoint: Endpoint(host: profile.host, port: Int(profile.port), version: profile.version), objectKey: profile.objectKey,
            version: try IOR(parsing: text).deviceVersion.map { min($0, Self.newestVersion) } ?? 0)
    }
}
