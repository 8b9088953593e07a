import Synchronization
import TangoCore

/// A device to be brought up.
struct PlannedDevice {
    /// The device of the same name whose place it takes.
    var replaced: DeviceRuntime?
    /// Whether it keeps the members that were added to the replaced one at run time: DevRestart.
    var keepsMembers = false
    /// Whether it is the admin device.
    var isAdmin = false
    /// Makes the device.
    let make: () -> DeviceRuntime
}

/// Makes the devices of a server from what its start-up source says.
final class DeviceFactory: Sendable {
    private let classes: [DeviceClass]
    private let server: ServerContext
    /// Well-known object keys, by device name in lower case.
    private let objectKeys: [String: String]
    /// Classes by name in lower case.
    private let runtimes = Mutex<[String: ClassRuntime]>([:])
    private let processGate = Gate()

    init(classes: [DeviceClass], server: ServerContext, objectKeys: [String: String]) {
        self.classes = classes
        self.server = server
        self.objectKeys = objectKeys
    }

    /// Plans the devices that the source names.
    /// - Parameter former: devices of before, by name in lower case: the new ones keep what belongs to the name.
    /// - Throws: `ServerStartError` for a malformed name or a class that is not in this server.
    func plan(_ data: ServerData, replacing former: [String: DeviceRuntime] = [:]) throws(ServerStartError) -> [PlannedDevice] {
        var planned: [PlannedDevice] = []
        for entry in data.devices {
            guard let deviceClass = self.classes.first(where: { $0.name.tangoFolded == entry.deviceClass.tangoFolded }) else {
                throw ServerStartError("API_WrongCmdLineArgs: class \(entry.deviceClass) is not in this server. Exiting")
            }
            let name: DeviceName
            do {
                name = entry.name == DeviceName.unnamed.text ? .unnamed : try DeviceName(entry.name)
            } catch {
                throw ServerStartError("\(error)")
            }
            let old = former[name.folded]
            // Without a database only the device itself knows its properties.
            let configuration = self.server.storage == nil ? old?.configuration ?? entry.configuration : entry.configuration
            planned.append(
                PlannedDevice(replaced: old) {
                    self.makeDevice(name, deviceClass, configuration, persistentState: old?.persistentState ?? PersistentDeviceState())
                })
        }
        return planned
    }

    /// Plans the successor of one device, which keeps its members.
    /// - Parameter configuration: `nil` is that of the device.
    func planRestart(of old: DeviceRuntime, _ configuration: DeviceConfiguration?) -> PlannedDevice {
        PlannedDevice(replaced: old, keepsMembers: true) {
            self.makeDevice(old.name, old.deviceClass, configuration ?? old.configuration, persistentState: old.persistentState)
        }
    }

    /// Plans the admin device.
    func planAdmin(_ data: ServerData, of lifecycle: ServerLifecycle) -> PlannedDevice {
        PlannedDevice(isAdmin: true) {
            var configuration = data.adminConfiguration
            configuration.classProperties = data.classProperties["dserver"] ?? [:]
            let name = DeviceName(admin: self.server.serverID)
            return DeviceRuntime(
                name: name, classRuntime: ClassRuntime(AdminDevice.deviceClass(of: lifecycle)), server: self.server,
                configuration: configuration, gate: Gate(), objectKey: self.objectKeys[name.folded], log: self.server.log.admin)
        }
    }

    /// Forgets what was added to classes at run time, with their last devices (Compatibility 22.3).
    func resetClasses() {
        self.runtimes.withLock { $0 = [:] }
    }

    private func makeDevice(
        _ name: DeviceName, _ deviceClass: DeviceClass, _ configuration: DeviceConfiguration, persistentState: PersistentDeviceState
    ) -> DeviceRuntime {
        let classRuntime = self.classRuntime(deviceClass)
        return DeviceRuntime(
            name: name, classRuntime: classRuntime, server: self.server, configuration: configuration,
            gate: deviceClass.serialModel == .byDevice ? Gate() : classRuntime.gate, objectKey: self.objectKeys[name.folded],
            persistentState: persistentState)
    }

    private func classRuntime(_ deviceClass: DeviceClass) -> ClassRuntime {
        self.runtimes.withLock { runtimes in
            let key = deviceClass.name.tangoFolded
            if let existing = runtimes[key] { return existing }
            let new = ClassRuntime(deviceClass, processGate: self.processGate)
            runtimes[key] = new
            return new
        }
    }
}

extension DeviceName {
    /// Name of a server's admin device; always well-formed since a server's name has one slash.
    init(admin serverID: String) {
        self.init(unchecked: "dserver/\(serverID)")
    }
}
