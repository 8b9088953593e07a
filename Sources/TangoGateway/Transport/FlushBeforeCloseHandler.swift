import NIOCore

/// Flushes what was written before the connection closes.
///
/// The HTTP/2 library closes a stopping connection as soon as its last stream ends, while the end of the last response is being written:
/// that response would be lost.
final class FlushBeforeCloseHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            context.value.flush()
            context.value.close(mode: mode, promise: promise)
        }
    }
}
