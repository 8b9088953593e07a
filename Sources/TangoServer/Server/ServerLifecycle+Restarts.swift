import NIOCore
import Synchronization
import TangoCore

/// Restarts of devices and of the whole server, and what the admin device's status says of them.
extension ServerLifecycle {
    /// Deletes a device and makes a new one, with properties read anew.
    /// - Parameter text: the device's name or locator.
    /// - Throws: `API_DeviceNotFound`, `API_CommandTimedOut`, `API_ShutdownInProgress`, what the database throws,
    ///   `API_InitThrowsException`.
    func restart(device text: String) async throws(DevFailed) {
        guard await self.gate.acquire(within: self.context.gateTimeout, on: self.group.any()) else { throw DevFailed.gateTimedOut }
        defer { self.gate.release() }
        try self.refuseWhileStopping()
        guard let old = await self.directory.device(text, as: .locator), old !== self.directory.admin else {
            throw DevFailed(.deviceNotFound, "Device \(text) not found", origin: "DServer::dev_restart")
        }
        let failure: DevFailed?
        do {
            // Refuses while the database is away. What counts is read when nothing changes it any more.
            _ = try await self.source.configuration(ofDevice: old.name, deviceClass: old.deviceClass.name)
            guard await old.stop(within: self.context.gateTimeout) else { throw DevFailed.gateTimedOut }
            // What is stored while the properties are read may be missing in them.
            let unstored = old.persistentState.unstoredChanges
            var configuration = try? await self.source.configuration(ofDevice: old.name, deviceClass: old.deviceClass.name)
            configuration?.apply(unstored)
            let plan = self.factory.planRestart(of: old, configuration)
            failure = try await self.bringUp([plan], for: .deviceRestart).first ?? nil
        } catch {
            throw DevFailed(wrapping: error)
        }
        self.context.logger.info("device restarted", metadata: ["device": "\(old.name)"])
        if let failure {
            // The device stays reachable, in FAULT; cppTango loses it.
            throw failure.rethrowing(
                "API_InitThrowsException",
                "init_device() method for device \(old.name) throws DevFailed exception.\nDevice not available any more. Please fix exception reason",
                origin: "DServer::dev_restart")
        }
    }

    /// Deletes all devices and makes those that the source names now; same process, same port. A device that is busy for longer than a
    /// request may wait stays as it is.
    /// - Returns: why nothing was restarted, which the status of the admin device says too; `nil` if the restart was done.
    @discardableResult
    func restartAll() async -> DevFailed? {
        guard await self.gate.acquire(within: .hours(1), on: self.group.any()) else { return .gateTimedOut }
        defer { self.gate.release() }
        let failure = await self.restartDevices()
        self.notices.withLock { $0.restartFailure = failure }
        self.showStatus()
        return failure
    }

    private func restartDevices() async -> DevFailed? {
        do {
            try self.refuseWhileStopping()
            self.context.logger.info("restarting all devices")
            var unstored: [String: [UnstoredChanges.Batch]] = [:]
            for device in self.directory.devices { unstored[device.name.folded] = device.persistentState.unstoredChanges }
            var data = try await self.source.load()
            for index in data.devices.indices {
                data.devices[index].configuration.apply(unstored[data.devices[index].name.tangoFolded] ?? [])
            }
            self.apply(adminProperties: data.adminConfiguration.properties)
            self.context.log.restartAdmin()
            let present = self.directory.devices
            let former = Dictionary(present.map { ($0.name.folded, $0) }, uniquingKeysWith: { $1 })
            // All devices must be of classes of this server before the present ones end.
            _ = try self.factory.plan(data)
            var kept: [DeviceRuntime] = []
            for device in present.reversed() where !(await device.stop(within: self.context.gateTimeout)) { kept.insert(device, at: 0) }
            let names = Set(data.devices.map { $0.name.tangoFolded })
            for device in present where !names.contains(device.name.folded) { self.dispatcher.remove(device) }
            data.devices.removeAll { entry in kept.contains { $0.name.folded == entry.name.tangoFolded } }
            self.directory.replaceAll(with: kept)
            self.factory.resetClasses()
            try await self.bringUp(try self.factory.plan(data, replacing: former), for: .restart)
            return nil
        } catch {
            self.context.logger.error("restart failed", metadata: ["error": "\(error)"])
            return DevFailed(wrapping: error)
        }
    }

    // MARK: - Exports that failed

    private static let exportInterval = Duration.seconds(2)

    /// Exports all devices as soon as the database can be reached.
    func exportLater() {
        guard
            !self.notices.withLock({ notices in
                defer { notices.isUnexported = true }
                return notices.isUnexported
            })
        else { return }
        self.showStatus()
        let task = Task { [weak self] in
            repeat { try? await Task.sleep(for: Self.exportInterval) } while await self?.exportAgain() == true
        }
        self.exporting.withLock { $0 = task }
    }

    /// Ends the attempts to export, so that an ended server is not exported.
    func endExports() async {
        guard let task = self.exporting.withLock({ $0 }) else { return }
        task.cancel()
        await withTimeLimit(.seconds(2)) { await task.value }
    }

    /// Exports the devices without the gate, which nothing may hold as long as a mute database takes.
    /// - Returns: whether that has to be tried again.
    private func exportAgain() async -> Bool {
        guard let registration, let address = self.address, !Task.isCancelled, (try? self.refuseWhileStopping()) != nil else {
            return false
        }
        let devices = self.directory.all
        do {
            try await registration.export(devices, admin: self.directory.admin, at: address)
        } catch {
            return true
        }
        // A restart may have replaced some by now.
        guard self.directory.all.map(ObjectIdentifier.init) == devices.map(ObjectIdentifier.init) else { return true }
        self.notices.withLock { $0.isUnexported = false }
        self.showStatus()
        return false
    }

    /// Shows the state of polling and exports in the status of the admin device.
    func showStatus() {
        var text = "The device is ON\nThe polling is \(self.context.polling.isOn ? "ON" : "OFF")"
        let notices = self.notices.withLock { $0 }
        if notices.isUnexported { text += "\nNot exported in the database yet" }
        if let failure = notices.restartFailure { text += "\nThe last restart failed: \(failure.errors.last?.description ?? "")" }
        self.directory.admin?.stateAndStatus.set(status: text)
    }
}
