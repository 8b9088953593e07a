/// A violation of GIOP by the peer, after which the connection is closed.
package enum GIOPError: Error, Hashable, Sendable {
    /// Not "GIOP", an unknown version or an unknown message type.
    case badHeader
    /// A message larger than the limit.
    case messageTooLarge
    /// A fragment without a first message, of the wrong version, or of a length that is not a multiple of 8.
    case badFragment
    /// A malformed header of a request, reply or locate message.
    case badMessage(CDRError)
}
