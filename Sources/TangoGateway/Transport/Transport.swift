import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import TangoCore
import TangoIIOP

/// How bytes become requests: HTTP/1.1, or with a certificate HTTP/2 and HTTP/1.1 over TLS, as the client chooses.
enum Transport {
    /// - Throws: `REST_BadCertificate`.
    static func server(_ configuration: GatewayConfiguration, _ executors: EventLoopExecutors, _ metrics: GatewayMetrics) throws(DevFailed)
        -> HTTPServerBuilder
    {
        let maximumBodySize = configuration.maximumBodySize
        let streams = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ContinueHandler(maximumBodySize: maximumBodySize)], idleTimeout: TimeAmount(configuration.idleLimit)
        )
        let headLimit = TimeAmount(configuration.headLimit)
        let idleLimit = TimeAmount(configuration.idleLimit)
        guard let certificate = configuration.certificateFile, let key = configuration.keyFile else {
            return HTTPServerBuilder { responder in
                OnEventLoop(
                    PunctualChannel(
                        base: HTTP1Channel(responder: responder, configuration: streams), headLimit: headLimit,
                        idleLimit: TimeAmount(configuration.idleLimit), metrics: metrics),
                    executors: executors)
            }
        }
        let tls = try Self.tls(certificate: certificate, key: key)
        let http2 = HTTP2ChannelConfiguration(
            idleTimeout: configuration.idleLimit, gracefulCloseTimeout: configuration.shutdownLimit, streamConfiguration: streams)
        return HTTPServerBuilder { responder in
            OnEventLoop(
                PunctualChannel(
                    base: try HTTP2UpgradeChannel(tlsConfiguration: tls, configuration: http2, responder: responder), headLimit: headLimit,
                    idleLimit: idleLimit, metrics: metrics),
                executors: executors)
        }
    }

    private static func tls(certificate: String, key: String) throws(DevFailed) -> TLSConfiguration {
        func failed(_ description: String) -> DevFailed { DevFailed("REST_BadCertificate", description, origin: "Gateway.run") }
        let chain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw failed("\(certificate) holds no certificate in PEM form, or cannot be read")
        }
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw failed("\(key) holds no private key in PEM form, or cannot be read")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw failed("\(key) is not the key of \(certificate)")
        }
        return configuration
    }
}

/// A connection whose client must send its requests without dawdling.
private struct PunctualChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let headLimit: TimeAmount
    let idleLimit: TimeAmount
    let metrics: GatewayMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let value = self.base.setup(channel: channel, logger: logger)
        self.metrics.track(channel)
        let stalled = StalledWriteHandler(limit: self.idleLimit)
        do {
            let pipeline = channel.pipeline.syncOperations
            let deadline = HeadDeadlineHandler(limit: self.headLimit)
            if let tls = try? pipeline.handler(type: NIOSSLServerHandler.self) {
                try pipeline.addHandlers([LastWordsHandler(), deadline, stalled], position: .after(tls))
            } else {
                try pipeline.addHandlers([deadline, stalled], position: .first)
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return value
    }

    func handle(value: Base.Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }
}

/// Lets what was written go out before the connection closes.
///
/// A stopping HTTP/2 connection is closed by the library as soon as its last stream ends, which is while the end of the last answer is
/// being written: that answer would be lost.
final class LastWordsHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            context.value.flush()
            context.value.close(mode: mode, promise: promise)
        }
    }
}

/// How far the reading of a request is, told by the handlers that see requests to those that see bytes.
enum RequestProgress: Sendable {
    case headRead
    case endRead
}

/// Closes connections whose next head takes too long: from the connection's start, then from the first byte after a request.
///
/// HTTP/2 has its own limit for connections that ask nothing.
final class HeadDeadlineHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private enum State {
        case awaitingHead
        case inRequest
        case idle
        case off
    }

    private let limit: TimeAmount
    private var state = State.awaitingHead
    /// When the head is due that is awaited.
    private var deadline = NIODeadline.distantFuture
    /// One for the connection: requests that come in time touch it not.
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) { self.start(context) }

    func handlerRemoved(context: ChannelHandlerContext) { self.timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        self.stop(.off)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .idle = self.state { self.start(context) }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted("h2")? = event as? TLSUserEvent { self.stop(.off) }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? RequestProgress {
        case .headRead: self.stop(.inRequest)
        case .endRead: self.stop(.idle)
        case nil: return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
    }

    private func start(_ context: ChannelHandlerContext) {
        self.state = .awaitingHead
        self.deadline = context.eventLoop.now + self.limit
        if self.timer == nil { self.watch(context, until: self.deadline) }
    }

    private func watch(_ context: ChannelHandlerContext, until time: NIODeadline) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            self.timer = nil
            guard case .awaitingHead = self.state else { return }
            if context.value.eventLoop.now >= self.deadline {
                context.value.close(promise: nil)
            } else {
                self.watch(context.value, until: self.deadline)
            }
        }
    }

    private func stop(_ state: State) {
        if case .off = self.state { return }
        self.state = state
        guard case .off = state else { return }
        self.timer?.cancel()
        self.timer = nil
    }
}

/// Closes connections whose client has stopped reading its answers: nothing of what waits has left within the limit.
final class StalledWriteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
        if !context.channel.isWritable { self.watch(context, Self.waiting(context)) }
        context.fireChannelWritabilityChanged()
    }

    /// Bytes that wait for the client.
    private static func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func watch(_ context: ChannelHandlerContext, _ before: Int) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: self.limit) {
            let now = Self.waiting(bound.value)
            if now >= before { bound.value.close(promise: nil) } else { self.watch(bound.value, now) }
        }
    }
}
