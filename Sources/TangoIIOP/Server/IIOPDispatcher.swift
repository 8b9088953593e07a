package import NIOCore

/// What became of a request handed to a dispatcher.
package enum DispatchOutcome: Sendable {
    /// Answered at once: one or more buffers of one message.
    case reply([ByteBuffer])
    /// The `ReplyHandle` will be used later, from any thread.
    case pending
    /// One-way: nothing is sent.
    case noReply
    /// The request cannot be understood: the connection is closed, as cppTango 9.3.4 and PyTango 10.3.1 do.
    case close
}

/// Where requests go.
package protocol IIOPDispatcher: Sendable {
    /// Serves a request. Called on the connection's event loop, in the order of arrival; must not block.
    func dispatch(_ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle) -> DispatchOutcome
    /// Returns whether an object with that key exists.
    func isKnown(objectKey: String) -> Bool
}
