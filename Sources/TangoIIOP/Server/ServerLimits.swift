package import NIOCore
import TangoWire

/// Limits of a listening server.
package struct ServerLimits: Sendable {
    /// Most bytes of one message, fragments joined.
    package var maximumMessageSize = MessageSplitter.defaultMaximumMessageSize
    /// Most bytes of unfinished messages, over all connections. A connection that would exceed it is closed.
    package var maximumUnfinishedBytes = 1 << 30
    /// Requests of one connection under way at once; beyond, its socket is not read.
    package var maximumOutstanding = 256
    /// Connections beyond this number are closed at once.
    package var maximumConnections = 8192
    /// A connection without a request for so long is closed, with CloseConnection.
    package var idleTime: TimeAmount = .seconds(180)

    package init() {}
}
