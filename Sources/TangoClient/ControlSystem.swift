import NIOCore
import Synchronization
public import TangoCore
package import TangoIIOP
import TangoWire

/// A client of one or more Tango control systems. Owns the connections: make one per program and shut it down at the end.
public final class ControlSystem: Sendable {
    private struct State {
        var databases: LeastRecentlyUsedCache<TangoHost, DatabaseClient>
        var proxies: LeastRecentlyUsedCache<ProxyKey, DeviceProxy>
        /// The same connections, with texts in readable form.
        var readable: ControlSystem?
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
    /// The databases that `TANGO_HOST` names: one control system.
    private let tangoHosts: @Sendable () -> [TangoHost]
    private let ownsEventLoops: Bool
    package let connections: ConnectionCache
    private let state: Mutex<State>
    /// The locks this client holds on devices.
    let locks = LockKeeper()
    private let isObserved = Atomic<Bool>(false)
    private let observerStore = Mutex<(any CallObserver)?>(nil)

    /// Creates a client; nothing starts before its first call.
    /// - Parameter options: time limits and threads.
    /// - Parameter host: the default database; `nil` looks up `TANGO_HOST` on first use.
    public convenience init(host: TangoHost? = nil, options: ClientOptions = ClientOptions()) {
        self.init(
            host: host, options: options, eventLoops: .make(count: options.eventLoopThreads), ownsEventLoops: true)
    }

    /// A client on event loops that it does not own.
    /// - Parameters:
    ///   - databaseLimit, proxyLimit: cache sizes (the least recently used is evicted). Evicted proxies stay usable.
    ///   - tangoHosts: the databases of the default control system.
    ///   - connections: those of another control system, to share.
    package init(
        host: TangoHost?, options: ClientOptions, eventLoops: EventLoops, ownsEventLoops: Bool = false, databaseLimit: Int = 64,
        proxyLimit: Int = 65_536, tangoHosts: @escaping @Sendable () -> [TangoHost] = { (try? TangoEnvironment.tangoHosts()) ?? [] },
        connections: ConnectionCache? = nil
    ) {
        self.tangoHosts = tangoHosts
        self.state = Mutex(
            State(databases: LeastRecentlyUsedCache(capacity: databaseLimit), proxies: LeastRecentlyUsedCache(capacity: proxyLimit)))
        self.givenHost = host
        self.options = options
        self.ownsEventLoops = ownsEventLoops
        self.connections = connections ?? ConnectionCache(eventLoops, onePerEventLoop: options.hasConnectionsPerThread)
    }

    package var eventLoops: EventLoops { self.connections.eventLoops }

    /// Returns the control system over the same connections with texts in readable form; itself where they are.
    package func readableTexts() -> ControlSystem {
        guard self.options.keepsWireTexts else { return self }
        return self.state.withLock { state in
            if let readable = state.readable { return readable }
            var options = self.options
            options.keepsWireTexts = false
            let readable = ControlSystem(
                host: self.givenHost, options: options, eventLoops: self.eventLoops, tangoHosts: self.tangoHosts,
                connections: self.connections)
            state.readable = readable
            return readable
        }
    }

    /// Is informed of every call over the network; `nil`, at the cost of an atomic load, when there is none.
    package var callObserver: (any CallObserver)? {
        get { self.isObserved.load(ordering: .relaxed) ? self.observerStore.withLock { $0 } : nil }
        set {
            self.observerStore.withLock { observer in
                observer = newValue
                self.isObserved.store(newValue != nil, ordering: .relaxed)
            }
        }
    }

    /// Returns the address of the default database, the first that `TANGO_HOST` names.
    /// - Throws: `API_TangoHostNotSet`.
    public func defaultHost() throws(DevFailed) -> TangoHost {
        if let host = self.givenHost { return host }
        return try TangoEnvironment.tangoHosts()[0]
    }

    private func resolved(_ host: TangoHost?) throws(DevFailed) -> TangoHost {
        if let host { return host }
        return try self.defaultHost()
    }

    /// The databases that are used when the one at this address does not answer: the others of `TANGO_HOST`, if it names this one.
    func alternatives(to host: TangoHost) -> [TangoHost] {
        let hosts = self.tangoHosts()
        guard hosts.count > 1, let index = hosts.firstIndex(where: { $0.folded == host.folded }) else { return [] }
        return Array(hosts[(index + 1)...] + hosts[..<index])
    }

    /// Returns the database at that address (default: `defaultHost()`). Nothing is sent yet.
    ///
    /// Where `TANGO_HOST` names several databases, separated by commas, the next one is used when one does not answer.
    /// - Throws: `API_TangoHostNotSet`.
    public func database(_ host: TangoHost? = nil) throws(DevFailed) -> DatabaseClient {
        let host = try self.resolved(host)
        let key = host.folded
        return self.state.withLock { state in
            if let database = state.databases.value(for: key) { return database }
            let database = DatabaseClient(host: host, alternatives: self.alternatives(to: host), system: self)
            state.databases.insert(database, for: key)
            return database
        }
    }

    /// How many databases and proxies are kept, for tests.
    package var keptCounts: (databases: Int, proxies: Int) { self.state.withLock { ($0.databases.count, $0.proxies.count) } }

    /// Returns a proxy of a device, by a locator of any form: `domain/family/member`, alias, `tango://host:port/d/f/m`, `…#dbase=no`.
    ///
    /// Cached per name. A defined device that is not exported gives a proxy whose calls throw `API_DeviceNotExported`.
    /// - Throws: `API_WrongDeviceNameSyntax`, `DB_DeviceNotDefined`, `API_CantConnectToDatabase`, …
    public func device(_ name: String) async throws(DevFailed) -> DeviceProxy {
        try await self.device(try TRL(parsing: name))
    }

    /// As `device(_:)`, by a locator taken apart.
    public func device(_ locator: TRL) async throws(DevFailed) -> DeviceProxy {
        let proxy = try await self.proxy(of: locator, at: try self.resolved(locator.host))
        InProcess.target?.uses(device: locator.host == nil ? locator.device.tangoFolded : locator.description.tangoFolded)
        return proxy
    }

    /// Returns the name of a device as its database spells it, if a proxy of the device was made before.
    package func knownName(of locator: TRL) -> String? {
        guard let host = try? self.resolved(locator.host) else { return nil }
        let key = ProxyKey(host: host.folded, device: locator.device.tangoFolded, usesDatabase: locator.usesDatabase)
        return self.state.withLock { $0.proxies.value(for: key)?.name }
    }

    /// How long a device waits for its spelling.
    private static let spellingLimit = Duration.seconds(1)

    private func proxy(of locator: TRL, at host: TangoHost) async throws(DevFailed) -> DeviceProxy {
        let key = ProxyKey(host: host.folded, device: locator.device.tangoFolded, usesDatabase: locator.usesDatabase)
        if let proxy = self.state.withLock({ $0.proxies.value(for: key) }) { return proxy }
        let proxy: DeviceProxy
        if locator.usesDatabase {
            let database = try self.database(host)
            let deadline = NIODeadline.after(self.options.databaseTimeout)
            var device = locator.device
            if locator.isAlias { device = try await database.device(ofAlias: device, deadline: deadline) }
            if device.tangoFolded == (try await self.name(of: database, deadline)) {
                proxy = try await database.device()
            } else {
                let imported = try await database.importDevice(device, deadline: deadline)
                // An alias leads to the name as it was declared. A database that does not say it costs the spelling, not the device.
                let limit = min(deadline, .after(Self.spellingLimit))
                let declared = locator.isAlias ? device : (try? await database.declaredName(ofDevice: device, deadline: limit)) ?? nil
                proxy = DeviceProxy(
                    name: declared ?? imported.name, origin: .database(database), system: self, timeout: self.options.timeout,
                    accessControl: self.options.respectsAccessControl ? database.accessControl : nil)
                proxy.adopt(imported)
            }
        } else {
            proxy = DeviceProxy(
                name: locator.device, origin: .corbaloc(host, objectKey: locator.device.tangoFolded), system: self,
                timeout: self.options.timeout)
            _ = try await proxy.interfaceVersion()
        }
        return self.state.withLock { state in
            if let other = state.proxies.value(for: key) { return other }
            state.proxies.insert(proxy, for: key)
            return proxy
        }
    }

    /// The name of a database device in lower case; `nil` when it does not say it.
    /// - Throws: the failure of a database that does not answer.
    private func name(of database: DatabaseClient, _ deadline: NIODeadline) async throws(DevFailed) -> String? {
        do {
            return try await database.deviceName(deadline: deadline).tangoFolded
        } catch  where error.errors.contains(where: { $0.reason == .cantConnectToDatabase }) {
            throw error
        } catch {
            return nil
        }
    }

    /// Runs work on the thread that moves the bytes: each call in it saves two changes of threads, which is most of the time of a short
    /// call. For loops of calls; long computations and blocking calls there hold up all other calls of that thread.
    public func onNetworkThread<Value: Sendable>(_ work: @concurrent @Sendable () async throws -> Value) async rethrows -> Value {
        try await withTaskExecutorPreference(self.eventLoops.any()) { try await work() }
    }

    /// Releases all locks, closes all connections and ends the threads of this client alone. Later calls fail with `API_ShutdownInProgress`.
    public func shutdown() async {
        await self.state.withLock { $0.readable }?.locks.unlockAll()
        await self.locks.unlockAll()
        await self.connections.shutDown()
        if self.ownsEventLoops { await self.eventLoops.shutDown() }
    }
}
