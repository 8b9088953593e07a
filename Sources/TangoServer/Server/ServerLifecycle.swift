import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP

/// A started server: brings its devices up, restarts them and ends them.
package final class ServerLifecycle: Sendable {
    private enum Phase {
        case created
        case listening(IIOPServer, ServerAddress)
        case stopping(ServerAddress?)
    }

    private struct State {
        var phase = Phase.created
        /// By name in lower case.
        var classes: [String: ClassRuntime] = [:]
        let processGate = Gate()
    }

    /// A device to be brought up.
    private struct PlannedDevice {
        /// The device of the same name whose place it takes.
        var replaced: DeviceRuntime?
        /// Whether it keeps the members that were added to the replaced one at run time: DevRestart.
        var keepsMembers = false
        var isAdmin = false
        let make: () -> DeviceRuntime
    }

    let classes: [DeviceClass]
    /// What the devices share.
    package let context: ServerContext
    /// The devices.
    package let directory: DeviceDirectory
    private let configuration: DeviceServer.Configuration
    private let source: any StartUpSource
    private let registration: ServerRegistration?
    private let group: MultiThreadedEventLoopGroup
    private let system: ControlSystem
    private let dispatcher = RequestDispatcher()
    private let localServer: InProcessServer
    private let state = Mutex(State())
    /// Held while devices are made or ended: start, restarts and end of the server never overlap.
    private let gate = Gate()
    private let onKill: @Sendable () -> Void

    /// Makes the server's threads and its client; `start` does the rest.
    /// - Parameter onKill: called by the Kill command.
    /// - Throws: `ServerStartError` when the address of the database is missing or malformed.
    init(
        classes: [DeviceClass], _ configuration: DeviceServer.Configuration, onKill: @escaping @Sendable () -> Void
    ) throws(ServerStartError) {
        self.classes = classes
        self.configuration = configuration
        self.onKill = onKill
        let serverID = configuration.serverID
        let hostName = ProcessInfo.processInfo.hostName
        let database = try Self.databaseHost(configuration)
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoopThreads))
        self.system = ControlSystem(host: database ?? configuration.tangoHost, options: ClientOptions(), group: self.group)
        var link: DatabaseLink?
        if let memory = configuration.memory {
            self.source = memory
        } else if let database, let client = try? self.system.database(database) {
            let found = DatabaseLink(
                database: client, serverID: serverID, hostName: hostName,
                asksDeviceByDevice: configuration.arguments.asksDeviceByDevice)
            link = found
            self.source = found
        } else if case .file(let path) = configuration.arguments.source {
            self.source = FileSource(path: path, serverID: serverID)
        } else {
            self.source = CommandLineSource(devices: configuration.arguments.namedDevices, defaultClass: classes.last?.name)
        }
        self.registration = link.map { [system] in ServerRegistration(link: $0, connections: system.connections) }
        self.directory = DeviceDirectory(database: link)
        self.localServer = InProcessServer(self.dispatcher)
        var fallback = configuration.logger ?? Logger(label: "tango.server")
        if configuration.logger == nil { fallback.logLevel = .warning }
        let log = ServerLog(
            serverID: serverID, verbosity: configuration.arguments.verbosity, usesDatabase: self.source.storage != nil,
            system: self.system, fallback: fallback)
        self.context = ServerContext(
            serverID: serverID, hostName: hostName, eventLoops: self.group,
            pool: BlockingPool(maximumThreads: configuration.poolThreads),
            gateTimeout: .nanoseconds(configuration.gateTimeout.nanoseconds), log: log, storage: self.source.storage,
            controlSystem: self.system, localServer: self.localServer)
    }

    /// The address of the database; `nil` for a server without one.
    private static func databaseHost(_ configuration: DeviceServer.Configuration) throws(ServerStartError) -> TangoHost? {
        guard configuration.arguments.source == .database, configuration.memory == nil else { return nil }
        if let host = configuration.tangoHost { return host }
        do {
            return try TangoEnvironment.tangoHosts().first
        } catch {
            throw ServerStartError(
                TangoEnvironment.value("TANGO_HOST") == nil
                    ? "Can't build connection to TANGO database server, exiting" : error.reasonDescription)
        }
    }

    /// Where the server listens; `nil` before.
    package var address: ServerAddress? {
        self.state.withLock { state in
            switch state.phase {
            case .created: nil
            case .listening(_, let address): address
            case .stopping(let address): address
            }
        }
    }

    /// Logs of all devices, of the admin device last.
    var logs: [DeviceLog] { self.directory.all.map(\.log) }

    /// Ends the server: what Kill does, which is answered at once.
    func kill() { self.onKill() }

    // MARK: - Start

    /// Reads the devices and their properties, listens, and brings up the devices and the admin device.
    /// - Throws: `ServerStartError`.
    func start() async throws {
        _ = await self.gate.acquire(within: .hours(1), on: self.group.any())
        defer { self.gate.release() }
        try DeclarationCheck.check(self.classes)
        var data = try await self.load()
        try await self.registration?.refuseSecondInstance(data)
        self.context.controlSystemSettings.apply(data.controlSystemProperties)
        self.apply(adminProperties: data.adminConfiguration.properties)
        self.context.log.beginAdmin(data.adminConfiguration.properties)
        let (server, address) = try await ServerAddress.listen(
            self.configuration.arguments, group: self.group, dispatcher: self.dispatcher)
        self.state.withLock { $0.phase = .listening(server, address) }
        self.context.logger.debug("listening", metadata: ["port": "\(address.port)"])
        for own in address.own(hostName: self.context.hostName) { self.localServer.add(hosts: own.hosts, port: own.port) }
        await self.registration?.prepare(self.classes, &data)
        try await self.bringUp(try self.plan(data) + [self.planAdmin(data)], readsPollingProperties: true)
        self.localServer.started()
    }

    private func load() async throws -> ServerData {
        do {
            return try await self.source.load()
        } catch let error as ServerStartError {
            throw error
        } catch  where self.registration != nil {
            self.context.logger.error("database not reachable", metadata: ["error": "\(error)"])
            throw ServerStartError("Can't build connection to TANGO database server, exiting\n\(error)")
        }
    }

    /// Applies the properties of the admin device that concern the whole server.
    private func apply(adminProperties properties: [String: [String]]) {
        self.context.log.configure(properties)
        self.context.polling.apply(properties)
    }

    // MARK: - Bringing devices up

    /// Brings devices up, in the one order for start, DevRestart and RestartServer: each device is made, keeps what it shall keep of the
    /// one it replaces, and is reachable; then memorized values are written, forwarded attributes found, the devices exported, the admin
    /// device last, and polled.
    /// - Returns: for each device, why its initialization failed.
    /// - Throws: `ServerStartError` when the database does not take a device; the devices are up nevertheless.
    @discardableResult
    private func bringUp(_ planned: [PlannedDevice], readsPollingProperties: Bool) async throws -> [DevFailed?] {
        var failures: [DevFailed?] = []
        var devices: [DeviceRuntime] = []
        var admin: DeviceRuntime?
        for plan in planned {
            let device = plan.make()
            failures.append(await device.start())
            if plan.keepsMembers, let replaced = plan.replaced { device.takeMembers(from: replaced) }
            if plan.isAdmin {
                admin = device
                self.directory.insert(admin: device)
            } else {
                self.directory.insert(device)
            }
            self.dispatcher.insert(device)
            devices.append(device)
        }
        for (device, plan) in zip(devices, planned) {
            await device.complete(replacing: plan.replaced?.interfaceDigest)
            // DevRestart: any configuration may have changed (Compatibility 4.4).
            if plan.keepsMembers, self.context.changes.hasObservers {
                for attribute in device.allAttributes { self.context.changes.send(device.name, .attributeConfig(attribute.config)) }
            }
        }
        // Roots may be forwarded attributes of devices that were made later.
        if devices.count > 1 { await self.resolveForwarded() }
        try self.refuseWhileStopping()
        var exportFailure: (any Error)?
        if let registration, let address = self.address {
            do {
                try await registration.export(devices, admin: admin, at: address)
            } catch {
                exportFailure = error
            }
        }
        for device in devices { await device.configurePolling(readsProperties: readsPollingProperties) }
        if let exportFailure { throw exportFailure }
        return failures
    }

    private func resolveForwarded() async {
        let waiting = self.directory.devices.filter(\.hasOpenRoots)
        var hasProgress = !waiting.isEmpty
        while hasProgress {
            hasProgress = false
            for device in waiting where await device.resolveForwarded() { hasProgress = true }
        }
    }

    /// The devices that the source names.
    /// - Parameter former: devices of before, by name in lower case: the new ones keep what belongs to the name.
    /// - Throws: `ServerStartError` for a malformed name or a class that is not in this server.
    private func plan(_ data: ServerData, replacing former: [String: DeviceRuntime] = [:]) throws(ServerStartError) -> [PlannedDevice] {
        var planned: [PlannedDevice] = []
        for entry in data.devices {
            guard let deviceClass = self.classes.first(where: { $0.name.tangoFolded == entry.deviceClass.tangoFolded }) else {
                throw ServerStartError("API_WrongCmdLineArgs: class \(entry.deviceClass) is not in this server. Exiting")
            }
            let name: DeviceName
            do {
                name = try DeviceName(entry.name)
            } catch {
                throw ServerStartError("\(error)")
            }
            let old = former[name.folded]
            // Without a database only the device itself knows its properties.
            let configuration = self.context.storage == nil ? old?.configuration ?? entry.configuration : entry.configuration
            planned.append(
                PlannedDevice(replaced: old) {
                    self.makeDevice(name, deviceClass, configuration, persistentState: old?.persistentState ?? PersistentDeviceState())
                })
        }
        return planned
    }

    private func planAdmin(_ data: ServerData) -> PlannedDevice {
        PlannedDevice(isAdmin: true) {
            var configuration = data.adminConfiguration
            configuration.classProperties = data.classProperties["dserver"] ?? [:]
            let name = DeviceName(admin: self.context.serverID)
            return DeviceRuntime(
                name: name, classRuntime: ClassRuntime(AdminDevice.deviceClass(of: self)), server: self.context,
                configuration: configuration, gate: Gate(), objectKey: self.configuration.objectKeys[name.folded],
                log: self.context.log.admin)
        }
    }

    private func makeDevice(
        _ name: DeviceName, _ deviceClass: DeviceClass, _ configuration: DeviceConfiguration, persistentState: PersistentDeviceState
    ) -> DeviceRuntime {
        let classRuntime = self.classRuntime(deviceClass)
        return DeviceRuntime(
            name: name, classRuntime: classRuntime, server: self.context, configuration: configuration,
            gate: deviceClass.serialModel == .byDevice ? Gate() : classRuntime.gate,
            objectKey: self.configuration.objectKeys[name.folded], persistentState: persistentState)
    }

    private func classRuntime(_ deviceClass: DeviceClass) -> ClassRuntime {
        self.state.withLock { state in
            let key = deviceClass.name.tangoFolded
            if let existing = state.classes[key] { return existing }
            let new = ClassRuntime(deviceClass, processGate: state.processGate)
            state.classes[key] = new
            return new
        }
    }

    // MARK: - Restarts

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
            let configuration = try await self.source.configuration(ofDevice: old.name, deviceClass: old.deviceClass.name)
            guard await old.stop(within: self.context.gateTimeout) else { throw DevFailed.gateTimedOut }
            let plan = PlannedDevice(replaced: old, keepsMembers: true) {
                self.makeDevice(old.name, old.deviceClass, configuration ?? old.configuration, persistentState: old.persistentState)
            }
            failure = try await self.bringUp([plan], readsPollingProperties: false).first ?? nil
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
    func restartAll() async {
        guard await self.gate.acquire(within: .hours(1), on: self.group.any()) else { return }
        defer { self.gate.release() }
        do {
            try self.refuseWhileStopping()
            self.context.logger.info("restarting all devices")
            var data = try await self.load()
            self.apply(adminProperties: data.adminConfiguration.properties)
            self.context.log.restartAdmin()
            let present = self.directory.devices
            let former = Dictionary(present.map { ($0.name.folded, $0) }, uniquingKeysWith: { $1 })
            // All devices must be of classes of this server before the present ones end.
            _ = try self.plan(data)
            var kept: [DeviceRuntime] = []
            for device in present.reversed() where !(await device.stop(within: self.context.gateTimeout)) { kept.insert(device, at: 0) }
            let names = Set(data.devices.map { $0.name.tangoFolded })
            for device in present where !names.contains(device.name.folded) { self.dispatcher.remove(device) }
            data.devices.removeAll { entry in kept.contains { $0.name.folded == entry.name.tangoFolded } }
            self.directory.replaceAll(with: kept)
            // What was added to classes at run time is gone with the devices (Compatibility 22.3).
            self.state.withLock { $0.classes = [:] }
            try await self.bringUp(
                try self.plan(data, replacing: former), readsPollingProperties: self.context.storage != nil)
        } catch {
            self.context.logger.error("restart failed", metadata: ["error": "\(error)"])
        }
    }

    private func refuseWhileStopping() throws(DevFailed) {
        let isStopping = self.state.withLock { state in if case .stopping = state.phase { true } else { false } }
        guard !isStopping else { throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "DServer") }
    }

    // MARK: - End

    /// Longest wait for a request under way when the server ends.
    private static let stopLimit = TimeAmount.seconds(5)

    /// Ends the server: requests under way finish, devices are released, the database is informed, connections are closed. Only the first
    /// call does so; later ones return at once.
    func stop() async {
        let former = self.state.withLock { state -> Phase in
            defer {
                switch state.phase {
                case .created: state.phase = .stopping(nil)
                case .listening(_, let address): state.phase = .stopping(address)
                case .stopping: break
                }
            }
            return state.phase
        }
        let server: IIOPServer?
        switch former {
        case .stopping: return
        case .created: server = nil
        case .listening(let listening, _): server = listening
        }
        self.context.polling.shutDown()
        let isAlone = await self.gate.acquire(within: Self.stopLimit, on: self.group.any())
        defer { if isAlone { self.gate.release() } }
        if server != nil { await self.registration?.unexport() }
        await self.endDevices()
        await withTimeLimit(.seconds(2)) { [context] in await context.log.end() }
        await server?.close()
        await self.system.shutdown()
        await withTimeLimit(.seconds(1)) { [context, group] in
            await context.pool.shutdown()
            try? await group.shutdownGracefully()
        }
    }

    private func endDevices() async {
        let ending = self.directory.devices.reversed() + (self.directory.admin.map { [$0] } ?? [])
        for device in ending { self.dispatcher.remove(device) }
        await withTaskGroup(of: Void.self) { group in
            for device in ending {
                group.addTask {
                    guard await device.stop(within: Self.stopLimit) else {
                        self.context.logger.warning("still busy, not waited for any longer", metadata: ["device": "\(device.name)"])
                        return
                    }
                }
            }
        }
        self.directory.removeAll()
    }
}

extension DeviceName {
    /// Name of a server's admin device; always well-formed since a server's name has one slash.
    init(admin serverID: String) {
        self.init(unchecked: "dserver/\(serverID)")
    }
}
