import TangoClient
import TangoCore

/// Locks of the root devices of a device's forwarded attributes: they follow the lock of the device.
struct ForwardedLocks: Sendable {
    let runtime: DeviceRuntime

    /// Whether the device has forwarded attributes, so that its lock concerns other devices.
    var areNeeded: Bool { self.runtime.members.hasForwarded }

    /// The root devices, once each.
    private var rootDevices: [DeviceProxy] {
        var proxies: [String: DeviceProxy] = [:]
        for root in self.runtime.members.resolvedForwarded.compactMap(\.root) { proxies[root.device] = root.proxy }
        return proxies.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Locks the root devices in the name of this server; all or none.
    /// - Throws: `API_DeviceLocked` when another client holds one of them.
    func lock(for validity: Int32) async throws(DevFailed) {
        var locked: [DeviceProxy] = []
        for proxy in self.rootDevices {
            do throws(DevFailed) {
                try await Self.lock(proxy, for: validity)
                locked.append(proxy)
            } catch {
                for proxy in locked { await Self.unlock(proxy) }
                throw error
            }
        }
    }

    private static func lock(_ proxy: DeviceProxy, for validity: Int32) async throws(DevFailed) {
        let admin = try await proxy.adminDevice()
        do {
            try await admin.command("LockDevice", .longStringArray(LongStringArray(longs: [validity], strings: [proxy.name])))
        } catch {
            throw error.rethrowing(
                "API_CommandFailed", "Failed to execute command_inout on device \(admin.name.tangoFolded), command LockDevice",
                origin: "Connection::command_inout")
        }
    }

    /// Renews the locks of the root devices; errors are ignored.
    func relock() async {
        for proxy in self.rootDevices {
            _ = try? await proxy.adminDevice().command("ReLockDevices", .stringArray([proxy.name]))
        }
    }

    /// Unlocks the root devices; errors are ignored.
    func unlock() async {
        for proxy in self.rootDevices { await Self.unlock(proxy) }
    }

    private static func unlock(_ proxy: DeviceProxy) async {
        let argument = LongStringArray(longs: [0], strings: [proxy.name])
        _ = try? await proxy.adminDevice().command("UnLockDevice", .longStringArray(argument))
    }
}
