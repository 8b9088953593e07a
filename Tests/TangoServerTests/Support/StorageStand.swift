import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport

@testable import TangoServer

/// A server whose database can be away, and a client of it.
final class StorageStand: Sendable {
    static let device = "t/a/1"

    let memory = MemoryStorage()
    let client: ControlSystem
    private let classes: [DeviceClass]
    private let running = Mutex<DeviceServer?>(nil)

    private init(_ classes: [DeviceClass], _ properties: [String: [String]], _ attributes: [String: [String: [String]]]) {
        self.classes = classes
        var options = ClientOptions()
        options.timeout = .seconds(30)
        self.client = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 0), options: options)
        self.memory.add(Self.device, deviceClass: classes[0].name, properties: properties, attributeProperties: attributes)
    }

    /// Starts a server with one device of the first class, runs the body, stops the server.
    static func run(
        _ classes: [DeviceClass], properties: [String: [String]] = [:], attributes: [String: [String: [String]]] = [:],
        _ body: (StorageStand) async throws -> Void
    ) async throws {
        let stand = StorageStand(classes, properties, attributes)
        do {
            try await stand.start()
            try await body(stand)
        } catch {
            await stand.end()
            throw error
        }
        await stand.end()
    }

    private func start() async throws {
        let arguments = ServerArguments(instance: "test", source: .none([]), endPoint: .init(host: "127.0.0.1", port: 0))
        let server = DeviceServer(
            classes: self.classes,
            configuration: .init(name: "Stand", arguments: arguments, eventLoopThreads: 1, poolThreads: 2, memory: self.memory))
        self.running.withLock { $0 = server }
        try await server.start()
    }

    /// Ends the server and starts it anew.
    func restart() async throws {
        await self.running.withLock { $0 }?.stop()
        try await self.start()
    }

    private func end() async {
        await self.client.shutdown()
        await self.running.withLock { $0 }?.stop()
    }

    var server: DeviceServer {
        get throws {
            guard let server = self.running.withLock({ $0 }) else { throw PeerFailure("no server is running") }
            return server
        }
    }

    func device(_ name: String = StorageStand.device) async throws -> DeviceProxy {
        try await self.client.device("tango://127.0.0.1:\(self.server.port)/\(name)#dbase=no")
    }

    func admin() async throws -> DeviceProxy { try await self.device("dserver/Stand/test") }
}
