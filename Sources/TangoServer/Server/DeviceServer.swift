public import ServiceLifecycle
import Synchronization
import TangoCore
import TangoIIOP

/// A device server: a process, or a part of one, that hosts devices of one or more classes and the admin device `dserver/Name/instance`
/// (RFC-8).
///
/// It is a service: nothing starts before `run()`, which ends on a graceful shutdown, on cancellation and on the Kill command.
/// ```swift
/// let server = DeviceServer(
///     classes: [PowerSupply.deviceClass],
///     configuration: .init(name: "PowerSupply", arguments: ServerArguments(instance: "one")))
/// try await ServiceGroup(services: [server], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger).run()
/// ```
/// Programs that are nothing but a device server call `main(classes:)`.
public final class DeviceServer: Service {
    /// The classes whose devices it hosts.
    public let classes: [DeviceClass]
    /// The settings it was made with.
    public let configuration: Configuration
    private let started = Mutex<ServerLifecycle?>(nil)
    /// Opened by the Kill command, by a graceful shutdown and by the end of the server.
    private let ending = Latch()
    private let readiness = Readiness<Int>()

    /// Creates a server; nothing starts before `run()`.
    public init(classes: [DeviceClass], configuration: Configuration) {
        self.classes = classes
        self.configuration = configuration
    }

    // MARK: - Life

    /// Brings the server up, serves until a graceful shutdown, the Kill command or the task's cancellation, and ends it: requests under
    /// way finish, devices are released, the database is informed.
    /// - Throws: `ServerStartError` when the server cannot start.
    public func run() async throws {
        do {
            try await self.start()
        } catch {
            await self.stopUncancelled()
            throw error
        }
        await self.configuration.onReady?(self)
        await withGracefulShutdownHandler {
            await self.waitForStop()
        } onGracefulShutdown: {
            self.requestStop()
        }
        await self.stopUncancelled()
    }

    /// Ends `waitForStop`, as Kill does.
    package func requestStop() { self.ending.open() }

    /// Waits until the server accepts requests.
    /// - Returns: the port it listens at.
    /// - Throws: `CancellationError` when the server ends before, or the task is cancelled.
    @discardableResult
    public func waitUntilReady() async throws -> Int {
        try await self.readiness.wait()
    }

    /// Ends the server even where this task is cancelled, whose own calls on the database would fail.
    private func stopUncancelled() async {
        await Task { await self.stop() }.value
    }

    /// Brings the server up; `run` without the wait, for tests.
    /// - Throws: `ServerStartError`.
    package func start() async throws {
        let eventLoops = EventLoops.make(count: self.configuration.eventLoopThreads)
        eventLoops.start()
        let lifecycle: ServerLifecycle
        do throws(ServerStartError) {
            lifecycle = try ServerLifecycle(classes: self.classes, self.configuration, eventLoops: eventLoops) { [ending] in ending.open() }
        } catch {
            await eventLoops.shutDown()
            throw error
        }
        self.started.withLock { $0 = lifecycle }
        try await lifecycle.start()
        self.readiness.set(self.port)
    }

    /// Returns when Kill was commanded, the server ended or the task is cancelled.
    package func waitForStop() async {
        await self.ending.wait()
    }

    /// Ends the server; only the first call waits for the end.
    package func stop() async {
        await self.lifecycle?.stop()
        self.ending.open()
        self.readiness.set(nil)
    }

    /// The running server; `nil` before the start.
    package var lifecycle: ServerLifecycle? { self.started.withLock { $0 } }

    // MARK: - What it serves

    /// `Name/instance`.
    public var serverID: String { self.configuration.serverID }

    /// Name of the admin device.
    public var adminName: String { "dserver/\(self.serverID)" }

    /// Port it listens at; 0 before the start.
    public var port: Int { self.lifecycle?.address?.port ?? 0 }

    /// Reference (IOR) of a device as the database stores it.
    /// - Parameter name: name of the device, in any case.
    /// - Returns: `nil` for a device of another server, and before the start.
    public func reference(ofDevice name: String) -> String? {
        guard let lifecycle = self.lifecycle, let device = lifecycle.directory.device(named: name) else { return nil }
        return lifecycle.address?.reference(of: device)
    }

    /// The devices, without the admin device.
    package var devices: [DeviceRuntime] { self.lifecycle?.directory.devices ?? [] }

    /// The device of that name in any case, the admin device included.
    package func device(named name: String) -> DeviceRuntime? { self.lifecycle?.directory.device(named: name) }

    /// What the devices share; `nil` before the start.
    package var context: ServerContext? { self.lifecycle?.context }
}
