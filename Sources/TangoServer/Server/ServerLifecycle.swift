import Foundation
import Logging
import NIOCore
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
    let source: any StartUpSource
    let registration: ServerRegistration?
    private let eventLoops: EventLoops
    var group: any EventLoopGroup { self.eventLoops.group }
    private let system: ControlSystem
    let dispatcher = RequestDispatcher()
    private let localServer: InProcessServer
    let factory: DeviceFactory
    private let phase = Mutex(Phase.created)
    let notices = Mutex(ServerNotices())
    private let heartbeats = Mutex<Task<Void, Never>?>(nil)
    /// Exports again what could not be exported.
    let exporting = Mutex<Task<Void, Never>?>(nil)
    /// Held while devices are made or ended: start, restarts and end of the server never overlap.
    let gate = Gate()
    private let onKill: @Sendable () -> Void

    /// Makes the server's client; `start` does the rest.
    /// - Parameter eventLoops: they run already.
    /// - Parameter onKill: called by the Kill command.
    /// - Throws: `ServerStartError` when the address of the database is missing or malformed.
    init(
        classes: [DeviceClass], _ configuration: DeviceServer.Configuration, eventLoops: EventLoops, onKill: @escaping @Sendable () -> Void
    ) throws(ServerStartError) {
        self.classes = classes
        self.configuration = configuration
        self.onKill = onKill
        let serverID = configuration.serverID
        let hostName = ProcessInfo.processInfo.hostName
        let database = try Self.databaseHost(configuration)
        self.eventLoops = eventLoops
        var options = ClientOptions()
        options.keepsWireTexts = true
        self.system = ControlSystem(host: database ?? configuration.tangoHost, options: options, eventLoops: eventLoops)
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
            serverID: serverID, hostName: hostName, eventLoops: eventLoops.group,
            pool: BlockingPool(maximumThreads: configuration.poolThreads),
            gateTimeout: .nanoseconds(configuration.gateTimeout.nanoseconds), log: log, storage: self.source.storage,
            controlSystem: self.system, localServer: self.localServer, transport: configuration.eventTransport)
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
        self.openEvents(at: address, data.controlSystemProperties)
        await self.registration?.prepare(self.classes, &data)
        try await self.bringUp(try self.factory.plan(data) + [self.factory.planAdmin(data, of: self)], for: .start)
        self.localServer.started()
    }

    /// Gives heartbeats an address, and sends them as long as the server lives. A server without one serves all but events.
    private func openEvents(at address: ServerAddress, _ controlSystemProperties: [String: [String]]) {
        let (bound, published) = address.eventHosts
        let own = TangoHost(host: self.context.hostName, port: address.port)
        var configuration = EventSupplier.Configuration(
            host: self.registration == nil ? own : (try? self.system.defaultHost()) ?? own, usesDatabase: self.registration != nil,
            adminDevice: DeviceName(admin: self.context.serverID).text, boundHost: bound, publishedHosts: published)
        configuration.apply(controlSystemProperties)
        do throws(DevFailed) {
            try self.context.events.open(configuration)
        } catch {
            self.context.logger.error("no address for events yet", metadata: ["error": "\(error)"])
        }
        let task = Task { [events = self.context.events] in await events.sendHeartbeats() }
        self.heartbeats.withLock { $0 = task }
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
    func apply(adminProperties properties: [String: [String]]) {
        self.context.log.configure(properties)
        self.context.polling.apply(properties)
    }

    // MARK: - Bringing devices up

    /// Why devices are brought up.
    enum Occasion {
        case start
        /// RestartServer.
        case restart
        /// DevRestart.
        case deviceRestart
    }

    /// Brings devices up, in the one order for start, DevRestart and RestartServer: each device is made, keeps what it shall keep of the
    /// one it replaces, and is reachable; then memorized values are written, forwarded attributes found, the devices exported, the admin
    /// device last, and polled.
    /// - Returns: for each device, why its initialization failed.
    /// - Throws: `ServerStartError` when the database does not take a device; the devices are up nevertheless.
    @discardableResult
    func bringUp(_ planned: [PlannedDevice], for occasion: Occasion) async throws -> [DevFailed?] {
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
            device.events.attachAll()
            if plan.replaced != nil { self.context.events.deviceRestarted(device.name.folded) }
            self.dispatcher.insert(device)
            devices.append(device)
        }
        for (device, plan) in zip(devices, planned) {
            await device.complete(replacing: plan.replaced?.members.digest)
            // A restart: any configuration may have changed (Compatibility 4.4).
            if plan.replaced != nil, self.context.changes.hasObservers {
                for attribute in device.allAttributes { self.context.changes.send(device.name, .attributeConfig(attribute.config)) }
            }
        }
        // Roots may be forwarded attributes of devices that were made later.
        if devices.count > 1 { await self.resolveForwarded() }
        try self.refuseWhileStopping()
        if let registration, let address = self.address {
            do {
                try await registration.export(devices, admin: admin, at: address)
            } catch {
                // A start that fails polls nothing. After a restart the devices are there, most of them as the database has them anyway.
                if occasion == .start { throw error }
                self.context.logger.error("not exported, tried again until it is", metadata: ["error": "\(error)"])
                self.exportLater()
            }
        }
        let readsProperties = occasion == .start || (occasion == .restart && self.context.storage != nil)
        for device in devices { await device.pollConfiguration.configure(readsProperties: readsProperties) }
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

    func refuseWhileStopping() throws(DevFailed) {
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
        let deadline = NIODeadline.now() + Self.stopLimit
        self.context.polling.shutDown()
        let isAlone = await self.gate.acquire(within: Self.stopLimit, on: self.group.any())
        defer { if isAlone { self.gate.release() } }
        await self.endExports()
        if server != nil { await self.registration?.unexport() }
        await self.endDevices()
        await withTimeLimit(.seconds(2)) { [context] in await context.log.end() }
        // Requests of devices without a gate may still be running.
        await server?.close(within: max(.milliseconds(100), deadline - .now()))
        self.heartbeats.withLock { $0 }?.cancel()
        self.context.events.close()
        await self.system.shutdown()
        await withTimeLimit(.seconds(1)) { [context, eventLoops] in
            await context.pool.shutdown()
            await eventLoops.shutDown()
        }
    }

    private func endDevices() async {
        let ending = self.directory.devices.reversed() + (self.directory.admin.map { [$0] } ?? [])
        for device in ending { self.dispatcher.remove(device) }
        await withTaskGroup(of: Void.self) { group in
            for device in ending {
                group.addTask {
                    if !(await device.stop(within: Self.stopLimit)) {
                        self.context.logger.warning("still busy, not waited for any longer", metadata: ["device": "\(device.name)"])
                    }
                    await withTimeLimit(.seconds(2)) { try? await device.database.storeAgain() }
                    device.database.logUnstored()
                }
            }
        }
        self.directory.removeAll()
    }
}
