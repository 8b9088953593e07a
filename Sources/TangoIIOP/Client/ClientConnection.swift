package import NIOCore
import NIOPosix
import Synchronization
package import TangoWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection, shared by all callers of that endpoint; requests are multiplexed by id.
package final class ClientConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ClientChannelHandler>
    private let status: ClientChannelHandler.Status
    private let nextID = Atomic<UInt32>(2)
    private let isFirst = Atomic<Bool>(true)
    package let endpoint: Endpoint

    private init(channel: any Channel, handler: ClientChannelHandler, endpoint: Endpoint) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.status = handler.status
        self.endpoint = endpoint
    }

    /// Opens a connection.
    /// - Parameter onTimeOut: called on the event loop when a time-out ends the taking of requests.
    /// - Returns: the connection; the future fails with `TransportError`.
    static func connect(
        on eventLoop: any EventLoop, to endpoint: Endpoint, timeout: TimeAmount, idleTime: TimeAmount,
        onTimeOut: @escaping @Sendable () -> Void
    ) -> EventLoopFuture<ClientConnection> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: ReadBufferAllocator())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ClientChannelHandler(version: endpoint.version, idleTime: idleTime, onTimeOut: onTimeOut))
                    KeepAlive.set(on: channel)
                }
            }
        let channel: EventLoopFuture<any Channel> =
            if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: endpoint.host, port: endpoint.port)
            }
        return channel.flatMap { channel in
            channel.eventLoop.submit {
                ClientConnection(
                    channel: channel, handler: try channel.pipeline.syncOperations.handler(type: ClientChannelHandler.self),
                    endpoint: endpoint)
            }
        }.flatMapErrorThrowing { throw Self.translated($0, endpoint) }
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

    /// Whether the connection is open and takes requests. It takes none after a time-out, until a reply comes.
    package var acceptsRequests: Bool { self.status.acceptsRequests.load(ordering: .acquiring) }
    package var closeFuture: EventLoopFuture<Void> { self.channel.closeFuture }

    /// Sends a request and waits for its reply.
    /// - Throws: `TransportError`.
    package func request(objectKey: String, _ call: DeviceCall, deadline: NIODeadline) async throws -> DeviceResult {
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
        // A cancellation may reach the event loop before the request: the state machine keeps it until the request comes.
        defer {
            if Task.isCancelled { self.channel.eventLoop.execute { self.handler.value.forgetCancellation(id) } }
        }
        let message = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: ClientChannelHandler.Waiter) in
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

    /// Takes no request until a reply comes: a call timed out on another connection to the same peer.
    func suspect() {
        self.channel.eventLoop.execute { self.handler.value.suspect() }
    }

    /// Closes the connection when the last reply that is awaited has come; it takes no request any more.
    package func retire() {
        self.channel.eventLoop.execute { self.handler.value.retire() }
    }

    /// Closes the connection; requests under way fail.
    package func close() async {
        self.channel.eventLoop.execute { self.handler.value.closeGracefully() }
        try? await self.channel.closeFuture.get()
    }
}
