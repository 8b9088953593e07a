package import NIOCore
import NIOPosix

/// Listens for IIOP connections.
package final class IIOPServer: Sendable {
    private let channel: any Channel
    private let connections: ConnectionRegistry
    /// Port bound.
    package let port: Int
    /// Address bound, as a number.
    package var address: String? { self.channel.localAddress?.ipAddress }

    private init(channel: any Channel, connections: ConnectionRegistry, port: Int) {
        self.channel = channel
        self.connections = connections
        self.port = port
    }

    /// Binds and starts to listen.
    /// - Parameters:
    ///   - host: address or name; empty is all interfaces.
    ///   - port: 0 is any free one.
    package static func listen(
        group: any EventLoopGroup, host: String, port: Int, dispatcher: any IIOPDispatcher, limits: ServerLimits = ServerLimits()
    ) async throws -> IIOPServer {
        let connections = ConnectionRegistry(maximum: limits.maximumConnections)
        let unfinished = UnfinishedBytes(maximum: limits.maximumUnfinishedBytes)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: ReadBufferAllocator())
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let handler = ServerChannelHandler(dispatcher: dispatcher, limits: limits, unfinished: unfinished)
                    connections.attach(NIOLoopBound(handler, eventLoop: channel.eventLoop), to: channel)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let channel = try await bootstrap.bind(host: host.isEmpty ? "0.0.0.0" : host, port: port).get()
        return IIOPServer(channel: channel, connections: connections, port: channel.localAddress?.port ?? port)
    }

    /// Number of open connections.
    package var connectionCount: Int { self.connections.count }

    /// Stops listening, then closes every connection with CloseConnection.
    /// - Parameter limit: longest wait for requests under way.
    package func close(within limit: TimeAmount = .seconds(5)) async {
        try? await self.channel.close().get()
        await self.connections.closeAll(within: limit)
    }
}
