import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// A device server: a process, or a part of one, that hosts devices of one or more classes and the admin device `dserver/Name/instance` (RFC-8).
public final class DeviceServer: Sendable {
    private struct State {
        var server: IIOPServer?
        var devices: [DeviceRuntime] = []
        var admin: DeviceRuntime?
        var data = ServerData()
        var isStopping = false
        /// By name in lower case.
        var classes: [String: ClassRuntime] = [:]
        let processGate = Gate()
    }

    /// `Name/instance`.
    public let serverID: String
    public let classes: [DeviceClass]
    private let arguments: ServerArguments
    private let group: MultiThreadedEventLoopGroup
    let pool: BlockingPool
    private let system: ControlSystem
    private let context: ServerContext
    private let local: InProcessServer
    let link: DatabaseLink?
    private let dispatcher: RequestDispatcher
    /// Where devices come from instead of what the arguments say.
    private let memory: MemoryStorage?
    private let state = Mutex(State())
    /// Opened by the Kill command.
    private let killed = Latch()
    /// Held while devices are made or ended: restarts and the end of the server never overlap.
    private let lifecycle = Gate()
    /// Object keys of devices that have well-known ones.
    private let objectKeys: [String: String]

    /// - Parameters:
    ///   - name: name of the server as the database knows it: usually that of the program.
    ///   - tangoHost: the database; `nil` looks up `TANGO_HOST`. Unused without a database.
    ///   - poolThreads: how many handlers of classes that may block run at once; threads are started when they are needed.
    ///   - objectKeys: well-known object keys, by device name in lower case.
    ///   - gateTimeout: longest wait of a request for a busy device, then `API_CommandTimedOut`.
    /// - Throws: `ServerStartError` when the database's address is missing or malformed, or a file cannot be read.
    public convenience init(
        name: String, classes: [DeviceClass], arguments: ServerArguments, tangoHost: TangoHost? = nil, eventLoopThreads: Int = 2,
        poolThreads: Int = 100, objectKeys: [String: String] = [:], gateTimeout: Duration = .milliseconds(3200), logger: Logger? = nil
    ) throws(ServerStartError) {
        try self.init(
            name: name, classes: classes, arguments: arguments, memory: nil, tangoHost: tangoHost, eventLoopThreads: eventLoopThreads,
            poolThreads: poolThreads, objectKeys: objectKeys, gateTimeout: gateTimeout, logger: logger)
    }

    /// - Parameter memory: where devices and their properties are, for a server without a database.
    package init(
        name: String, classes: [DeviceClass], arguments: ServerArguments, memory: MemoryStorage?, tangoHost: TangoHost? = nil,
        eventLoopThreads: Int = 2, poolThreads: Int = 32, objectKeys: [String: String] = [:],
        gateTimeout: Duration = .milliseconds(3200), logger: Logger? = nil
    ) throws(ServerStartError) {
        self.memory = memory
        self.serverID = "\(name)/\(arguments.instance)"
        self.classes = classes
        self.arguments = arguments
        self.objectKeys = objectKeys
        let hostName = ProcessInfo.processInfo.hostName
        var fallback = logger ?? Logger(label: "tango.server")
        if logger == nil { fallback.logLevel = .warning }
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, eventLoopThreads))
        self.pool = BlockingPool(maximumThreads: poolThreads)
        self.system = ControlSystem(host: tangoHost, options: ClientOptions(), group: self.group)
        switch arguments.source {
        case .database:
            do {
                self.link = DatabaseLink(
                    database: try self.system.database(), serverID: self.serverID, hostName: hostName,
                    asksDeviceByDevice: arguments.asksDeviceByDevice)
            } catch {
                let text =
                    TangoEnvironment.value("TANGO_HOST") == nil
                    ? "Can't build connection to TANGO database server, exiting" : error.reasonDescription
                throw ServerStartError(text)
            }
        case .none, .file: self.link = nil
        }
        var storage: (any DeviceStorage)? = memory ?? self.link
        if case .file(let path) = arguments.source { storage = PropertyFileStorage(path: path) }
        self.dispatcher = RequestDispatcher()
        self.local = InProcessServer(self.dispatcher)
        let log = ServerLog(
            serverID: self.serverID, verbosity: arguments.verbosity, usesDatabase: storage != nil, system: self.system, fallback: fallback)
        self.context = ServerContext(
            serverID: self.serverID, hostName: hostName, eventLoops: self.group, pool: self.pool,
            gateTimeout: .nanoseconds(gateTimeout.nanoseconds), log: log, storage: storage, controlSystem: self.system,
            localServer: self.local)
    }

    // MARK: - Life

    /// Starts the server, says `Ready to accept request`, serves until SIGINT, SIGTERM, SIGQUIT, the Kill command or the task's
    /// cancellation, and stops.
    /// - Throws: `ServerStartError`.
    public func run() async throws {
        TerminationSignals.install()
        do {
            try await self.start()
        } catch {
            await self.stop()
            throw error
        }
        self.log.say("Ready to accept request")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForStop() }
            group.addTask { await TerminationSignals.wait() }
            await group.next()
            group.cancelAll()
        }
        await self.stop()
    }

    /// Returns when Kill was commanded or the task is cancelled.
    public func waitForStop() async {
        await self.killed.wait()
    }

    /// Brings up everything: asks the database, listens, initializes the devices, registers them, the admin device last.
    /// - Throws: `ServerStartError`.
    public func start() async throws {
        try DeclarationCheck.check(self.classes)
        var data = try await self.loadData()
        if let link = self.link { try await self.refuseSecondInstance(data, link) }
        self.state.withLock { $0.data = data }
        self.context.controlSystemSettings.apply(data.controlSystemProperties)
        self.log.configure(data.adminConfiguration.properties)
        self.log.beginAdmin(data.adminConfiguration.properties)
        self.context.polling.apply(data.adminConfiguration.properties)
        let endPoint = self.arguments.endPoint ?? ServerArguments.EndPoint(host: "", port: 0)
        do {
            let server = try await IIOPServer.listen(
                group: self.group, host: endPoint.host, port: endPoint.port, dispatcher: self.dispatcher)
            self.state.withLock { $0.server = server }
            self.context.logger.debug("listening", metadata: ["port": "\(server.port)"])
            self.noteAddresses(port: server.port)
        } catch {
            throw ServerStartError(
                "Cannot listen at \(endPoint.host.isEmpty ? "*" : endPoint.host):\(endPoint.port): \(Self.reason(error))")
        }
        if let link = self.link {
            try? await link.unexportEventChannel()
            for deviceClass in self.classes {
                let existing = data.classProperties[deviceClass.name.tangoFolded] ?? [:]
                try? await link.putDocumentation(of: deviceClass, existing: existing)
                data.document(deviceClass)
            }
        }
        try await self.makeDevices(data)
        for device in self.devices { await device.complete() }
        await self.resolveForwarded()
        let admin = self.makeAdmin(data)
        await admin.start()
        await admin.complete()
        self.dispatcher.insert(admin)
        self.state.withLock { $0.admin = admin }
        try await self.export(self.devices)
        try await self.export([admin])
        try? await self.link?.forgetPollingThreads()
        for device in self.devices + [admin] { await device.configurePolling(readsProperties: true) }
        self.local.started()
    }

    /// The addresses under which requests of this very process would come back to it.
    private func noteAddresses(port: Int) {
        let bound = self.arguments.endPoint?.host ?? ""
        switch bound {
        case "", "0.0.0.0": self.local.add(hosts: LocalAddresses.all + ["localhost", self.context.hostName], port: port)
        case "127.0.0.1", "localhost": self.local.add(hosts: ["127.0.0.1", "localhost"], port: port)
        default: self.local.add(hosts: [bound], port: port)
        }
        if let published = self.arguments.publishedEndPoint, !published.host.isEmpty {
            self.local.add(hosts: [published.host], port: published.port == 0 ? port : published.port)
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        return String(describing: error)
    }

    /// Ends the server: requests under way finish, devices are released, the database is told, connections are closed.
    public func stop() async {
        let (isFirst, server) = self.state.withLock { state in
            defer { state.isStopping = true }
            return (!state.isStopping, state.server)
        }
        guard isFirst else { return }
        self.polling.shutDown()
        let isAlone = await self.lifecycle.acquire(within: Self.stopLimit, on: self.group.any())
        defer { if isAlone { self.lifecycle.release() } }
        if server != nil { try? await self.link?.unexportServer() }
        let admin = self.state.withLock { $0.admin }
        let ending = self.devices.reversed() + (admin.map { [$0] } ?? [])
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
        self.state.withLock { state in
            state.devices = []
            state.admin = nil
        }
        await Self.within(.seconds(2)) { [log] in await log.end() }
        await server?.close()
        await self.system.shutdown()
        self.killed.open()
        await Self.within(.seconds(1)) { [pool, group] in
            await pool.shutdown()
            try? await group.shutdownGracefully()
        }
    }

    /// Longest wait for a request under way when the server stops.
    private static let stopLimit = TimeAmount.seconds(5)

    /// Waits for the work, but not longer than that: a thread blocked in a handler must not keep a server from ending.
    private static func within(_ limit: Duration, _ work: @escaping @Sendable () async -> Void) async {
        let done = Latch()
        Task {
            await work()
            done.open()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await done.wait() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// What Kill does: answers at once, the server ends by itself.
    func kill() { self.killed.open() }

    // MARK: - Devices

    /// The devices, without the admin device.
    package var devices: [DeviceRuntime] { self.state.withLock { $0.devices } }

    /// The device, the admin device included, that an admin command is about: names in any case, with `tango://host:port/` before and `#…` behind (measured).
    package func device(named text: String) -> DeviceRuntime? {
        var name = String(text.prefix { $0 != "#" }).tangoFolded
        if let scheme = name.range(of: "://") {
            name = name[scheme.upperBound...].split(separator: "/", maxSplits: 1).last.map(String.init) ?? name
        }
        return self.allDevices.first { $0.name.folded == name }
    }

    /// What happens on the devices, as events will be made of it.
    package var changes: ChangeHub { self.context.changes }

    /// The devices and, once it is there, the admin device.
    var allDevices: [DeviceRuntime] { self.state.withLock { state in state.devices + (state.admin.map { [$0] } ?? []) } }

    /// Logging of the server and its devices.
    var log: ServerLog { self.context.log }

    var polling: PollDriver { self.context.polling }

    var subDevices: SubDevices { self.context.subDevices }

    /// Port it listens at.
    public var port: Int { self.state.withLock { $0.server?.port ?? 0 } }

    /// Name of the admin device.
    public var adminName: String { "dserver/\(self.serverID)" }

    /// Reference of a device, as the database is told; `nil` for a device that is not here.
    public func reference(ofDevice name: String) -> String? {
        self.allDevices.first { $0.name.folded == name.tangoFolded }.map { Self.ior(of: $0, at: self.publishedAddress) }
    }

    private func loadData() async throws -> ServerData {
        if let memory = self.memory { return memory.serverData }
        switch self.arguments.source {
        case .database:
            guard let link = self.link else { return ServerData() }
            do {
                return try await link.load()
            } catch let error as ServerStartError {
                throw error
            } catch {
                self.context.logger.error("database not reachable", metadata: ["error": "\(error)"])
                throw ServerStartError("Can't build connection to TANGO database server, exiting\n\(error)")
            }
        case .none(let names):
            var data = ServerData()
            for device in names {
                data.devices.append(
                    ServerData.DeviceEntry(name: device.name, deviceClass: device.deviceClass ?? self.classes.last?.name ?? ""))
            }
            if names.isEmpty, let last = self.classes.last {
                data.devices = [ServerData.DeviceEntry(name: "NoName", deviceClass: last.name)]
            }
            return data
        case .file(let path):
            let data = try PropertyFile(contentsOf: path).serverData(serverID: self.serverID)
            guard Set(data.devices.map { $0.name.tangoFolded }).count == data.devices.count else {
                throw ServerStartError("Each device must have different name")
            }
            return data
        }
    }

    private func refuseSecondInstance(_ data: ServerData, _ link: DatabaseLink) async throws {
        guard let ior = data.runningAdmin, !ior.isEmpty else { return }
        do {
            let reference = try IOR(parsing: ior)
            guard let profile = reference.iiopProfile else { return }
            _ = try await self.system.connections.call(
                Endpoint(host: profile.host, port: Int(profile.port), version: profile.version), objectKey: profile.objectKey, .name,
                timeout: .seconds(3))
            throw ServerStartError("This server is already running, exiting!")
        } catch let error as ServerStartError {
            throw error
        } catch TransportError.timedOut {
            throw ServerStartError("This server is already running but is blocked!")
        } catch {
            // The one registered is dead.
        }
    }

    /// - Parameter former: devices of before, by name in lower case: the new ones keep what belongs to the name.
    private func makeDevices(_ data: ServerData, replacing former: [String: DeviceRuntime] = [:]) async throws {
        for entry in data.devices {
            let deviceClass = try self.deviceClass(of: entry)
            let name: DeviceName
            do {
                name = try DeviceName(entry.name)
            } catch {
                throw ServerStartError("\(error)")
            }
            let old = former[name.folded]
            // Without a database nobody else knows the properties.
            let configuration = self.context.storage == nil ? old?.configuration ?? entry.configuration : entry.configuration
            let runtime = self.makeRuntime(
                name, deviceClass, configuration, persistentState: old?.persistentState ?? PersistentDeviceState())
            await runtime.start()
            self.dispatcher.insert(runtime)
            self.state.withLock { $0.devices.append(runtime) }
        }
    }

    private func deviceClass(of entry: ServerData.DeviceEntry) throws(ServerStartError) -> DeviceClass {
        if let found = self.classes.first(where: { $0.name.tangoFolded == entry.deviceClass.tangoFolded }) { return found }
        throw ServerStartError("API_WrongCmdLineArgs: class \(entry.deviceClass) is not in this server. Exiting")
    }

    private func makeRuntime(
        _ name: DeviceName, _ deviceClass: DeviceClass, _ configuration: DeviceConfiguration,
        persistentState: PersistentDeviceState = PersistentDeviceState()
    ) -> DeviceRuntime {
        let classRuntime = self.classRuntime(deviceClass)
        return DeviceRuntime(
            name: name, classRuntime: classRuntime, server: self.context, configuration: configuration,
            gate: deviceClass.serialModel == .byDevice ? Gate() : classRuntime.gate, objectKey: self.objectKeys[name.folded],
            persistentState: persistentState
        )
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

    private func makeAdmin(_ data: ServerData) -> DeviceRuntime {
        var configuration = data.adminConfiguration
        configuration.classProperties = data.classProperties["dserver"] ?? [:]
        let name = DeviceName(admin: self.serverID)
        return DeviceRuntime(
            name: name, classRuntime: ClassRuntime(AdminDevice.deviceClass(of: self)), server: self.context,
            configuration: configuration, gate: Gate(), objectKey: self.objectKeys[name.folded], log: self.log.admin)
    }

    /// Tells the database where the devices are.
    private func export(_ devices: [DeviceRuntime]) async throws {
        guard let link = self.link else { return }
        let address = self.publishedAddress
        _ = try await devices.concurrentMap(atMost: DatabaseLink.requestsAtOnce) { device in
            do {
                try await link.export(
                    device: device.name.text, ior: Self.ior(of: device, at: address), pid: ProcessInfo.processInfo.processIdentifier,
                    version: device.interfaceVersion)
                device.logger.debug("exported")
            } catch {
                throw ServerStartError("Cannot export \(device.name): \(error)")
            }
        }
    }

    /// Where clients are told to go.
    private var publishedAddress: (host: String, port: UInt16) {
        let port = self.port
        let named = [self.arguments.publishedEndPoint?.host, self.arguments.endPoint?.host].compactMap { $0 }
        let host = named.first { !$0.isEmpty && $0 != "0.0.0.0" } ?? NetworkAddresses.primary
        let publishedPort = self.arguments.publishedEndPoint.map { $0.port == 0 ? port : $0.port } ?? port
        return (host, UInt16(truncatingIfNeeded: publishedPort))
    }

    private static func ior(of device: DeviceRuntime, at address: (host: String, port: UInt16)) -> String {
        IOR(
            typeID: "IDL:Tango/Device_\(device.interfaceVersion):1.0", host: address.host, port: address.port, objectKey: device.objectKey
        ).text
    }

    // MARK: - Restarts

    /// Deletes a device and makes a new one, properties read anew.
    /// - Throws: `API_DeviceNotFound`.
    func restart(device text: String) async throws(DevFailed) {
        guard await self.lifecycle.acquire(within: self.context.gateTimeout, on: self.group.any()) else {
            throw DevFailed.gateTimedOut
        }
        defer { self.lifecycle.release() }
        try self.refuseWhileStopping()
        guard let old = self.device(named: text), self.devices.contains(where: { $0 === old }) else {
            throw DevFailed(.deviceNotFound, "Device \(text) not found", origin: "DServer::dev_restart")
        }
        var configuration = old.configuration
        if let memory = self.memory {
            let entry = memory.serverData.devices.first { $0.name.tangoFolded == old.name.folded }
            configuration = entry?.configuration ?? configuration
        } else if let link = self.link {
            do {
                configuration = try await link.configuration(of: old.name.text, deviceClass: old.deviceClass.name)
            } catch {
                throw DevFailed(wrapping: error)
            }
        }
        guard await old.stop(within: self.context.gateTimeout) else { throw DevFailed.gateTimedOut }
        let new = self.makeRuntime(old.name, old.deviceClass, configuration, persistentState: old.persistentState)
        let failure = await new.start()
        new.takeMembers(from: old)
        await new.complete(replacing: old.interfaceDigest)
        if self.context.changes.hasObservers {
            // All configurations may be others now (measured).
            for attribute in new.allAttributes { self.context.changes.send(new.name, .attributeConfig(attribute.config)) }
        }
        self.dispatcher.insert(new)
        self.state.withLock { state in
            if let index = state.devices.firstIndex(where: { $0 === old }) { state.devices[index] = new }
        }
        await new.configurePolling(readsProperties: false)
        do {
            try await self.export([new])
        } catch {
            throw DevFailed(wrapping: error)
        }
        self.context.logger.info("device restarted", metadata: ["device": "\(old.name)"])
        if let failure {
            // The device stays reachable, in FAULT; the incumbents lose it.
            throw failure.rethrowing(
                "API_InitThrowsException",
                "init_device() method for device \(old.name) throws DevFailed exception.\nDevice not available any more. Please fix exception reason",
                origin: "DServer::dev_restart")
        }
    }

    /// Roots of the devices' forwarded attributes may be forwarded attributes of devices that came later.
    private func resolveForwarded() async {
        let waiting = self.devices.filter(\.hasOpenRoots)
        var hasProgress = !waiting.isEmpty
        while hasProgress {
            hasProgress = false
            for device in waiting where await device.resolveForwarded() { hasProgress = true }
        }
    }

    private func refuseWhileStopping() throws(DevFailed) {
        guard !self.state.withLock({ $0.isStopping }) else {
            throw DevFailed(.shutdownInProgress, "The device server is shutting down", origin: "DServer")
        }
    }

    /// Deletes all devices and makes those the database names now; same process, same port. A device that is busy for longer than
    /// a request may wait stays as it is.
    func restartAll() async {
        guard await self.lifecycle.acquire(within: .hours(1), on: self.group.any()) else { return }
        defer { self.lifecycle.release() }
        do {
            try self.refuseWhileStopping()
            self.context.logger.info("restarting all devices")
            var data = try await self.loadData()
            self.log.configure(data.adminConfiguration.properties)
            self.log.restartAdmin()
            self.context.polling.apply(data.adminConfiguration.properties)
            for entry in data.devices { _ = try self.deviceClass(of: entry) }
            let former = Dictionary(self.devices.map { ($0.name.folded, $0) }, uniquingKeysWith: { $1 })
            var kept: [DeviceRuntime] = []
            for device in self.devices.reversed() where !(await device.stop(within: self.context.gateTimeout)) { kept.append(device) }
            let names = Set(data.devices.map { $0.name.tangoFolded })
            for device in self.devices where !names.contains(device.name.folded) { self.dispatcher.remove(device) }
            data.devices.removeAll { entry in kept.contains { $0.name.folded == entry.name.tangoFolded } }
            self.state.withLock { state in
                state.data = data
                state.devices = kept
            }
            // What was added to classes at run time is gone with the devices (measured).
            self.state.withLock { $0.classes = [:] }
            try await self.makeDevices(data, replacing: former)
            for device in self.devices where !device.isStarted {
                await device.complete(replacing: former[device.name.folded]?.interfaceDigest)
            }
            await self.resolveForwarded()
            try self.refuseWhileStopping()
            try await self.export(self.devices)
            let isNew = { (device: DeviceRuntime) in !kept.contains { $0 === device } }
            for device in self.devices where isNew(device) {
                await device.configurePolling(readsProperties: self.context.storage != nil)
            }
        } catch {
            self.context.logger.error("restart failed", metadata: ["error": "\(error)"])
        }
    }
}

extension DeviceName {
    /// Name of a server's admin device; always well-formed since a server's name has one slash.
    init(admin serverID: String) {
        self.init(unchecked: "dserver/\(serverID)")
    }
}

/// Addresses of this machine that other machines can reach.
enum NetworkAddresses {
    /// First IPv4 address that is not the loopback; the loopback when there is no other.
    static var primary: String {
        let devices = (try? System.enumerateDevices()) ?? []
        for device in devices {
            guard let address = device.address, case .v4 = address, let ip = address.ipAddress, !ip.hasPrefix("127.") else { continue }
            return ip
        }
        return "127.0.0.1"
    }
}
