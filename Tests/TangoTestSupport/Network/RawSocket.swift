package import NIOCore
import NIOPosix

/// A bare socket: sends bytes, collects what comes back until the peer closes.
package enum RawSocket {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var collected = ByteBuffer()
        private let enough: Int
        private let last: ByteBuffer?
        private let done: EventLoopPromise<ByteBuffer>

        init(enough: Int, last: ByteBuffer?, done: EventLoopPromise<ByteBuffer>) {
            self.enough = enough
            self.last = last
            self.done = done
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = self.unwrapInboundIn(data)
            self.collected.writeBuffer(&bytes)
            let isLast =
                self.last.map { last in
                    self.collected.readableBytesView.suffix(last.readableBytes).elementsEqual(last.readableBytesView)
                } ?? false
            if isLast || self.collected.readableBytes >= self.enough { context.close(promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { self.done.succeed(self.collected) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// - Parameters:
    ///   - enough: closes the connection from this side when so many bytes have come.
    ///   - delay: reads nothing before.
    ///   - last: closes the connection from this side when these bytes have come last.
    package static func exchange(
        _ group: any EventLoopGroup, port: Int, _ message: ByteBuffer, expecting enough: Int = .max, readingAfter delay: Duration? = nil,
        until last: ByteBuffer? = nil
    ) async throws -> ByteBuffer {
        let loop = group.next()
        let done = loop.makePromise(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: delay == nil)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(enough: enough, last: last, done: done))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        channel.writeAndFlush(message, promise: nil)
        if let delay {
            try await Task.sleep(for: delay)
            try await channel.setOption(.autoRead, value: true).get()
        }
        return try await done.futureResult.get()
    }
}
