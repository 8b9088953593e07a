import NIOCore
import NIOPosix
import TangoIIOP
import TangoServer
import TangoTestSupport
import TangoWire

/// Takes the first reply apart, or notices the end of the connection.
private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var splitter = MessageSplitter()
    private let promise: EventLoopPromise<TransportError?>

    init(_ promise: EventLoopPromise<TransportError?>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.splitter.append(self.unwrapInboundIn(data))
        guard let message = try? self.splitter.next() else { return }
        self.promise.succeed(Self.failure(message))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.promise.succeed(.connectionLost) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func failure(_ message: Message) -> TransportError? {
        var reader = CDRReader(message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
        guard let header = try? ReplyHeader(message.header, &reader) else { return .protocolError }
        switch header.status {
        case .noException: return nil
        case .systemException: return (try? SystemException(&reader)).map { .system($0) } ?? .protocolError
        case .userException: return (try? UserException(&reader)).map { .user($0) } ?? .protocolError
        default: return .protocolError
        }
    }
}

extension TestServer {
    /// Sends bytes on a connection of their own: how the first reply failed, `nil` when it did not.
    func raw(_ bytes: [UInt8]) async -> TransportError? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: TransportError?.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ReplyHandler(promise)) }
                }
                .connect(host: "127.0.0.1", port: self.server.port).get()
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        } catch {
            promise.succeed(.connectFailed("\(error)"))
        }
        return (try? await promise.futureResult.get()) ?? nil
    }
}
