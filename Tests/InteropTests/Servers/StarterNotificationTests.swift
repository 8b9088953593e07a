import TangoClient
import TangoCore
import TangoDatabase
import TangoServer
import Testing

/// The database informs Starters while it is started, whether or not anybody waits for its end.
@Suite struct StarterNotificationTests {
    private final class Starter: Device {
        init(context: DeviceContext) { context.setState(.on) }
        func initialize() {}
    }

    @Test func theStarterOfAHostIsInformedWhenAServerStartsThere() async throws {
        let database = DatabaseServer(store: try DatabaseStore.inMemory(), host: "127.0.0.1", port: 0)
        try await database.start()
        let host = TangoHost(host: "127.0.0.1", port: database.port)
        let client = ControlSystem(host: host)
        let (updates, update) = AsyncStream<Void>.makeStream()
        let deviceClass = DeviceClass("Starter", Starter.self) {
            Command("UpdateServersInfo") { (_: Starter) in
                update.yield()
                return
            }
        }
        try await client.database().addServer("Starter/there", devices: [(name: "tango/admin/there", deviceClass: "Starter")])
        try await client.database().addServer("Any/one", devices: [(name: "any/one/1", deviceClass: "Any")])
        let starter = DeviceServer(
            classes: [deviceClass],
            configuration: .init(
                name: "Starter", arguments: ServerArguments(instance: "there", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: host))
        try await starter.start()
        let ior = try #require(starter.reference(ofDevice: "tango/admin/there"))
        try await client.device("sys/database/2").command(
            "DbExportDevice", .stringArray(["dserver/Any/one", ior, "there.example.org", "1", "6"]))

        let isInformed = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await updates.first { _ in true } != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(10))
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        #expect(isInformed)
        await starter.stop()
        await client.shutdown()
        await database.stop()
    }
}
