import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoIIOP
import Testing

@testable import TangoClient

@Suite struct ControlSystemTests {
    @Test func hostsAreTheSameInAnySpelling() async throws {
        let system = ControlSystem(host: TangoHost(host: "Machine", port: 1))
        #expect(try system.database() === system.database(TangoHost(host: "mACHINE", port: 1)))
        #expect(try system.database() !== system.database(TangoHost(host: "machine", port: 2)))
        #expect(system.keptCounts.databases == 2)
        await system.shutdown()
    }

    @Test func nothingStartsBeforeTheFirstCall() async throws {
        var options = ClientOptions()
        options.eventLoopThreads = 2
        let system = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 1), options: options)
        _ = try system.database()
        #expect(!system.eventLoops.isRunning)
        await #expect(throws: DevFailed.self) { try await system.database().command("DbInfo") }
        #expect(system.eventLoops.isRunning)
        await system.shutdown()
    }

    @Test func clientsShareTheEventLoopsOfTheProcess() async {
        let systems = [ControlSystem(), ControlSystem()]
        #expect(systems[0].eventLoops === systems[1].eventLoops)
        for system in systems { await system.shutdown() }
    }

    @Test func onlySoManyHostsAreKeptAndThoseInUseStay() async throws {
        let system = ControlSystem(
            host: TangoHost(host: "used", port: 1), options: ClientOptions(), eventLoops: .shared, databaseLimit: 4
        )
        let used = try system.database()
        for number in 0..<1000 {
            _ = try system.database(TangoHost(host: "host\(number)", port: 1))
            #expect(try system.database() === used)
        }
        #expect(system.keptCounts.databases == 4)
        await system.shutdown()
    }

    @Test func theDatabasesOfTheEnvironmentAreOneControlSystem() async throws {
        let hosts = ["a:1", "b:2", "c:3"].compactMap { try? TangoHost(parsing: $0) }
        let system = ControlSystem(
            host: nil, options: ClientOptions(), eventLoops: .shared, tangoHosts: { hosts })
        func tried(_ text: String) throws -> [String] {
            let host = try TangoHost(parsing: text)
            return system.alternatives(to: host).map(\.description)
        }
        #expect(try tried("A:1") == ["b:2", "c:3"])
        #expect(try tried("b:2") == ["c:3", "a:1"])
        #expect(try tried("other:1") == [])
        await system.shutdown()
    }

    @Test func theNextDatabaseAnswersWhenOneDoesNot() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let fakes = [FakeDevice(version: 4), FakeDevice(version: 4)]
        var servers: [IIOPServer] = []
        for fake in fakes { servers.append(try await IIOPServer.listen(group: group, host: "127.0.0.1", port: 0, dispatcher: fake)) }
        let hosts = servers.map { TangoHost(host: "127.0.0.1", port: $0.port) }
        var options = ClientOptions()
        options.respectsAccessControl = false
        let system = ControlSystem(host: hosts[0], options: options, eventLoops: EventLoops(group), tangoHosts: { hosts })
        let database = try system.database()
        try await database.command("DbInfo")
        #expect(fakes[1].calls.withLock { $0.isEmpty })
        // The first goes: the second answers.
        await servers[0].close()
        try await database.command("DbInfo")
        #expect(fakes[1].operations.contains("command_inout_4"))
        // The first comes back and the second goes: the first answers again.
        servers[0] = try await IIOPServer.listen(group: group, host: "127.0.0.1", port: hosts[0].port, dispatcher: fakes[0])
        await servers[1].close()
        fakes[0].calls.withLock { $0 = [] }
        try await database.command("DbInfo")
        #expect(fakes[0].operations.contains("command_inout_4"))
        await system.shutdown()
        await servers[0].close()
    }

    @Test(.timeLimit(.minutes(1))) func aMuteDatabaseCostsTheTimeOfOneCallAndIsNamed() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let mute = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        var options = ClientOptions()
        options.databaseTimeout = .seconds(3)
        let system = ControlSystem(
            host: TangoHost(host: "127.0.0.1", port: mute.localAddress?.port ?? 0), options: options, eventLoops: EventLoops(group),
            tangoHosts: { [] })
        for name in ["a/b/c", "alias"] {
            let start = ContinuousClock.now
            let failure = await #expect(throws: DevFailed.self) { try await system.device(name) }
            // Not twice: for the alias and for the device.
            #expect(ContinuousClock.now - start < .seconds(6))
            #expect(failure?.errors.map(\.reason) == [.corbaException, .deviceTimedOut, .cantConnectToDatabase])
        }
        await system.shutdown()
        try await mute.close()
    }
}
