import NIOCore

/// The connection of a request.
struct Connection: Sendable {
    /// Address of the peer, as text.
    let address: String
    let isHTTP2: Bool
    private let channel: any Channel

    init(_ channel: any Channel) {
        self.channel = channel
        self.address = channel.remoteAddress?.ipAddress ?? ""
        // A stream is a channel below the connection, which is one below the listening socket.
        self.isHTTP2 = channel.parent?.parent != nil
    }

    /// Closes the connection, or in HTTP/2 the stream, unless the returned timer is cancelled in time.
    func closing(after limit: TimeAmount) -> Scheduled<Void> {
        let channel = self.channel
        return channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
}
