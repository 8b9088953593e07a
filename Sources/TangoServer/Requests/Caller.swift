import TangoCore
import TangoIIOP

/// Who makes a request: what locks and admin commands go by.
///
/// A class, so that passing it on costs ordinary requests one empty pointer.
package final class Caller: Sendable {
    /// Who it says it is; older request forms do not say.
    package let identity: ClientIdentity?
    package let peer: PeerAddress

    package init(identity: ClientIdentity?, peer: PeerAddress) {
        self.identity = identity
        self.peer = peer
    }

    /// The caller as an owner of locks; `nil` without an identity: such a caller never owns one.
    var lockClient: LockClient? { self.identity.map { LockClient(identity: $0, peer: self.peer) } }
}

extension PeerAddress {
    /// The address of callers in the server itself.
    static let thisProcess = PeerAddress(host: "127.0.0.1", port: 0)

    /// The address as the incumbents' ORB writes it, which clients take apart.
    var giopText: String { self.host.contains(":") ? "giop:tcp:[\(self.host)]:\(self.port)" : "giop:tcp:\(self.host):\(self.port)" }
}
