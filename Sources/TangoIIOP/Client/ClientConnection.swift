import NIOCore
import NIOPosix
import Synchronization
import TangoWire

/// Where to connect, and the GIOP version to speak there.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int
    package var version: GIOPVersion

    package init(host: String, port: Int, version: GIOPVersion) {
        self.host = host
        self.port = port
        self.version = version
    }

    package var description: String { "\(self.host):\(self.port)" }
}

private typealias Waiter = CheckedContinuation<Message, any Error>

/// Translates between a socket and `ClientStateMachine`.
private final class ClientChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine = ClientStateMachine<Waiter>()
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    /// What those get who wait when the connection ends.
    private var failure = TransportError.connectionLost
    private var activity = 0
    private var isFlushDue = false
    private let version: GIOPVersion
    private let idleTime: TimeAmount

    init(version: GIOPVersion, idleTime: TimeAmount) {
        self.version = version
        self.idleTime = idleTime
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.watchIdleness(context, since: 0)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.machine.received(self.unwrapInboundIn(data))
        while let action = self.machine.next() {
            switch action {
            case .resume(let waiter, let result): waiter.resume(with: result.mapError { $0 as any Error })
            case .closedByPeer:
                self.failure = .closedByPeer
                context.close(promise: nil)
                return
            case .protocolError:
                self.failure = .protocolError
                context.close(promise: nil)
                return
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.timer?.cancel()
        self.idleTimer?.cancel()
        for waiter in self.machine.closed() { waiter.resume(throwing: self.failure) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func send(_ id: UInt32, _ buffers: [ByteBuffer], _ waiter: Waiter, deadline: NIODeadline) {
        guard let context = self.context, self.machine.send(id, waiter, deadline: deadline) else {
            waiter.resume(throwing: TransportError.closedByPeer)
            return
        }
        self.activity &+= 1
        for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
        self.flushSoon(context)
        if deadline < self.timerDeadline { self.arm(context, deadline) }
    }

    /// Requests made in one turn of the event loop leave together.
    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !self.isFlushDue else { return }
        self.isFlushDue = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushDue = false
            self.context?.flush()
        }
    }

    func sendOneWay(_ buffers: [ByteBuffer]) {
        guard let context = self.context else { return }
        for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
        context.flush()
    }

    func cancel(_ id: UInt32) {
        self.machine.cancel(id)?.resume(throwing: TransportError.cancelled)
    }

    private func arm(_ context: ChannelHandlerContext, _ deadline: NIODeadline) {
        self.timer?.cancel()
        self.timerDeadline = deadline
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(deadline: deadline) { bound.value.deadlinePassed() }
    }

    private func deadlinePassed() {
        self.timerDeadline = .distantFuture
        guard let context = self.context else { return }
        for late in self.machine.hitDeadline(now: .now()) {
            context.writeAndFlush(self.wrapOutboundOut(CDRWriter.cancelRequest(late.id, version: self.version)), promise: nil)
            late.waiter.resume(throwing: TransportError.timedOut)
        }
        if let next = self.machine.nextDeadline { self.arm(context, next) }
    }

    private func watchIdleness(_ context: ChannelHandlerContext, since count: Int) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.idleTimer = context.eventLoop.scheduleTask(in: self.idleTime) {
            let handler = bound.value
            guard let context = handler.context else { return }
            if handler.activity == count, handler.machine.outstanding == 0 {
                handler.closeGracefully()
            } else {
                handler.watchIdleness(context, since: handler.activity)
            }
        }
    }

    func closeGracefully() {
        guard let context = self.context else { return }
        if self.version == .v1_2 {
            context.writeAndFlush(self.wrapOutboundOut(CDRWriter.headerOnly(.closeConnection, version: .v1_2)), promise: nil)
        }
        context.close(promise: nil)
    }
}

/// One connection, shared by everybody who talks to that endpoint; requests are multiplexed by id.
package final class ClientConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ClientChannelHandler>
    private let nextID = Atomic<UInt32>(2)
    private let isFirst = Atomic<Bool>(true)
    package let endpoint: Endpoint

    private init(channel: any Channel, handler: NIOLoopBound<ClientChannelHandler>, endpoint: Endpoint) {
        self.channel = channel
        self.handler = handler
        self.endpoint = endpoint
    }

    /// - Throws: `TransportError`.
    package static func connect(
        on eventLoop: any EventLoop, to endpoint: Endpoint, timeout: TimeAmount, idleTime: TimeAmount
    ) async throws -> ClientConnection {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 1 << 20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ClientChannelHandler(version: endpoint.version, idleTime: idleTime))
                }
            }
        do {
            let channel: any Channel
            if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
                channel = try await bootstrap.connect(to: address).get()
            } else {
                channel = try await bootstrap.connect(host: endpoint.host, port: endpoint.port).get()
            }
            let handler = try await channel.eventLoop.submit {
                NIOLoopBound(
                    try channel.pipeline.syncOperations.handler(type: ClientChannelHandler.self), eventLoop: channel.eventLoop)
            }.get()
            return ClientConnection(channel: channel, handler: handler, endpoint: endpoint)
        } catch {
            throw Self.translated(error, endpoint)
        }
    }

    private static func translated(_ error: any Error, _ endpoint: Endpoint) -> TransportError {
        if let error = error as? NIOConnectionError {
            if let first = error.connectionErrors.first { return Self.translated(first.error, endpoint) }
            return .hostNotFound(endpoint.host)
        }
        // Closed again before the first request: the handler is gone with the pipeline.
        if error is ChannelPipelineError { return .closedByPeer }
        if case ChannelError.connectTimeout = error { return .connectTimedOut("\(endpoint)") }
        if let error = error as? IOError {
            switch error.errnoCode {
            case ECONNREFUSED: return .connectionRefused("\(endpoint)")
            case ETIMEDOUT: return .connectTimedOut("\(endpoint)")
            default: return .connectFailed("\(endpoint): \(error)")
            }
        }
        return .connectFailed("\(endpoint): \(error)")
    }

    package var isOpen: Bool { self.channel.isActive }
    package var closeFuture: EventLoopFuture<Void> { self.channel.closeFuture }

    /// Sends a request and waits for its reply.
    /// - Throws: `TransportError`.
    package func request(objectKey: String, _ call: DeviceCall, timeout: Duration) async throws -> DeviceResult {
        let id = self.nextID.wrappingAdd(2, ordering: .relaxed).oldValue
        let isFirst = self.endpoint.version == .v1_2 && self.isFirst.exchange(false, ordering: .relaxed)
        let operation = call.operation
        var writer = CDRWriter()
        RequestHeader(
            version: self.endpoint.version, requestID: id, objectKey: objectKey, operation: .known(operation),
            contexts: isFirst ? [.codeSets] : []
        ).encode(to: &writer, arguments: call.hasArguments)
        call.encode(to: &writer)
        writer.endMessage()
        let buffers = writer.finishSegments()
        let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
        let message = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                guard !Task.isCancelled else {
                    waiter.resume(throwing: TransportError.cancelled)
                    return
                }
                if self.channel.eventLoop.inEventLoop {
                    self.handler.value.send(id, buffers, waiter, deadline: deadline)
                } else {
                    self.channel.eventLoop.execute { self.handler.value.send(id, buffers, waiter, deadline: deadline) }
                }
            }
        } onCancel: {
            self.channel.eventLoop.execute { self.handler.value.cancel(id) }
        }
        return try Self.result(of: message, operation)
    }

    private static func result(of message: Message, _ operation: TangoWire.Operation) throws(TransportError) -> DeviceResult {
        do {
            var reader = CDRReader(
                message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
            let header = try ReplyHeader(message.header, &reader)
            switch header.status {
            case .noException: return try DeviceResult(operation, &reader)
            case .userException: throw TransportError.user(try UserException(&reader))
            case .systemException: throw TransportError.system(try SystemException(&reader))
            case .locationForward, .locationForwardPermanent: throw TransportError.forwarded(try IOR(&reader))
            case .needsAddressingMode: throw TransportError.protocolError
            }
        } catch let error as CDRError {
            throw .badReply(error)
        } catch let error as TransportError {
            throw error
        } catch {
            throw .protocolError
        }
    }

    package func close() async {
        self.channel.eventLoop.execute { self.handler.value.closeGracefully() }
        try? await self.channel.closeFuture.get()
    }
}
