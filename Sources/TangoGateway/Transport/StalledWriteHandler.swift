import NIOCore

/// Closes connections whose client has stopped reading: of the bytes that wait for it, none has left within the limit.
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

    /// Returns the number of bytes that wait for the client.
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
