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
    private let factory: DeviceFactory
    private let phase = Mutex(Phase.created)
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
        var options = ClientOptions()
        options.keepsWireTexts = true
        self.system = ControlSystem(host: database ?? configuration.tangoHost, options: options, group: self.group)
        var link: DatabaseLink?
        if let memory = configuration.memory {
            self.source = memory
        } else if let database, let client = try? self.system.database(database) {
            let found = DatabaseLink(
                database: client, serverID: serverID, hostName: hostName,
                loadsDevicesIndividually: configuration.arguments.loadsDevicesIndividually)
            link = found
            self.source = found
        } else if case .file(let path) = configuration.arguments.source {
            self.source = FileSource(path: path, serverID: serverID)
        } else {
            self.source = CommandLineSource(devices: configuration.arguments.namedDevices, classes: classes.map(\.name))
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
        self.factory = DeviceFactory(classes: classes, server: self.context, objectKeys: configuration.objectKeys)
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
        self.phase.withLock { phase in
            switch phase {
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
        self.phase.withLock { $0 = .listening(server, address) }
        self.context.logger.debug("listening", metadata: ["port": "\(address.port)"])
        for own in address.own(hostName: self.context.hostName) { self.localServer.add(hosts: own.hosts, port: own.port) }
        await self.registration?.prepare(self.classes, &data)
        try await self.bringUp(try self.factory.plan(data) + [self.factory.planAdmin(data, of: self)], readsPollingProperties: true)
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
            if plan.keepsMembers, let replaced = plan.replaced { device.interface.adoptAttributes(of: replaced) }
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
            await device.complete(replacing: plan.replaced?.members.digest)
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
        // A start that fails polls nothing.
        if let exportFailure, readsPollingProperties { throw exportFailure }
        for device in devices { await device.pollConfiguration.configure(readsProperties: readsPollingProperties) }
        if let exportFailure { throw exportFailure }
        return failures
    }

    private func resolveForwarded() async {
        let waiting = self.directory.devices.filter(\.members.hasUnresolvedForwarded)
        var hasProgress = !waiting.isEmpty
        while hasProgress {
            hasProgress = false
            for device in waiting where await device.forwarding.resolve() { hasProgress = true }
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
            let plan = self.factory.planRestart(of: old, configuration)
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
        let deadline = NIODeadline.now() + Self.stopLimit
            self.context.logger.info("restarting all devices")
            var data = try await self.load()
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
            try await self.bringUp(
                try self.factory.plan(data, replacing: former), readsPollingProperties: self.context.storage != nil)
        } catch {
            self.context.logger.error("restart failed", metadata: ["error": "\(error)"])
        }
    }

    private func refuseWhileStopping() throws(DevFailed) {
        let isStopping = self.phase.withLock { phase in if case .stopping = phase { true } else { false } }
        guard !isStopping else { throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "DServer") }
    }

    // MARK: - End

    /// Longest wait for a request under way when the server ends.
    private static let stopLimit = TimeAmount.seconds(5)

    /// Ends the server: requests under way finish, devices are released, the database is informed, connections are closed. Only the first
    /// call does so; later ones return at once.
    func stop() async {
        let former = self.phase.withLock { phase -> Phase in
            defer {
                switch phase {
                case .created: phase = .stopping(nil)
                case .listening(_, let address): phase = .stopping(address)
                case .stopping: break
                }
            }
            return phase
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
        // Requests of devices without a gate may still be running.
        await server?.close(within: max(.milliseconds(100), deadline - .now()))
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
