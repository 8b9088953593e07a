import NIOCore
import TangoWire

/// Translates between a socket and `ServerStateMachine`.
final class ServerChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case serving
        /// Serves nothing more and closes when the requests under way are answered.
        case draining
        /// Closes when what was written is sent.
        case closing
    }

    /// Longest wait for a client that does not read its answers when its connection is closed.
    private static let closingLimit = TimeAmount.seconds(10)

    private var machine: ServerStateMachine
    private let dispatcher: any IIOPDispatcher
    private let idleTime: TimeAmount
    private let unfinished: UnfinishedBytes
    /// What this connection has reported to `unfinished`.
    private var unfinishedHere = 0
    private var context: ChannelHandlerContext?
    private var peer = PeerAddress(host: "?", port: 0)
    private var requestCount = 0
    /// Closes the connection when it is idle, or when its end takes too long.
    private var idleTimer: Scheduled<Void>?
    /// Inside a read batch: its end flushes once for all replies.
    private var isReading = false
    private var needsFlush = false
    private var isProcessing = false
    private var phase = Phase.serving
    private var isPaused = false

    init(dispatcher: any IIOPDispatcher, limits: ServerLimits, unfinished: UnfinishedBytes) {
        self.dispatcher = dispatcher
        self.machine = ServerStateMachine(maximumMessageSize: limits.maximumMessageSize, maximumOutstanding: limits.maximumOutstanding)
        self.idleTime = limits.idleTime
        self.unfinished = unfinished
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
        _ = self.unfinished.change(from: self.unfinishedHere, to: 0)
        self.unfinishedHere = 0
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.phase != .closing else { return }
        self.isReading = true
        self.machine.received(self.unwrapInboundIn(data))
        self.process(context)
        self.reportUnfinished(context)
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
        if context.channel.isWritable {
            self.process(context)
            self.reportUnfinished(context)
        } else {
            self.updateReading(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half-closed: no more requests come; clients could not distinguish missing replies from lost ones.
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private func process(_ context: ChannelHandlerContext) {
        // An answer given while a request is dispatched comes back here: the outer loop continues.
        guard !self.isProcessing, self.phase == .serving else { return }
        self.isProcessing = true
        defer { self.isProcessing = false }
        while context.channel.isWritable, let action = self.machine.next(isKnown: self.dispatcher.isKnown) {
            switch action {
            case .request(let request):
                self.requestCount &+= 1
                let outcome = self.dispatcher.dispatch(
                    request, from: self.peer, reply: ReplyHandle(self, on: context.eventLoop))
                switch outcome {
                case .reply(let buffers):
                    self.machine.answered()
                    self.write(context, request.header.isResponseExpected ? buffers : [])
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
                self.write(context, [writer.finish()])
            case .close(let farewell):
                self.close(context, farewell)
                return
            }
        }
        self.updateReading(context)
    }

    /// Writes a message; within a read batch it is flushed at the end of the batch.
    private func write(_ context: ChannelHandlerContext, _ buffers: [ByteBuffer]) {
        for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
        if self.isReading { self.needsFlush = true } else { context.flush() }
    }

    /// Closes the connection when all answers and the farewell are sent.
    private func close(_ context: ChannelHandlerContext, _ farewell: ByteBuffer?) {
        guard self.phase != .closing else { return }
        self.phase = .closing
        self.idleTimer?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.idleTimer = context.eventLoop.scheduleTask(in: Self.closingLimit) { bound.value.close() }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in bound.value.close() }
        context.writeAndFlush(self.wrapOutboundOut(farewell ?? ByteBuffer()), promise: sent)
    }

    private func reportUnfinished(_ context: ChannelHandlerContext) {
        let bytes = self.machine.unfinishedBytes
        guard bytes != self.unfinishedHere, self.context != nil else { return }
        let isAllowed = self.unfinished.change(from: self.unfinishedHere, to: bytes)
        self.unfinishedHere = bytes
        if !isAllowed, case .close(let farewell) = self.machine.refuseUnfinished() { self.close(context, farewell) }
    }

    /// Sends a reply that was not there at once.
    func answer(_ buffers: [ByteBuffer]) {
        guard let context = self.context, self.phase != .closing else { return }
        let wasFull = !self.machine.wantsMore
        self.machine.answered()
        self.write(context, buffers)
        if self.phase == .draining {
            self.closeGracefully()
        } else if wasFull {
            self.process(context)
            self.reportUnfinished(context)
        }
    }

    /// Closes the connection without a farewell.
    func close() {
        self.context?.close(promise: nil)
    }

    /// Closes the connection with CloseConnection, so that clients open a new one without an error. It tells them to repeat what is not
    /// answered, so requests under way are answered first; others are not begun.
    func closeGracefully() {
        guard let context = self.context else { return }
        guard self.machine.outstanding == 0 else {
            if self.phase == .serving { self.phase = .draining }
            return
        }
        self.close(context, CDRWriter.headerOnly(.closeConnection, version: self.machine.version))
    }

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
