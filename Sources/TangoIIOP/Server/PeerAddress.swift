/// Address of a client.
package struct PeerAddress: Sendable, Hashable {
    /// The address as text.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
