import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoIIOP

struct FailureTests {
    @Test func anIdleConnectionIsClosedByTheServerAndReopenedSilently() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(500)
        try await Loopback.run(limits: limits) { loopback in
            for index: Int32 in 0..<3 {
                let answer1 = try await loopback.command("echo", .long(index))
                #expect(answer1 == .long(index))
                try await eventually { loopback.server.connectionCount == 0 && loopback.cache.count == 0 }
            }
            #expect(loopback.dispatcher.seen.withLock { $0.peers.count } == 3)
        }
    }

    @Test func aPeerThatClosesEachConnectionAtOnceIsGivenUp() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let peer = try await ServerBootstrap(group: group).childChannelInitializer { $0.close() }.bind(host: "127.0.0.1", port: 0).get()
        let cache = ConnectionCache(group: group)
        let endpoint = Endpoint(host: "127.0.0.1", port: peer.localAddress?.port ?? 0, version: .v1_2)
        for _ in 0..<20 {
            await #expect(throws: (any Error).self) {
                _ = try await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(30))
            }
        }
        // Nothing is kept of connections that ended.
        try await eventually { cache.count == 0 }
        await cache.shutDown()
        try await peer.close()
    }

    @Test func theServersFarewellIsCloseConnection() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(500)
        try await Loopback.run(limits: limits) { loopback in
            let answer = try await RawSocket.exchange(loopback.group, port: loopback.server.port, Messages.request(2))
            #expect(answer == Messages.joined([Messages.reply(2), CDRWriter.headerOnly(.closeConnection, version: .v1_2)]))
        }
    }

    @Test func aConnectionThatNeverAsksIsClosedToo() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(500)
        try await Loopback.run(limits: limits) { loopback in
            let answer = try await RawSocket.exchange(loopback.group, port: loopback.server.port, ByteBuffer())
            #expect(Messages.type(answer) == .closeConnection)
        }
    }

    /// CloseConnection tells a client to repeat what is not answered: a request that is running would be executed twice.
    @Test func aServerThatClosesAnswersWhatIsRunningFirst() async throws {
        try await Loopback.run { loopback in
            async let held = loopback.command("held", .long(1))
            try await eventually { loopback.dispatcher.heldCount == 1 }
            async let closed: Void = loopback.server.close(within: .hours(1))
            // Requests that arrive from now on are not begun.
            try await eventually { (try? await loopback.command("echo", timeout: .milliseconds(50))) == nil }
            #expect(loopback.server.connectionCount == 1)
            loopback.dispatcher.answerHeld()
            #expect(try await held == .long(1))
            await closed
            #expect(loopback.dispatcher.heldCount == 0, "it was not repeated")
        }
    }

    @Test func aServerThatCannotWaitClosesWithoutTellingToRepeat() async throws {
        try await Loopback.run { loopback in
            let held = Task { try await loopback.command("held", .long(1)) }
            try await eventually { loopback.dispatcher.heldCount == 1 }
            await loopback.server.close(within: .milliseconds(10))
            guard case .failure(let error) = await held.result else {
                Issue.record("answered")
                return
            }
            #expect(kind(error) == "connectionLost")
        }
    }

    @Test func aRunningRequestKeepsTheConnectionOpen() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(30)
        try await Loopback.run(limits: limits, clientIdleTime: .milliseconds(30)) { loopback in
            async let held = loopback.command("held", .long(1))
            try await eventually { loopback.dispatcher.heldCount == 1 }
            try await Task.sleep(for: .milliseconds(200))
            #expect(loopback.server.connectionCount == 1)
            loopback.dispatcher.answerHeld()
            #expect(try await held == .long(1))
        }
    }

    @Test func theClientClosesAnIdleConnectionItself() async throws {
        try await Loopback.run(clientIdleTime: .milliseconds(50)) { loopback in
            _ = try await loopback.command("echo")
            try await eventually { loopback.server.connectionCount == 0 && loopback.cache.count == 0 }
            let answer2 = try await loopback.command("echo", .long(2))
            #expect(answer2 == .long(2))
        }
    }

    @Test func aRestartedServerIsFoundAgain() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let cache = ConnectionCache(group: group)
        let first = try await IIOPServer.listen(group: group, host: "127.0.0.1", port: 0, dispatcher: EchoDispatcher())
        let endpoint = Endpoint(host: "127.0.0.1", port: first.port, version: .v1_2)
        _ = try await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(10))
        await first.close()
        try await eventually { cache.count == 0 }
        let error = await #expect(throws: TransportError.self) {
            try await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(10))
        }
        #expect(kind(error) == "connectionRefused")
        let second = try await IIOPServer.listen(group: group, host: "127.0.0.1", port: endpoint.port, dispatcher: EchoDispatcher())
        _ = try await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(10))
        await cache.shutDown()
        await second.close()
        try await group.shutdownGracefully()
    }

    @Test func aConnectionCutWhileWaitingIsLost() async throws {
        try await Loopback.run { loopback in
            let error = await #expect(throws: TransportError.self) { try await loopback.command("drop") }
            #expect(kind(error) == "connectionLost")
            // Once only: what may have been executed is not sent again.
            #expect(loopback.dispatcher.seen.withLock { $0.versions.count } == 1)
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
        }
    }

    @Test func everybodyWaitingLearnsOfTheCut() async throws {
        try await Loopback.run { loopback in
            async let failures = withTaskGroup(of: String.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            return "\(try await loopback.command("held"))"
                        } catch {
                            return kind(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually { loopback.dispatcher.heldCount == 5 }
            _ = try? await loopback.command("drop")
            let kinds = await failures
            #expect(kinds == Array(repeating: "connectionLost", count: 5))
        }
    }

    @Test func noAnswerIsATimeOutAndTheConnectionSurvives() async throws {
        try await Loopback.run { loopback in
            let connection = try await loopback.cache.connection(to: loopback.endpoint(), deadline: .distantFuture)
            let error = await #expect(throws: TransportError.self) { try await loopback.command("held", timeout: .milliseconds(50)) }
            #expect(kind(error) == "timedOut")
            loopback.dispatcher.answerHeld()
            // The late answer shows that the peer lives.
            try await eventually { connection.acceptsRequests }
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
            #expect(loopback.dispatcher.seen.withLock { $0.peers.count } == 1)
        }
    }

    @Test func afterATimeOutTheNextCallGetsANewConnection() async throws {
        try await Loopback.run { loopback in
            let silent = try await loopback.cache.connection(to: loopback.endpoint(), deadline: .distantFuture)
            let error = await #expect(throws: TransportError.self) { try await loopback.command("held", timeout: .milliseconds(50)) }
            #expect(kind(error) == "timedOut")
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
            #expect(loopback.dispatcher.seen.withLock { $0.peers.count } == 2)
            // The silent one is closed: nothing is awaited on it.
            try await silent.closeFuture.get()
        }
    }

    @Test func aTimeOutCastsDoubtOnTheConnectionsOfOtherThreadsToo() async throws {
        try await Loopback.run { loopback in
            let cache = ConnectionCache(group: loopback.group, onePerEventLoop: true)
            let executors = loopback.group.makeIterator().compactMap { cache.eventLoops[$0] }
            let endpoint = loopback.endpoint()
            @Sendable func call(_ name: String, _ timeout: Duration) async throws {
                let call = DeviceCall.command(name, .void, source: .device, identity: .cpp(pid: 1), version: 4)
                _ = try await cache.call(endpoint, objectKey: "t/a/1", call, timeout: timeout)
            }
            for executor in executors { try await withTaskExecutorPreference(executor) { try await call("echo", .seconds(10)) } }
            #expect(loopback.server.connectionCount == 2)
            await #expect(throws: TransportError.self) {
                try await withTaskExecutorPreference(executors[0]) { try await call("never", .milliseconds(50)) }
            }
            // Gets a new connection, once the event loop of the old one has learned of the time-out.
            try await eventually {
                try await withTaskExecutorPreference(executors[1]) { try await call("echo", .seconds(10)) }
                return loopback.dispatcher.seen.withLock { $0.peers.count } == 3
            }
            await cache.shutDown()
        }
    }

    @Test func nothingIsSentWhenACallTimesOutOrIsCancelled() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await RawServer.listen(group)
        let cache = ConnectionCache(group: group)
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port, version: .v1_2)
        _ = try? await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(1))
        let cancelled = Task { try? await cache.call(endpoint, objectKey: "t/a/1", .ping, timeout: .seconds(600)) }
        try await eventually { server.messages.filter { $0 == .request }.count == 2 }
        cancelled.cancel()
        _ = await cancelled.value
        try await Task.sleep(for: .milliseconds(100))
        await cache.shutDown()
        try await Task.sleep(for: .milliseconds(100))
        // No CloseConnection either: the peer may still execute them.
        #expect(server.messages == [.request, .request])
        try await server.close()
    }

    @Test(.timeLimit(.minutes(1))) func aHostThatDoesNotAnswerCostsTheCallersTimeOnly() async throws {
        // A full backlog: the kernel drops further connection requests.
        let group = MultiThreadedEventLoopGroup.singleton
        let full = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = full.localAddress?.port ?? 0
        let fillers = (0..<4).map { _ in
            ClientBootstrap(group: group).connectTimeout(.milliseconds(300)).connect(host: "127.0.0.1", port: port)
        }
        for filler in fillers { _ = try? await filler.get() }
        let cache = ConnectionCache(group: group)
        let endpoint = Endpoint(host: "127.0.0.1", port: port, version: .v1_2)
        let start = ContinuousClock.now
        let first = Task { try? await cache.connection(to: endpoint, deadline: .now() + .seconds(5)) }
        let error = await #expect(throws: TransportError.self) {
            try await cache.call(endpoint, objectKey: "x", .ping, timeout: .milliseconds(200))
        }
        #expect(kind(error) == "connectTimedOut")
        // An attempt to connect lasts ten seconds.
        #expect(ContinuousClock.now - start < .seconds(9))
        first.cancel()
        #expect(await first.value == nil)
        await cache.shutDown()
        for filler in fillers { try? await filler.get().close() }
        try await full.close()
    }

    @Test func aCancelledCallEndsAtOnce() async throws {
        try await Loopback.run { loopback in
            let call = Task { try await loopback.command("held", timeout: .seconds(600)) }
            try await eventually { loopback.dispatcher.heldCount == 1 }
            call.cancel()
            let result = await call.result
            guard case .failure(let error) = result else {
                Issue.record("not cancelled")
                return
            }
            #expect(kind(error) == "cancelled")
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
        }
    }

    @Test func nobodyListeningIsRefused() async throws {
        try await Loopback.run { loopback in
            await loopback.server.close()
            try await eventually { loopback.cache.count == 0 }
            let error = await #expect(throws: TransportError.self) { try await loopback.command("echo") }
            #expect(kind(error) == "connectionRefused")
        }
    }

    @Test func anUnknownHostIsSaidSo() async throws {
        try await Loopback.run { loopback in
            let endpoint = Endpoint(host: "no-such-host.invalid", port: 10000, version: .v1_0)
            let error = await #expect(throws: TransportError.self) {
                try await loopback.cache.call(endpoint, objectKey: "x", .ping, timeout: .seconds(10))
            }
            #expect(kind(error) == "hostNotFound")
        }
    }

    @Test func connectionsBeyondTheMaximumAreTurnedAway() async throws {
        var limits = ServerLimits()
        limits.maximumConnections = 1
        try await Loopback.run(limits: limits) { loopback in
            _ = try await loopback.command("echo", version: .v1_2)
            // Another version is another endpoint, hence another connection.
            let error = await #expect(throws: TransportError.self) { try await loopback.command("echo", version: .v1_0) }
            #expect(["connectionLost", "closedByPeer", "connectFailed"].contains(kind(error)))
            let again = try await loopback.command("echo", .long(1), version: .v1_2)
            #expect(again == .long(1))
            #expect(loopback.server.connectionCount == 1)
        }
    }

    @Test func afterShutDownNothingIsSent() async throws {
        try await Loopback.run { loopback in
            _ = try await loopback.command("echo")
            await loopback.cache.shutDown()
            let error = await #expect(throws: TransportError.self) { try await loopback.command("echo") }
            #expect(kind(error) == "shutDown")
            try await eventually { loopback.server.connectionCount == 0 }
        }
    }
}
