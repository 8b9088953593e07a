import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// Settings of a client.
public struct ClientOptions: Sendable {
    /// Limit of one call; connecting has the same limit for itself.
    public var timeout: Duration = .seconds(3)
    /// Limit of a call on a database (the incumbents' 13 s).
    public var databaseTimeout: Duration = .seconds(13)
    /// Threads that move bytes.
    public var eventLoopThreads = 1
    /// Whether each of those threads has connections of its own for the tasks that run on it. Servers take each connection for another
    /// client: no use where devices are locked.
    package var hasConnectionsPerThread = false
    /// Whether calls that change something respect what the access service allows this program's user. A program that acts for others
    /// asks for them instead.
    package var respectsAccessControl = true

    public init() {}
}

/// A client's view of one or more Tango control systems: owns the connections; make one per program and shut it down at the end.
public final class ControlSystem: Sendable {
    private struct State {
        var databases: RecentlyUsed<TangoHost, DatabaseClient>
        var proxies: RecentlyUsed<ProxyKey, DeviceProxy>
    }

    private struct ProxyKey: Hashable {
        var host: TangoHost
        /// In lower case.
        var device: String
        var usesDatabase: Bool
    }

    /// Settings given at the start.
    public let options: ClientOptions
    private let givenHost: TangoHost?
    package let group: any EventLoopGroup
    private let ownsGroup: Bool
    package let connections: ConnectionCache
    private let state: Mutex<State>
    /// The locks this client holds on devices.
    let locks = LockKeeper()
    private let isObserved = Atomic<Bool>(false)
    private let observerStore = Mutex<(any CallObserver)?>(nil)

    /// - Parameter host: the default database; `nil` looks up `TANGO_HOST` on first use.
    public convenience init(host: TangoHost? = nil, options: ClientOptions = ClientOptions()) {
        self.init(
            host: host, options: options, group: MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.eventLoopThreads)),
            ownsGroup: true)
    }

    /// A client on somebody else's event loops.
    /// - Parameter databaseLimit, proxyLimit: how many are kept; of more, those go that were asked for longest ago. Who holds one may use
    ///   it all the same.
    package init(
        host: TangoHost?, options: ClientOptions, group: any EventLoopGroup, ownsGroup: Bool = false, databaseLimit: Int = 64,
        proxyLimit: Int = 65_536
    ) {
        self.state = Mutex(State(databases: RecentlyUsed(limit: databaseLimit), proxies: RecentlyUsed(limit: proxyLimit)))
        self.givenHost = host
        self.options = options
        self.group = group
        self.ownsGroup = ownsGroup
        self.connections = ConnectionCache(group: group, onePerEventLoop: options.hasConnectionsPerThread)
    }

    /// Hears of every call over the network; `nil`, at the cost of an atomic load, when nobody wants to.
    package var callObserver: (any CallObserver)? {
        get { self.isObserved.load(ordering: .relaxed) ? self.observerStore.withLock { $0 } : nil }
        set {
            self.observerStore.withLock { $0 = newValue }
            self.isObserved.store(newValue != nil, ordering: .relaxed)
        }
    }

    /// Address of the default database.
    /// - Throws: `API_TangoHostNotSet`.
    public func defaultHost() throws(DevFailed) -> TangoHost {
        if let host = self.givenHost { return host }
        return try TangoEnvironment.tangoHosts()[0]
    }

    private func resolved(_ host: TangoHost?) throws(DevFailed) -> TangoHost {
        if let host { return host }
        return try self.defaultHost()
    }

    /// The database at that address (default: `defaultHost()`). Nothing is sent yet.
    public func database(_ host: TangoHost? = nil) throws(DevFailed) -> DatabaseClient {
        let host = try self.resolved(host)
        let key = host.folded
        return self.state.withLock { state in
            if let database = state.databases.value(key) { return database }
            let database = DatabaseClient(host: host, system: self)
            state.databases.keep(database, key)
            return database
        }
    }

    /// How many databases and proxies are kept, for tests.
    package var keptCounts: (databases: Int, proxies: Int) { self.state.withLock { ($0.databases.count, $0.proxies.count) } }

    /// Proxy of a device, by a locator of any form: `domain/family/member`, alias, `tango://host:port/d/f/m`, `…#dbase=no`.
    ///
    /// Cached per name. A defined device that is not exported gives a proxy whose calls throw `API_DeviceNotExported`.
    /// - Throws: `API_WrongDeviceNameSyntax`, `DB_DeviceNotDefined`, `API_CantConnectToDatabase`, …
    public func device(_ name: String) async throws(DevFailed) -> DeviceProxy {
        try await self.device(try TRL(parsing: name))
    }

    /// As `device(_:)`, by a locator taken apart.
    public func device(_ locator: TRL) async throws(DevFailed) -> DeviceProxy {
        let proxy = try await self.proxy(of: locator, at: try self.resolved(locator.host))
        HandlerTask.server?.uses(device: locator.host == nil ? locator.device.tangoFolded : locator.description.tangoFolded)
        return proxy
    }

    private func proxy(of locator: TRL, at host: TangoHost) async throws(DevFailed) -> DeviceProxy {
        let key = ProxyKey(host: host.folded, device: locator.device.tangoFolded, usesDatabase: locator.usesDatabase)
        if let proxy = self.state.withLock({ $0.proxies.value(key) }) { return proxy }
        let proxy: DeviceProxy
        if locator.usesDatabase {
            let database = try self.database(host)
            var device = locator.device
            if locator.isAlias { device = try await database.device(ofAlias: device) }
            if device.tangoFolded == (try? await database.deviceName().tangoFolded) {
                proxy = try await database.device()
            } else {
                let imported = try await database.importDevice(device)
                proxy = DeviceProxy(
                    name: imported.name, origin: .database(database), system: self, timeout: self.options.timeout,
                    accessControl: self.options.respectsAccessControl ? database.accessControl : nil)
                proxy.adopt(imported)
            }
        } else {
            proxy = DeviceProxy(
                name: locator.device, origin: .corbaloc(host, objectKey: locator.device.tangoFolded), system: self,
                timeout: self.options.timeout)
            _ = try await proxy.reference()
        }
        return self.state.withLock { state in
            if let other = state.proxies.value(key) { return other }
            state.proxies.keep(proxy, key)
            return proxy
        }
    }

    /// Runs work on the thread that moves the bytes: each call in it saves two changes of threads, which is most of the time of a short
    /// call. For loops of calls; what computes long or blocks there holds up all other calls of that thread.
    public func onNetworkThread<Value: Sendable>(_ work: @concurrent @Sendable () async throws -> Value) async rethrows -> Value {
        try await withTaskExecutorPreference(self.connections.eventLoops.any()) { try await work() }
    }

    /// Gives back all locks, closes all connections and ends the threads. Later calls fail with `API_ShutdownInProgress`.
    public func shutdown() async {
        await self.locks.unlockAll()
        await self.connections.shutDown()
        if self.ownsGroup { try? await self.group.shutdownGracefully() }
    }
}
