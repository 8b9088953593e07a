import Synchronization
import TangoClient
import TangoCore

/// The devices of a server, found in constant time by name, and by alias and locator where a command accepts those.
package final class DeviceDirectory: Sendable {
    /// Which forms of a device's name an admin command accepts beside the name itself, which may have any case (cppTango 9.3.4 and
    /// 10.0.2).
    enum NameForm: Sendable {
        /// An alias: all commands but DevRestart.
        case alias
        /// A locator: DevRestart, with `tango://host:port/` before the name and `#…` behind it, whatever host is named.
        case locator
    }

    private struct State {
        var devices = OrderedTable<DeviceRuntime>()
        var admin: DeviceRuntime?
    }

    private let state = Mutex(State())
    private let database: DatabaseLink?

    /// - Parameter database: knows the aliases; `nil` knows none.
    init(database: DatabaseLink?) {
        self.database = database
    }

    /// The devices in the order of their start, without the admin device.
    package var devices: [DeviceRuntime] { self.state.withLock { $0.devices.members } }

    /// The devices and, at the end, the admin device.
    var all: [DeviceRuntime] { self.state.withLock { state in state.devices.members + (state.admin.map { [$0] } ?? []) } }

    /// The admin device.
    var admin: DeviceRuntime? { self.state.withLock { $0.admin } }

    /// Adds a device; one of the same name is replaced in its place.
    func insert(_ device: DeviceRuntime) {
        self.state.withLock { $0.devices.set(device, for: device.name.folded) }
    }

    /// Adds the admin device.
    func insert(admin: DeviceRuntime) {
        self.state.withLock { $0.admin = admin }
    }

    /// Replaces all devices but the admin device.
    func replaceAll(with devices: [DeviceRuntime]) {
        self.state.withLock { $0.devices = OrderedTable(devices) { $0.name.folded } }
    }

    /// Removes all devices, the admin device included.
    func removeAll() {
        self.state.withLock { $0 = State() }
    }

    /// Returns the device of that name in any case, the admin device included.
    package func device(named name: String) -> DeviceRuntime? {
        self.state.withLock { state in
            if let device = state.devices[name] { return device }
            guard let admin = state.admin, admin.name.folded == name.tangoFolded else { return nil }
            return admin
        }
    }

    /// Returns the device that the argument of an admin command means, the admin device included.
    func device(_ text: String, as form: NameForm) async -> DeviceRuntime? {
        switch form {
        case .locator: return self.device(named: Self.name(ofLocator: text))
        case .alias:
            if let device = self.device(named: text) { return device }
            // An alias has no slash.
            guard let database = self.database?.database, !text.isEmpty, !text.contains("/"),
                let name = try? await database.device(ofAlias: text.tangoFolded)
            else { return nil }
            return self.device(named: name)
        }
    }

    /// The name of the device in a locator, in lower case.
    private static func name(ofLocator text: String) -> String {
        let locator = String(text.prefix { $0 != "#" }).tangoFolded
        guard let scheme = locator.firstRange(of: "://") else { return locator }
        return locator[scheme.upperBound...].split(separator: "/", maxSplits: 1).last.map(String.init) ?? locator
    }
}
