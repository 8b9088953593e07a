import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// Which devices a server's devices talk to, as far as their handlers asked the library for proxies: what QuerySubDevice answers.
///
/// One table per server: devices that talk to nobody pay nothing.
final class SubDevices: Sendable {
    private let table = Mutex<[DeviceName: [String]]>([:])

    func record(_ used: String, by device: DeviceName) {
        self.table.withLock { table in
            if table[device]?.contains(used) != true { table[device, default: []].append(used) }
        }
    }

    /// The device begins anew.
    func forget(_ device: DeviceName) {
        _ = self.table.withLock { $0.removeValue(forKey: device) }
    }

    /// `device sub-device`, by the names of the devices, each one's in the order it asked for them (measured).
    var lines: [String] {
        let table = self.table.withLock { $0 }
        return table.sorted { $0.key.folded < $1.key.folded }.flatMap { entry in entry.value.map { "\(entry.key) \($0)" } }
    }
}

/// The server as the handlers of one device see it.
///
/// Holds one reference, so that passing it around costs no allocation.
struct InProcessHandlerTarget: InProcessTarget {
    let runtime: DeviceRuntime

    func serves(_ endpoint: Endpoint) -> Bool { self.runtime.server.localServer?.serves(endpoint) ?? false }

    func address(ofDevice name: String) -> TangoHost? { self.runtime.server.localServer?.address(ofDevice: name) }

    func call(objectKey: String, _ call: DeviceCall) async throws -> DeviceResult {
        guard let server = self.runtime.server.localServer else { throw TransportError.system(SystemException.objectNotExist) }
        return try await server.call(objectKey: objectKey, call)
    }

    func uses(device name: String) { self.runtime.server.subDevices.record(name, by: self.runtime.name) }
}
