import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoWire
import Testing

@testable import TangoIIOP

/// Answers by the command's name: "echo" at once, "later" from another thread, "never" not at all, "drop" by closing the connection.
final class EchoDispatcher: IIOPDispatcher {
    struct Seen: Sendable {
        var versions: [GIOPVersion] = []
        var peers: Set<PeerAddress> = []
        var contexts = 0
        var held: [@Sendable () -> Void] = []
    }

    let seen = Mutex(Seen())

    func isKnown(objectKey: String) -> Bool { objectKey == "t/a/1" }

    /// Answers the requests held back, last first.
    func answerHeld() {
        let held = self.seen.withLock { seen in
            defer { seen.held = [] }
            return seen.held
        }
        for answer in held.reversed() { answer() }
    }

    var heldCount: Int { self.seen.withLock { $0.held.count } }

    func dispatch(_ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle) -> DispatchOutcome {
        self.seen.withLock { seen in
            seen.versions.append(request.header.version)
            seen.peers.insert(peer)
            seen.contexts += request.header.contexts.count
        }
        guard let key = request.header.objectKey, self.isKnown(objectKey: key) else { return .reply(Self.unknownObject(request.header)) }
        guard case .known(let operation) = request.header.operation, let call = try? request.call(operation) else { return .close }
        guard case .command(let name, let argument, _, _, _) = call else { return .reply(Self.encode(request.header, .void)) }
        let buffers = Self.encode(request.header, .command(argument))
        switch name {
        case "later":
            let handle = reply()
            Task { handle.send(buffers) }
            return .pending
        case "held":
            let handle = reply()
            self.seen.withLock { $0.held.append { handle.send(buffers) } }
            return .pending
        case "never":
            return .pending
        case "drop":
            return .close
        default: return .reply(buffers)
        }
    }

    private static func unknownObject(_ header: RequestHeader) -> [ByteBuffer] {
        var writer = CDRWriter()
        ReplyHeader(version: header.version, requestID: header.requestID, status: .systemException).encode(to: &writer, body: true)
        SystemException.objectNotExist.encode(to: &writer)
        writer.endMessage()
        return writer.finishSegments()
    }

    private static func encode(_ header: RequestHeader, _ result: DeviceResult) -> [ByteBuffer] {
        var writer = CDRWriter()
        ReplyHeader(version: header.version, requestID: header.requestID, status: .noException).encode(to: &writer, body: result.hasBody)
        if case .known(let operation) = header.operation { result.encode(for: operation, to: &writer) }
        writer.endMessage()
        return writer.finishSegments()
    }
}

/// A server, a dispatcher and a client of it.
struct Loopback: Sendable {
    let dispatcher = EchoDispatcher()
    let server: IIOPServer
    let cache: ConnectionCache
    let group: MultiThreadedEventLoopGroup

    static func run(
        limits: ServerLimits = ServerLimits(), clientIdleTime: TimeAmount = .seconds(120), _ body: (Loopback) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loopback = try await Loopback(group, limits, clientIdleTime)
        do {
            try await body(loopback)
        } catch {
            await loopback.stop()
            throw error
        }
        await loopback.stop()
    }

    private init(_ group: MultiThreadedEventLoopGroup, _ limits: ServerLimits, _ idleTime: TimeAmount) async throws {
        self.group = group
        self.server = try await IIOPServer.listen(group: group, host: "127.0.0.1", port: 0, dispatcher: self.dispatcher, limits: limits)
        self.cache = ConnectionCache(group: group, idleTime: idleTime)
    }

    private func stop() async {
        await self.cache.shutDown()
        await self.server.close()
        try? await self.group.shutdownGracefully()
    }

    func endpoint(_ version: GIOPVersion = .v1_2) -> Endpoint { Endpoint(host: "127.0.0.1", port: self.server.port, version: version) }

    func command(
        _ name: String, _ argument: CommandData = .void, version: GIOPVersion = .v1_2, timeout: Duration = .seconds(10)
    ) async throws -> CommandData {
        let call = DeviceCall.command(name, argument, source: .device, identity: .cpp(pid: 1), version: 4)
        guard case .command(let data) = try await self.cache.call(self.endpoint(version), objectKey: "t/a/1", call, timeout: timeout) else {
            throw TransportError.protocolError
        }
        return data
    }
}

/// The kind of a `TransportError`, without its details.
func kind(_ error: (any Error)?) -> String {
    error.map { String(describing: $0).prefix { $0 != "(" }.description } ?? "none"
}

/// A server that answers nothing and notes the kinds of the messages it gets.
final class RawServer: Sendable {
    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var splitter = MessageSplitter()
        private let server: RawServer

        init(_ server: RawServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.splitter.append(self.unwrapInboundIn(data))
            while let message = try? self.splitter.next() {
                self.server.types.withLock { $0.append(message.header.type) }
            }
        }
    }

    private let types = Mutex<[MessageType]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    var messages: [MessageType] { self.types.withLock { $0 } }
    var port: Int { self.channel.withLock { $0?.localAddress?.port ?? 0 } }

    static func listen(_ group: any EventLoopGroup) async throws -> RawServer {
        let server = RawServer()
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Reader(server)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        return server
    }

    func close() async throws { try await self.channel.withLock { $0 }?.close() }
}
