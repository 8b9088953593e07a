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

    private struct Attempt {
        var task: Task<ClientConnection, any Error>
        /// Counted: what ends one leaves the next alone.
        var number: UInt64
    }

    private struct State {
        /// Open, or being opened.
        var connections: [Key: Attempt] = [:]
        var attemptCount: UInt64 = 0
        var isShutDown = false
    }

    /// How often an open connection is looked for: one that was kept may have been closed meanwhile, a new one should not be.
    private static let attemptLimit = 3

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
        for _ in 0..<Self.attemptLimit {
            let attempt = try self.attempt(key, on: current, timeout: timeout)
            do {
                let connection = try await attempt.task.value
                if connection.isOpen { return connection }
                self.forget(key, attempt.number)
            } catch {
                self.forget(key, attempt.number)
                throw error
            }
            guard !Task.isCancelled else { throw TransportError.cancelled }
        }
        // A peer that takes connections and closes them at once.
        throw TransportError.closedByPeer
    }

    private func attempt(_ key: Key, on eventLoop: (any EventLoop)?, timeout: Duration) throws(TransportError) -> Attempt {
        try self.state.withLock { state throws(TransportError) in
            guard !state.isShutDown else { throw .shutDown }
            if let attempt = state.connections[key] { return attempt }
            state.attemptCount += 1
            let number = state.attemptCount
            let task = Task { [weak self, eventLoop = eventLoop ?? self.group.next(), idleTime] in
                let connection = try await ClientConnection.connect(
                    on: eventLoop, to: key.endpoint, timeout: .nanoseconds(timeout.nanoseconds), idleTime: idleTime)
                connection.closeFuture.whenComplete { [weak self] _ in self?.forget(key, number) }
                return connection
            }
            let attempt = Attempt(task: task, number: number)
            state.connections[key] = attempt
            return attempt
        }
    }

    private func forget(_ key: Key, _ number: UInt64) {
        self.state.withLock { state in
            if state.connections[key]?.number == number { state.connections[key] = nil }
        }
    }

    /// Number of connections that are open or being opened, for tests.
    package var count: Int { self.state.withLock { $0.connections.count } }

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
        for attempt in attempts { if let connection = try? await attempt.task.value { await connection.close() } }
    }
}
