package import TangoCore
package import TangoIIOP

/// The client that makes a request, as locks and admin commands identify it.
///
/// A class, so that requests without one pay for an empty pointer only.
package final class Caller: Sendable {
    /// Identity of the client; `nil` in requests before interface 4.
    package let identity: ClientIdentity?
    package let peer: PeerAddress

    package init(identity: ClientIdentity?, peer: PeerAddress) {
        self.identity = identity
        self.peer = peer
    }

    /// The caller as an owner of locks; `nil` without an identity: such a caller cannot lock.
    var lockClient: LockClient? { self.identity.map { LockClient(identity: $0, peer: self.peer) } }
}

extension PeerAddress {
    /// Address of callers in the server itself.
    static let thisProcess = PeerAddress(host: "127.0.0.1", port: 0)

    /// The address as omniORB 4.2.2 writes it; clients parse it.
    var giopText: String { self.host.contains(":") ? "giop:tcp:[\(self.host)]:\(self.port)" : "giop:tcp:\(self.host):\(self.port)" }
}
