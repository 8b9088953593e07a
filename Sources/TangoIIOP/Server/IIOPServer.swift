import Logging
import NIOCore
import NIOPosix
import TangoCore
import TangoWire

/// Limits of a listening server.
package struct ServerLimits: Sendable {
    package var maximumMessageSize = MessageSplitter.defaultMaximumMessageSize
    /// Requests of one connection under way at once; beyond, its socket is not read.
    package var maximumOutstanding = 256
    package var maximumConnections = 8192
    /// A connection without a request for so long is closed, with CloseConnection.
    package var idleTime: TimeAmount = .seconds(180)

    package init() {}
}

/// What became of a request handed to a dispatcher.
package enum DispatchOutcome: Sendable {
    /// Answered at once: one or more buffers of one message.
    case reply([ByteBuffer])
    /// The `ReplyHandle` will be used later, from any thread.
    case pending
    /// One-way: nothing is sent.
    case noReply
    /// The request cannot be understood: the connection is closed, as the incumbents do.
    case close
}

/// Where requests go.
package protocol IIOPDispatcher: Sendable {
    /// Called on the connection's event loop, in the order of arrival; must not block.
    func dispatch(_ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle) -> DispatchOutcome
    func isKnown(objectKey: String) -> Bool
}

/// Address of a client.
package struct PeerAddress: Sendable, Hashable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Sends the answer to one request, from any thread.
package struct ReplyHandle: Sendable {
    package let eventLoop: any EventLoop
    fileprivate let handler: NIOLoopBound<ServerChannelHandler>

    package func send(_ buffers: [ByteBuffer]) {
        if self.eventLoop.inEventLoop {
            self.handler.value.answer(buffers)
        } else {
            self.eventLoop.execute { self.handler.value.answer(buffers) }
        }
    }

    /// A one-way request was served.
    package func done() { self.send([]) }

    package func close() {
        self.eventLoop.execute { self.handler.value.close() }
    }
}

/// Translates between a socket and `ServerStateMachine`.
final class ServerChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: ServerStateMachine
    private let dispatcher: any IIOPDispatcher
    private let idleTime: TimeAmount
    private var context: ChannelHandlerContext?
    private var peer = PeerAddress(host: "?", port: 0)
    private var requestCount = 0
    private var idleTimer: Scheduled<Void>?
    private var isReading = false
    private var needsFlush = false

    init(dispatcher: any IIOPDispatcher, limits: ServerLimits) {
        self.dispatcher = dispatcher
        self.machine = ServerStateMachine(maximumMessageSize: limits.maximumMessageSize, maximumOutstanding: limits.maximumOutstanding)
        self.idleTime = limits.idleTime
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        if let address = context.remoteAddress {
            self.peer = PeerAddress(host: address.ipAddress ?? "localhost", port: address.port ?? 0)
        }
        self.watchIdleness(context, sinceRequest: 0)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.idleTimer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.isReading = true
        self.machine.received(self.unwrapInboundIn(data))
        self.process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        if self.needsFlush {
            self.needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // A client that does not read its answers gets no further requests served.
        if context.channel.isWritable { self.process(context) } else { self.updateReading(context) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half-closed: nothing more will be asked; answers under way could not be told from lost ones, so close.
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private var isProcessing = false

    private func process(_ context: ChannelHandlerContext) {
        // An answer given while a request is dispatched comes back here: the outer loop goes on.
        guard !self.isProcessing else { return }
        self.isProcessing = true
        defer { self.isProcessing = false }
        while context.channel.isWritable, let action = self.machine.next() {
            switch action {
            case .request(let request):
                self.requestCount &+= 1
                let outcome = self.dispatcher.dispatch(request, from: self.peer, reply: self.replyHandle(context))
                switch outcome {
                case .reply(let buffers): self.write(context, request.header.isResponseExpected ? buffers : [])
                case .noReply: self.machine.answered()
                case .pending: break
                case .close:
                    context.flush()
                    context.close(promise: nil)
                    return
                }
            case .locate(let locate):
                let isHere = locate.objectKey.map(self.dispatcher.isKnown) ?? false
                var writer = CDRWriter(capacity: 32)
                LocateReply(version: locate.version, requestID: locate.requestID, status: isHere ? 1 : 0).encode(to: &writer)
                context.write(self.wrapOutboundOut(writer.finish()), promise: nil)
                self.needsFlush = true
            case .close(let farewell):
                if let farewell { context.write(self.wrapOutboundOut(farewell), promise: nil) }
                context.flush()
                context.close(promise: nil)
                return
            }
        }
        self.updateReading(context)
    }

    private func replyHandle(_ context: ChannelHandlerContext) -> ReplyHandle {
        ReplyHandle(eventLoop: context.eventLoop, handler: NIOLoopBound(self, eventLoop: context.eventLoop))
    }

    private func write(_ context: ChannelHandlerContext, _ buffers: [ByteBuffer]) {
        self.machine.answered()
        for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
        if self.isReading { self.needsFlush = true } else { context.flush() }
    }

    /// A late answer.
    fileprivate func answer(_ buffers: [ByteBuffer]) {
        guard let context = self.context else { return }
        let wasFull = !self.machine.wantsMore
        self.write(context, buffers)
        if wasFull { self.process(context) }
    }

    fileprivate func close() {
        self.context?.close(promise: nil)
    }

    /// Says goodbye with CloseConnection, so that clients open a new connection without an error.
    func closeGracefully() {
        guard let context = self.context else { return }
        context.writeAndFlush(self.wrapOutboundOut(CDRWriter.headerOnly(.closeConnection, version: self.machine.version)), promise: nil)
        context.close(promise: nil)
    }

    private var isPaused = false

    private func updateReading(_ context: ChannelHandlerContext) {
        let pauses = !self.machine.wantsMore || !context.channel.isWritable
        guard pauses != self.isPaused else { return }
        self.isPaused = pauses
        context.channel.setOption(.autoRead, value: !pauses).whenFailure { _ in }
        if !pauses { context.read() }
    }

    private func watchIdleness(_ context: ChannelHandlerContext, sinceRequest count: Int) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.idleTimer = context.eventLoop.scheduleTask(in: self.idleTime) {
            let handler = bound.value
            guard let context = handler.context else { return }
            if handler.requestCount == count, handler.machine.outstanding == 0 {
                handler.closeGracefully()
            } else {
                handler.watchIdleness(context, sinceRequest: handler.requestCount)
            }
        }
    }
}

/// Listens for IIOP connections.
package final class IIOPServer: Sendable {
    private let channel: any Channel
    private let connections: ConnectionRegistry
    /// Port bound.
    package let port: Int

    private init(channel: any Channel, connections: ConnectionRegistry, port: Int) {
        self.channel = channel
        self.connections = connections
        self.port = port
    }

    /// Binds and starts to listen.
    /// - Parameter host: address or name; empty is all interfaces. Port 0 is any free one.
    package static func listen(
        group: any EventLoopGroup, host: String, port: Int, dispatcher: any IIOPDispatcher, limits: ServerLimits = ServerLimits()
    ) async throws -> IIOPServer {
        let connections = ConnectionRegistry(maximum: limits.maximumConnections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 1 << 20))
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let handler = ServerChannelHandler(dispatcher: dispatcher, limits: limits)
                    connections.attach(NIOLoopBound(handler, eventLoop: channel.eventLoop), to: channel)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let channel = try await bootstrap.bind(host: host.isEmpty ? "0.0.0.0" : host, port: port).get()
        return IIOPServer(channel: channel, connections: connections, port: channel.localAddress?.port ?? port)
    }

    /// Number of open connections.
    package var connectionCount: Int { self.connections.count }

    /// Stops listening, then closes every connection with CloseConnection.
    package func close() async {
        try? await self.channel.close().get()
        await self.connections.closeAll()
    }
}
