import Synchronization
import TangoCore

/// Keeps the locks of a client alive: one task per admin device, for as long as there are locks on devices of its server.
final class LockKeeper: Sendable {
    private struct Server {
        var admin: DeviceProxy
        var table = LockTable()
        var task: Task<Void, Never>?
    }

    private let servers = Mutex<[String: Server]>([:])
    private let holdsLocks = Atomic<Bool>(false)

    /// Whether any lock is held: what nearly all calls look at.
    var isInUse: Bool { self.holdsLocks.load(ordering: .relaxed) }

    private static func key(_ admin: DeviceProxy) -> String { "\(admin.locator)".tangoFolded }

    /// The lock held on a device; `nil` without one.
    func lock(on device: String, admin: DeviceProxy) -> LockTable.Entry? {
        self.servers.withLock { $0[Self.key(admin)]?.table.entries[device.tangoFolded] }
    }

    func locked(_ device: String, validity: Int32, admin: DeviceProxy) {
        self.change(admin) { $0.locked(device, validity: validity) }
    }

    func unlocked(_ device: String, remaining: Int32, admin: DeviceProxy) {
        self.change(admin) { $0.unlocked(device, remaining: remaining) }
    }

    /// The connection to the server of a device was lost, and with it the locks.
    /// - Returns: whether there was one on that device.
    func connectionLost(device: String, admin: DeviceProxy) -> Bool {
        guard self.lock(on: device, admin: admin) != nil else { return false }
        self.change(admin) { $0.lost(device) }
        return true
    }

    private func change(_ admin: DeviceProxy, _ body: (inout LockTable) -> Void) {
        let key = Self.key(admin)
        self.servers.withLock { servers in
            var server = servers[key] ?? Server(admin: admin)
            let old = server.table.period
            body(&server.table)
            if server.table.period != old {
                server.task?.cancel()
                server.task = server.table.period.map { period in
                    Task { [weak self] in
                        while (try? await Task.sleep(for: period)) != nil, let self, !Task.isCancelled { await self.confirm(admin) }
                    }
                }
            }
            servers[key] = server.table.isEmpty ? nil : server
            self.holdsLocks.store(!servers.isEmpty, ordering: .relaxed)
        }
    }

    /// Confirms all locks on devices of that server. Those that are lost are forgotten: the device itself will say so when it is used.
    private func confirm(_ admin: DeviceProxy) async {
        let names = self.servers.withLock { $0[Self.key(admin)]?.table.names ?? [] }
        guard !names.isEmpty else { return }
        do {
            try await admin.command("ReLockDevices", .stringArray(names))
        } catch {
            let ends: Set<ErrorReason> = [.deviceLocked, .deviceNotLocked, .deviceNotExported, .deviceNotFound]
            for failure in error.errors where ends.contains(failure.reason) {
                // The text begins with the name; where a server says it otherwise, the device's own answers tell.
                guard let name = names.first(where: { failure.description.tangoFolded.contains($0.tangoFolded) }) else { continue }
                self.change(admin) { $0.lost(name) }
            }
        }
    }

    /// Gives all locks back, at the end of the client.
    func unlockAll() async {
        let servers = self.servers.withLock { servers in
            defer { servers = [:] }
            return Array(servers.values)
        }
        self.holdsLocks.store(false, ordering: .relaxed)
        await withTaskGroup(of: Void.self) { group in
            for server in servers {
                server.task?.cancel()
                group.addTask {
                    for entry in server.table.entries.values {
                        for _ in 0..<entry.count {
                            let argument = LongStringArray(longs: [0], strings: [entry.name])
                            guard (try? await server.admin.command("UnLockDevice", .longStringArray(argument))) != nil else { return }
                        }
                    }
                }
            }
        }
    }
}
