package import NIOCore

/// Sends the answer to one request, from any thread.
package struct ReplyHandle: Sendable {
    package let eventLoop: any EventLoop
    private let handler: NIOLoopBound<ServerChannelHandler>

    init(_ handler: ServerChannelHandler, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    /// Sends the reply: the buffers of one message, none for a one-way request.
    package func send(_ buffers: [ByteBuffer]) {
        if self.eventLoop.inEventLoop {
            self.handler.value.answer(buffers)
        } else {
            self.eventLoop.execute { self.handler.value.answer(buffers) }
        }
    }

    /// Ends a one-way request.
    package func done() { self.send([]) }

    /// Closes the connection instead of answering.
    package func close() {
        self.eventLoop.execute { self.handler.value.close() }
    }
}
