package import TangoWire

/// Why a call got no result.
package enum TransportError: Error, Sendable {
    /// The host's name has no address.
    case hostNotFound(String)
    /// Nothing listens at the address.
    case connectionRefused(String)
    /// The address did not answer in time.
    case connectTimedOut(String)
    /// The connection could not be opened for another reason.
    case connectFailed(String)
    /// The connection broke after the request was sent: the request may have been executed.
    case connectionLost
    /// The connection was closed before the request was sent, or the peer sent CloseConnection: the request was not executed.
    case closedByPeer
    /// No reply arrived before the deadline.
    case timedOut
    /// The peer broke the protocol.
    case protocolError
    /// The reply could not be decoded.
    case badReply(CDRError)
    /// The peer replied with a system exception.
    case system(SystemException)
    /// The peer replied with a user exception.
    case user(UserException)
    /// The peer replied that the object is elsewhere.
    case forwarded(IOR)
    /// The calling task was cancelled.
    case cancelled
    /// The client was shut down.
    case shutDown
}
