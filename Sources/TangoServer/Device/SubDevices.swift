import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// The devices that a server's devices use, as far as their handlers got proxies from the library: the result of QuerySubDevice.
///
/// One table per server: devices that use no others cost nothing.
final class SubDevices: Sendable {
    private let table = Mutex<[DeviceName: [String]]>([:])

    /// Records that a device uses another one.
    func record(_ used: String, by device: DeviceName) {
        self.table.withLock { table in
            if table[device]?.contains(used) != true { table[device, default: []].append(used) }
        }
    }

    /// Removes the entries of a device that is initialized anew or has ended.
    func forget(_ device: DeviceName) {
        _ = self.table.withLock { $0.removeValue(forKey: device) }
    }

    /// Lines of the form `device sub-device`, sorted by device; each device's in the order of first use, as in cppTango 9.3.4.
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
