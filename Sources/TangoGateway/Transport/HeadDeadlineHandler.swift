import NIOCore
import NIOTLS

/// Progress of reading a request: an event that the handler of requests sends to the handlers of bytes.
enum RequestProgress: Sendable {
    case headRead
    case endRead
}

/// Closes connections whose next head takes too long: from the connection's start, then from the first byte after a request.
///
/// HTTP/2 has its own limit for connections without requests.
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
    /// Time by which the awaited head must be complete.
    private var deadline = NIODeadline.distantFuture
    /// One timer per connection; requests that arrive in time do not reschedule it.
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
