import ServiceLifecycle
import ServiceLifecycleTestKit
import TangoClient
import TangoCore
import Testing

@testable import TangoServer

/// A device server as a service.
@Suite struct DeviceServiceTests {
    private static func server(_ onReady: @escaping @Sendable (DeviceServer) async -> Void = { _ in }) -> DeviceServer {
        DeviceServer(
            classes: [BenchDevice.deviceClass()],
            configuration: .init(
                name: "Test",
                arguments: ServerArguments(
                    instance: "service", source: .none([.init(name: "t/a/1")]), endPoint: .init(host: "127.0.0.1", port: 0)),
                onReady: onReady))
    }

    private static func answers(_ port: Int) async -> Bool {
        let client = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 1))
        let device = try? await client.device("tango://127.0.0.1:\(port)/t/a/1#dbase=no")
        let answers = (try? await device?.ping()) != nil
        await client.shutdown()
        return answers
    }

    @Test func nothingStartsBeforeItRuns() async throws {
        let server = Self.server()
        #expect(server.port == 0 && server.devices.isEmpty && server.context == nil && server.reference(ofDevice: "t/a/1") == nil)
        await server.stop()
    }

    @Test func aGracefulShutdownEndsIt() async throws {
        try await testGracefulShutdown { trigger in
            let server = Self.server()
            async let end: Void = server.run()
            let port = try await server.waitUntilReady()
            #expect(await Self.answers(port))
            trigger.triggerGracefulShutdown()
            try await end
            #expect(await !Self.answers(port))
        }
    }

    @Test func aCancelledTaskEndsIt() async throws {
        let server = Self.server()
        let task = Task { try await server.run() }
        let port = try await server.waitUntilReady()
        #expect(await Self.answers(port))
        task.cancel()
        try await task.value
        #expect(await !Self.answers(port))
        await #expect(throws: CancellationError.self) { try await server.waitUntilReady() }
    }

    @Test func killEndsItAndTheGroupItIsIn() async throws {
        let server = Self.server()
        let program = Task { try await ServerProgram.run([server]) }
        let port = try await server.waitUntilReady()
        let client = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 1))
        try await client.device("tango://127.0.0.1:\(port)/\(server.adminName)#dbase=no").command("Kill")
        try await program.value
        #expect(await !Self.answers(port))
        await client.shutdown()
    }

    @Test func theErrorOfAServerThatCannotStartIsThatOfTheProgram() async throws {
        let first = Self.server()
        let running = Task { try await first.run() }
        let port = try await first.waitUntilReady()
        let second = DeviceServer(
            classes: [BenchDevice.deviceClass()],
            configuration: .init(
                name: "Test",
                arguments: ServerArguments(
                    instance: "second", source: .none([.init(name: "t/a/2")]), endPoint: .init(host: "127.0.0.1", port: port))))
        let failure = await #expect(throws: ServerStartError.self) { try await ServerProgram.run([second]) }
        #expect(failure?.description.contains("Cannot listen at 127.0.0.1:\(port)") == true)
        running.cancel()
        try await running.value
    }
}
