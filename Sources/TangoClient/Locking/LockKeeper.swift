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

    /// Whether any lock is held; a cheap check for the calls that fail while none is.
    var isInUse: Bool { self.holdsLocks.load(ordering: .relaxed) }

    private static func key(_ admin: DeviceProxy) -> String { "\(admin.locator)".tangoFolded }

    /// Returns the lock held on a device; `nil` without one.
    func lock(on device: String, admin: DeviceProxy) -> LockTable.Entry? {
        self.servers.withLock { $0[Self.key(admin)]?.table.entries[device.tangoFolded] }
    }

    /// Notes that a device was locked.
    func locked(_ device: String, validity: Int32, admin: DeviceProxy) {
        self.change(admin) { $0.locked(device, validity: validity) }
    }

    /// Notes that a device was unlocked.
    /// - Parameter remaining: how often the server says it is still locked.
    func unlocked(_ device: String, remaining: Int32, admin: DeviceProxy) {
        self.change(admin) { $0.unlocked(device, remaining: remaining) }
    }

    /// Forgets the lock on a device: the connection to its server was lost, and the lock with it.
    /// - Returns: whether there was one, the caller of which does not know yet.
    func connectionLost(device: String, admin: DeviceProxy) -> Bool {
        var wasHeld = false
        self.change(admin) { wasHeld = $0.reportLoss(of: device) }
        return wasHeld
    }

    private func change(_ admin: DeviceProxy, _ body: (inout LockTable) -> Void) {
        let key = Self.key(admin)
        self.servers.withLock { servers in
            var server = servers[key] ?? Server(admin: admin)
            let old = server.table.period
            body(&server.table)
            if server.table.period != old {
                // Locks that are held already may be due before a whole new period is over.
                let isConfirmedFirst = server.task != nil
                server.task?.cancel()
                server.task = server.table.period.map { period in
                    Task { [weak self] in
                        if isConfirmedFirst { await self?.confirm(admin) }
                        while (try? await Task.sleep(for: period)) != nil, let self, !Task.isCancelled { await self.confirm(admin) }
                    }
                }
            }
            servers[key] = server.table.isEmpty ? nil : server
            self.holdsLocks.store(!servers.isEmpty, ordering: .relaxed)
        }
    }

    /// Confirms all locks on devices of a server. Of lost ones the next call that the server refuses tells.
    private func confirm(_ admin: DeviceProxy) async {
        let names = self.servers.withLock { $0[Self.key(admin)]?.table.names ?? [] }
        guard !names.isEmpty else { return }
        do {
            try await admin.command("ReLockDevices", .stringArray(names))
        } catch {
            let ends: Set<ErrorReason> = [.deviceLocked, .deviceNotLocked, .deviceNotExported, .deviceNotFound]
            for failure in error.errors where ends.contains(failure.reason) {
                // The text begins with the device's name in cppTango 9.3.4; a name may be the beginning of another.
                let named = names.filter { failure.description.tangoFolded.contains($0.tangoFolded) }
                guard let name = named.max(by: { $0.utf8.count < $1.utf8.count }) else { continue }
                self.change(admin) { $0.lost(name) }
            }
        }
    }

    /// Releases all locks, at the end of the client.
    func unlockAll() async {
        let servers = self.servers.withLock { servers in
            defer {
                servers = [:]
                self.holdsLocks.store(false, ordering: .relaxed)
            }
            return Array(servers.values)
        }
        await withTaskGroup(of: Void.self) { group in
            for server in servers {
                server.task?.cancel()
                group.addTask {
                    for entry in server.table.entries.values {
                        // A server may count more than this client locked.
                        for _ in 0..<min(entry.count, 1000) {
                            let argument = LongStringArray(longs: [0], strings: [entry.name])
                            guard (try? await server.admin.command("UnLockDevice", .longStringArray(argument))) != nil else { return }
                        }
                    }
                }
            }
        }
    }
}
