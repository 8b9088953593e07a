import Logging
package import TangoCore
import TangoIIOP

extension DeviceContext {
    /// A context with no server around it: for tests of a device's code.
    package static func isolated(
        _ name: DeviceName, of deviceClass: DeviceClass, properties: [String: [String]] = [:]
    ) -> DeviceContext {
        var configuration = DeviceConfiguration()
        for (name, values) in properties { configuration.properties[name.tangoFolded] = values }
        let log = ServerLog(
            serverID: "Isolated/test", verbosity: 0, usesDatabase: false, system: nil, fallback: Logger(label: "isolated"))
        let server = ServerContext(
            serverID: "Isolated/test", hostName: "localhost", eventLoops: EventLoops.shared.group, pool: .shared,
            log: log)
        let gate: Gate? = deviceClass.serialModel == .none ? nil : Gate()
        return DeviceContext(
            DeviceRuntime(
                name: name, classRuntime: ClassRuntime(deviceClass), server: server, configuration: configuration, gate: gate))
    }

    /// Gives the context the device it is for, as a server does when it starts one.
    package func attach(_ device: any Device) { self.runtime.attach(device, self) }
}
