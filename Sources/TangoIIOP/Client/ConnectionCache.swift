import NIOCore
import Synchronization
import TangoWire

/// Keeps one connection per endpoint; everybody who talks to the endpoint shares it, because servers tell clients, and who has locked a
/// device, by their connections. On demand, tasks that run on one of the group's event loops have one per loop: their calls stay on their
/// thread.
package final class ConnectionCache: Sendable {
    private struct Key: Hashable {
        var endpoint: Endpoint
        /// The caller's event loop, if it is on one of the group's.
        var eventLoop: ObjectIdentifier?
    }

    private struct State {
        var connections: [Key: Task<ClientConnection, any Error>] = [:]
        var isShutDown = false
    }

    private let group: any EventLoopGroup
    package let eventLoops: EventLoopExecutors
    private let idleTime: TimeAmount
    private let hasOnePerEventLoop: Bool
    private let state = Mutex(State())

    package init(group: any EventLoopGroup, idleTime: TimeAmount = .seconds(120), onePerEventLoop: Bool = false) {
        self.group = group
        self.hasOnePerEventLoop = onePerEventLoop
        self.eventLoops = EventLoopExecutors(group)
        self.idleTime = idleTime
    }

    /// The connection to that endpoint, opened if there is none.
    /// - Throws: `TransportError`.
    package func connection(to endpoint: Endpoint, timeout: Duration) async throws -> ClientConnection {
        let current = self.hasOnePerEventLoop ? self.eventLoops.current?.eventLoop : nil
        let key = Key(endpoint: endpoint, eventLoop: current.map { ObjectIdentifier($0) })
        let attempt = try self.state.withLock { state throws(TransportError) in
            guard !state.isShutDown else { throw .shutDown }
            if let attempt = state.connections[key] { return attempt }
            let attempt = Task { [eventLoop = current ?? self.group.next(), idleTime] in
                try await ClientConnection.connect(
                    on: eventLoop, to: endpoint, timeout: .nanoseconds(timeout.nanoseconds), idleTime: idleTime)
            }
            state.connections[key] = attempt
            return attempt
        }
        do {
            let connection = try await attempt.value
            guard connection.isOpen else {
                self.forget(key, attempt)
                return try await self.connection(to: endpoint, timeout: timeout)
            }
            return connection
        } catch {
            self.forget(key, attempt)
            throw error
        }
    }

    private func forget(_ key: Key, _ attempt: Task<ClientConnection, any Error>) {
        self.state.withLock { state in
            if state.connections[key] == attempt { state.connections[key] = nil }
        }
    }

    /// Calls an object: opens the connection if needed, and sends once more when the peer closed it before answering.
    /// - Throws: `TransportError`.
    package func call(_ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, timeout: Duration) async throws -> DeviceResult {
        var attempts = 0
        while true {
            do {
                let connection = try await self.connection(to: endpoint, timeout: timeout)
                do {
                    return try await connection.request(objectKey: objectKey, call, timeout: timeout)
                } catch TransportError.closedByPeer {
                    await connection.close()
                    throw TransportError.closedByPeer
                }
            } catch TransportError.closedByPeer where attempts < 2 {
                attempts += 1
            }
        }
    }

    /// Closes every connection; later calls fail.
    package func shutDown() async {
        let attempts = self.state.withLock { state in
            state.isShutDown = true
            let attempts = Array(state.connections.values)
            state.connections = [:]
            return attempts
        }
        for attempt in attempts { if let connection = try? await attempt.value { await connection.close() } }
    }
}
