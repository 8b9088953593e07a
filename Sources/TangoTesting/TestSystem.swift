import Synchronization
public import TangoClient
public import TangoCore
public import TangoServer

/// Runs devices of any classes in this process, without a database, while the body runs.
///
/// Nothing is shared with other tests or the machine: the server listens on a free port of the loopback, the environment is not read, and
/// properties and memorized values are kept in memory through restarts. Proxies reach the devices through real sockets.
/// ```swift
/// try await withDevices([TestDevice(PowerSupply.deviceClass, "test/ps/1", properties: ["Host": ["localhost"]])]) { system in
///     let supply = try await system.device("test/ps/1")
///     try await supply.write("Current", 2.5)
/// }
/// ```
/// - Parameters:
///   - devices: devices of the test.
///   - body: the test; the server stops when it returns.
///   - classProperties: by class, then property.
///   - timeout: limit of a client's call.
///   - gateTimeout: longest wait of a request for a busy device.
/// - Throws: what the body throws; `ServerStartError` when a name is malformed or used twice.
public func withDevices<R>(
    _ devices: [TestDevice], classProperties: [String: [String: [String]]] = [:], timeout: Duration = .seconds(10),
    gateTimeout: Duration = .milliseconds(3200), _ body: (TestSystem) async throws -> R
) async throws -> R {
    let system = try TestSystem(devices, classProperties: classProperties, timeout: timeout, gateTimeout: gateTimeout)
    do {
        try await system.start()
        let result = try await body(system)
        await system.end()
        return result
    } catch {
        await system.end()
        throw error
    }
}

/// The devices of a test and a client of them; see `withDevices`.
public final class TestSystem: Sendable {
    /// The client that reaches the devices.
    public let client: ControlSystem
    private let classes: [DeviceClass]
    private let memory = MemoryStorage()
    private let gateTimeout: Duration
    private let running = Mutex<DeviceServer?>(nil)
    /// The same through restarts, so that proxies stay valid.
    private let lastPort = Mutex(0)

    init(
        _ devices: [TestDevice], classProperties: [String: [String: [String]]], timeout: Duration, gateTimeout: Duration
    ) throws(ServerStartError) {
        var classes: [DeviceClass] = []
        var seen: Set<String> = []
        for device in devices {
            guard seen.insert(device.name.tangoFolded).inserted else { throw ServerStartError("Each device must have different name") }
            if !classes.contains(where: { $0.name.tangoFolded == device.deviceClass.name.tangoFolded }) {
                classes.append(device.deviceClass)
            }
            self.memory.add(
                device.name, deviceClass: device.deviceClass.name, properties: device.properties,
                attributeProperties: device.attributeProperties)
        }
        for (deviceClass, properties) in classProperties { self.memory.setClassProperties(properties, of: deviceClass) }
        self.classes = classes
        self.gateTimeout = gateTimeout
        var options = ClientOptions()
        options.timeout = timeout
        // Devices are named with their address; this one is never connected to.
        self.client = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 0), options: options)
    }

    func start() async throws {
        let arguments = ServerArguments(
            instance: "test", source: .none([]), endPoint: .init(host: "127.0.0.1", port: self.lastPort.withLock { $0 }))
        let server = DeviceServer(
            classes: self.classes,
            configuration: .init(
                name: "Test", arguments: arguments, eventLoopThreads: 1, poolThreads: 4, gateTimeout: self.gateTimeout,
                memory: self.memory))
        do {
            try await server.start()
        } catch {
            await server.stop()
            throw error
        }
        self.lastPort.withLock { $0 = server.port }
        self.running.withLock { $0 = server }
    }

    private func stop() async {
        let server = self.running.withLock { running in
            defer { running = nil }
            return running
        }
        await server?.stop()
    }

    func end() async {
        await self.client.shutdown()
        await self.stop()
    }

    private func server() throws(DevFailed) -> DeviceServer {
        guard let server = self.running.withLock({ $0 }) else { throw DevFailed(.shutdownInProgress, "The devices are not running") }
        return server
    }

    /// Ends the server and starts it anew: devices are made again and read the properties and memorized values of before.
    /// - Throws: `ServerStartError`.
    public func restart() async throws {
        await self.stop()
        try await self.start()
    }

    /// Name of the admin device, whose commands (`DevRestart`, …) work as those of any server.
    public var adminName: String { "dserver/Test/test" }

    /// Returns the locator (TRL) of a device for any Tango client: `tango://127.0.0.1:41234/test/ps/1#dbase=no`.
    public func locator(of name: String) -> String {
        "tango://127.0.0.1:\(self.lastPort.withLock { $0 })/\(name)#dbase=no"
    }

    /// Returns a proxy of a device, through the network.
    /// - Throws: `API_DeviceNotFound`, `API_CantConnectToDevice`, as any call on a device.
    public func device(_ name: String) async throws(DevFailed) -> DeviceProxy {
        try await self.client.device(self.locator(of: name))
    }

    /// Returns the device's handle to the kernel.
    /// - Throws: `API_DeviceNotFound`.
    public func context(of name: String) throws(DevFailed) -> DeviceContext {
        guard let device = try self.server().device(named: name) else {
            throw DevFailed(.deviceNotFound, "Device \(name) not found", origin: "TestSystem")
        }
        return DeviceContext(device)
    }

    /// Reads or changes the device's object, while no request runs on the device.
    /// - Throws: `API_DeviceNotFound`, `API_WrongDeviceClass`, what the body throws.
    public func withObject<D: Device, R: Sendable>(
        of name: String, as type: D.Type = D.self, _ body: @escaping @concurrent @Sendable (D) async throws -> R
    ) async throws -> R {
        try await self.context(of: name).withDevice(as: type, body)
    }

    /// Returns the properties of a device as a database would have them now, by name in lower case.
    public func storedProperties(of name: String) -> [String: [String]] { self.memory.properties(of: name) }

    /// Returns the properties of an attribute as a database would have them now, by name in lower case; `__value` is the memorized value.
    public func storedProperties(of name: String, attribute: String) -> [String: [String]] {
        self.memory.properties(of: name, attribute: attribute)
    }
}
