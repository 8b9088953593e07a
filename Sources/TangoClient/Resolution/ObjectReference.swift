import TangoCore
import TangoIIOP
import TangoWire

/// Where a device's object is, as an IOR or a corbaloc says, and the interface version it offers.
struct ObjectReference: Sendable, Hashable {
    /// One way to reach the object.
    struct Address: Sendable, Hashable {
        var endpoint: Endpoint
        var objectKey: String
    }

    /// The newest interface this library speaks.
    static let newestVersion = 6
    /// Further addresses of a reference are not tried.
    private static let addressLimit = 16

    /// The address in use, and those that are tried when it cannot be reached; never empty.
    private(set) var addresses: [Address]
    /// Newest interface the object has, 1 to 6; 0 when the reference does not say it.
    var version: Int

    var endpoint: Endpoint { self.addresses[0].endpoint }
    var objectKey: String { self.addresses[0].objectKey }

    init(endpoint: Endpoint, objectKey: String, version: Int) {
        self.addresses = [Address(endpoint: endpoint, objectKey: objectKey)]
        self.version = version
    }

    /// Reads the stringified reference that a database stores; `version` is 0 when its type says none.
    /// - Throws: `API_CorbaException` when it is no reference with an IIOP profile.
    init(ior text: String, deviceName: String) throws(DevFailed) {
        try self.init(IOR(parsing: text), deviceName: deviceName)
    }

    /// Takes all IIOP profiles and their alternate addresses, in the order given.
    /// - Throws: `API_CorbaException` without an IIOP profile.
    init(_ ior: IOR, deviceName: String) throws(DevFailed) {
        var addresses: [Address] = []
        func add(_ host: String, _ port: UInt16, _ profile: IIOPProfile) {
            let address = Address(
                endpoint: Endpoint(host: TangoHost.withoutBrackets(host[...]) ?? host, port: Int(port), version: profile.version),
                objectKey: profile.objectKey)
            if addresses.count < Self.addressLimit, !addresses.contains(address) { addresses.append(address) }
        }
        for case .iiop(let profile) in ior.profiles {
            add(profile.host, profile.port, profile)
            for address in profile.alternateAddresses { add(address.host, address.port, profile) }
        }
        guard !addresses.isEmpty else {
            throw DevFailed(.corbaException, "The reference of \(deviceName) has no IIOP profile", origin: "ObjectReference")
        }
        self.addresses = addresses
        self.version = ior.deviceVersion.map { max(0, min($0, Self.newestVersion)) } ?? 0
    }

    /// Adds addresses that are tried after the others.
    mutating func append(_ endpoints: [Endpoint]) {
        for endpoint in endpoints where self.addresses.count < Self.addressLimit {
            self.addresses.append(Address(endpoint: endpoint, objectKey: self.objectKey))
        }
    }

    /// Makes the next address the one in use.
    mutating func useNextAddress() {
        guard self.addresses.count > 1 else { return }
        self.addresses.append(self.addresses.removeFirst())
    }
}
