import TangoCore
import TangoIIOP

/// A client as locks distinguish clients: a C++, Python or Swift client by process and connection, a Java client by the identifier it
/// sends.
struct LockClient: Sendable, Equatable {
    var identity: ClientIdentity
    var peer: PeerAddress

    static func == (left: Self, right: Self) -> Bool {
        switch (left.identity, right.identity) {
        case (.cpp(let one), .cpp(let other)), (.cpp(let one), .cpp6(let other, _, _)), (.cpp6(let one, _, _), .cpp(let other)),
            (.cpp6(let one, _, _), .cpp6(let other, _, _)):
            one == other && left.peer == right.peer
        case (.java(_, let one), .java(_, let other)), (.java(_, let one), .java6(_, let other, _, _)),
            (.java6(_, let one, _, _), .java(_, let other)), (.java6(_, let one, _, _), .java6(_, let other, _, _)):
            one == other
        default: false
        }
    }
}
