package import Logging
package import NIOCore
import Synchronization
package import TangoClient
import TangoCore
import TangoEvents

/// What all devices of one server share. Made once, before the first device, and never changed.
package struct ServerContext: Sendable {
    /// `Server/instance`.
    package let serverID: String
    /// Name of the machine.
    package let hostName: String
    /// Threads that move bytes.
    package let eventLoops: any EventLoopGroup
    /// Threads of handlers that may block.
    package let pool: BlockingPool
    /// Executor of the tasks of classes whose handlers may block.
    let poolExecutor: PoolExecutor
    /// Longest wait for a busy device; 3.2 s as in cppTango.
    package let gateTimeout: TimeAmount
    /// Log of the admin device: what concerns the server as a whole.
    package let logger: Logger
    /// Logging of the server and its devices.
    package let log: ServerLog
    /// Where changes of properties are stored; `nil` without a database.
    package let storage: (any DeviceStorage)?
    /// The server's own client; `nil` for a device outside of a server.
    package let controlSystem: ControlSystem?
    /// Takes the calls of the server's handlers on devices of the same server; `nil` for a device outside of a server.
    let localServer: InProcessServer?
    /// Stream of the devices' changes.
    package let changes = ChangeHub()
    /// Devices that the server's devices use.
    let subDevices = SubDevices()
    /// Publishes events.
    let events: EventSupplier
    /// Polls the devices.
    package let polling = PollDriver()
    /// Roots of forwarded attributes.
    let roots = ForwardedRootRegistry()
    /// Names of clients' hosts.
    let hosts: HostNames
    /// Free properties of the control system.
    let controlSystemSettings = ControlSystemSettings()

    /// Whether NaN and infinity may be written.
    var allowsNaN: Bool { self.controlSystemSettings.allowsNaN.load(ordering: .relaxed) }

    package init(
        serverID: String, hostName: String, eventLoops: any EventLoopGroup, pool: BlockingPool,
        gateTimeout: TimeAmount = .milliseconds(3200), log: ServerLog, storage: (any DeviceStorage)? = nil,
        controlSystem: ControlSystem? = nil
    ) {
        self.init(
            serverID: serverID, hostName: hostName, eventLoops: eventLoops, pool: pool, gateTimeout: gateTimeout, log: log,
            storage: storage, controlSystem: controlSystem, localServer: nil, transport: ZMQTransport())
    }

    init(
        serverID: String, hostName: String, eventLoops: any EventLoopGroup, pool: BlockingPool, gateTimeout: TimeAmount, log: ServerLog,
        storage: (any DeviceStorage)?, controlSystem: ControlSystem?, localServer: InProcessServer?,
        transport: any EventTransport
    ) {
        self.serverID = serverID
        self.hostName = hostName
        self.eventLoops = eventLoops
        self.pool = pool
        self.poolExecutor = PoolExecutor(pool)
        self.gateTimeout = gateTimeout
        self.logger = log.logger
        self.log = log
        self.storage = storage
        self.controlSystem = controlSystem
        self.localServer = localServer
        self.hosts = HostNames(pool)
        self.events = EventSupplier(transport: transport)
    }
}
