import NIOCore
import TangoCore
import TangoIIOP
import TangoWire

/// Looks a device up as its origin says.
struct DeviceLookUp: ReferenceSource {
    var name: String
    var origin: DeviceOrigin

    func reference(deadline: NIODeadline) async throws -> ObjectReference {
        switch self.origin {
        case .database(let database):
            let imported = try await database.importDevice(self.name, deadline: deadline)
            guard imported.isExported else {
                throw DevFailed(
                    .deviceNotExported, "Device \(self.name) is not exported (hint: try to start the device server)", origin: "DeviceProxy")
            }
            return try ObjectReference(ior: imported.ior, deviceName: self.name)
        case .corbaloc(let host, let objectKey, let alternatives):
            func endpoint(_ host: TangoHost) -> Endpoint { Endpoint(host: host.host, port: host.port, version: .v1_0) }
            var reference = ObjectReference(endpoint: endpoint(host), objectKey: objectKey, version: 0)
            reference.append(alternatives.map(endpoint))
            return reference
        }
    }
}
