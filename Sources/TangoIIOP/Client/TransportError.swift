import TangoWire

/// Why a call got no result.
package enum TransportError: Error, Sendable {
    case hostNotFound(String)
    case connectionRefused(String)
    case connectTimedOut(String)
    case connectFailed(String)
    /// The connection broke while the reply was awaited.
    case connectionLost
    /// The peer closed the connection properly before answering: the request can be sent again.
    case closedByPeer
    case timedOut
    case protocolError
    case badReply(CDRError)
    case system(SystemException)
    case user(UserException)
    case forwarded(IOR)
    case cancelled
    case shutDown
}
