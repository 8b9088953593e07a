import NIOCore
import Synchronization
import TangoWire

/// Translates between a socket and `ClientStateMachine`.
final class ClientChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Waiter = CheckedContinuation<Message, any Error>

    /// What other threads may know of the connection.
    final class Status: Sendable {
        /// Whether the connection takes requests.
        let acceptsRequests = Atomic<Bool>(true)
    }

    let status = Status()
    private var machine = ClientStateMachine<Waiter>()
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    private var requestCount = 0
    private var isFlushDue = false
    private let version: GIOPVersion
    private let idleTime: TimeAmount
    private let onTimeOut: @Sendable () -> Void

    /// - Parameter onTimeOut: called when a time-out ends the taking of requests.
    init(version: GIOPVersion, idleTime: TimeAmount, onTimeOut: @escaping @Sendable () -> Void) {
        self.version = version
        self.idleTime = idleTime
        self.onTimeOut = onTimeOut
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.watchIdleness(context, since: 0)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.machine.received(self.unwrapInboundIn(data))
        self.process(context)
    }

    private func process(_ context: ChannelHandlerContext) {
        while let action = self.machine.next() {
            switch action {
            case .resume(let waiter, let message): waiter.resume(returning: message)
            case .close: context.close(promise: nil)
            }
        }
        self.publish()
    }

    private func publish() {
        let accepts = self.context != nil && self.machine.acceptsRequests
        if self.status.acceptsRequests.load(ordering: .relaxed) != accepts {
            self.status.acceptsRequests.store(accepts, ordering: .releasing)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.timer?.cancel()
        self.idleTimer?.cancel()
        let (waiters, failure) = self.machine.closed()
        self.publish()
        for waiter in waiters { waiter.resume(throwing: failure) }
        context.fireChannelInactive()
    }

    /// Releases the context and the timers of a connection that never opened, for which `channelInactive` is not called.
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.timer?.cancel()
        self.idleTimer?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Sends a request, or resumes the waiter with `closedByPeer` or `cancelled`: then nothing was sent.
    func send(_ id: UInt32, _ buffers: [ByteBuffer], _ waiter: Waiter, deadline: NIODeadline) {
        guard let context = self.context else {
            waiter.resume(throwing: TransportError.closedByPeer)
            return
        }
        switch self.machine.send(id, waiter, deadline: deadline) {
        case .cancelled: waiter.resume(throwing: TransportError.cancelled)
        case .refused: waiter.resume(throwing: TransportError.closedByPeer)
        case .write:
            self.requestCount &+= 1
            for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
            self.flushSoon(context)
            if deadline < self.timerDeadline { self.arm(context, deadline) }
        }
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

    /// The call's task was cancelled.
    func cancel(_ id: UInt32) {
        self.machine.cancel(id)?.resume(throwing: TransportError.cancelled)
        self.endIfDrained()
    }

    /// A call whose task was cancelled has ended.
    func forgetCancellation(_ id: UInt32) { self.machine.forgetCancellation(id) }

    /// A call timed out on another connection to the same peer.
    func suspect() {
        self.machine.suspect()
        self.publish()
    }

    /// Another connection takes the place of this one.
    func retire() {
        self.machine.retire()
        self.endIfDrained()
    }

    private func endIfDrained() {
        if let context = self.context { self.process(context) }
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
        let accepted = self.machine.acceptsRequests
        let late = self.machine.hitDeadline(now: .now())
        self.publish()
        if accepted, !self.machine.acceptsRequests { self.onTimeOut() }
        for waiter in late { waiter.resume(throwing: TransportError.timedOut) }
        if let next = self.machine.nextDeadline { self.arm(context, next) }
        self.endIfDrained()
    }

    private func watchIdleness(_ context: ChannelHandlerContext, since count: Int) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.idleTimer = context.eventLoop.scheduleTask(in: self.idleTime) {
            let handler = bound.value
            guard let context = handler.context else { return }
            if handler.requestCount == count, handler.machine.outstanding == 0 {
                handler.closeGracefully()
            } else {
                handler.watchIdleness(context, since: handler.requestCount)
            }
        }
    }

    /// Closes the connection, in GIOP 1.2 with CloseConnection unless the peer may be executing a request: what omniORB does with a
    /// message that comes meanwhile is not known to be harmless.
    func closeGracefully() {
        guard let context = self.context else { return }
        self.machine.close()
        self.publish()
        if self.version == .v1_2, self.machine.unanswered == 0 {
            context.writeAndFlush(self.wrapOutboundOut(CDRWriter.headerOnly(.closeConnection, version: .v1_2)), promise: nil)
        }
        context.close(promise: nil)
    }
}
