package import NIOCore
import Synchronization
package import TangoWire

/// Keeps one connection per endpoint. All callers share it: servers identify clients, and lock owners, by connection. On demand, tasks that
/// run on one of the group's event loops have one per loop: their calls stay on their thread.
///
/// A connection on which a call timed out is left for a new one, unless a reply comes first.
package final class ConnectionCache: Transport {
    private struct Key: Hashable {
        var endpoint: Endpoint
        /// The caller's event loop, if it is on one of the group's.
        var eventLoop: ObjectIdentifier?
    }

    private enum Slot {
        /// Numbered: the end of one attempt leaves the next alone.
        case opening(EventLoopPromise<ClientConnection>, number: UInt64)
        case open(ClientConnection, number: UInt64)

        var number: UInt64 {
            switch self {
            case .opening(_, let number), .open(_, let number): number
            }
        }
    }

    private struct State {
        var slots: [Key: Slot] = [:]
        var attemptCount: UInt64 = 0
        var isShutDown = false
    }

    /// What a look-up finds.
    private enum Found {
        case open(ClientConnection)
        case opening(EventLoopFuture<ClientConnection>)
        /// The caller has to open the connection.
        case vacant(EventLoopPromise<ClientConnection>, number: UInt64, replaced: ClientConnection?)
    }

    /// How long one attempt to connect lasts. Callers wait for it until their own deadlines.
    private static let connectTime = TimeAmount.seconds(10)

    package let eventLoops: EventLoops
    private let idleTime: TimeAmount
    private let hasOnePerEventLoop: Bool
    private let state = Mutex(State())

    package init(_ eventLoops: EventLoops, idleTime: TimeAmount = .seconds(120), onePerEventLoop: Bool = false) {
        self.eventLoops = eventLoops
        self.hasOnePerEventLoop = onePerEventLoop
        self.idleTime = idleTime
    }

    package convenience init(group: any EventLoopGroup, idleTime: TimeAmount = .seconds(120), onePerEventLoop: Bool = false) {
        self.init(EventLoops(group), idleTime: idleTime, onePerEventLoop: onePerEventLoop)
    }

    /// Returns the connection to an endpoint; opens it if there is none that takes requests.
    /// - Throws: `TransportError`.
    package func connection(to endpoint: Endpoint, deadline: NIODeadline) async throws -> ClientConnection {
        let current = self.hasOnePerEventLoop ? self.eventLoops.current?.eventLoop : nil
        let key = Key(endpoint: endpoint, eventLoop: current.map { ObjectIdentifier($0) })
        switch try self.find(key, current) {
        case .open(let connection): return connection
        case .opening(let future): return try await Self.wait(for: future, endpoint, deadline)
        case .vacant(let promise, let number, let replaced):
            replaced?.retire()
            self.open(key, promise, number)
            return try await Self.wait(for: promise.futureResult, endpoint, deadline)
        }
    }

    private func find(_ key: Key, _ eventLoop: (any EventLoop)?) throws(TransportError) -> Found {
        try self.state.withLock { state throws(TransportError) in
            guard !state.isShutDown else { throw .shutDown }
            var replaced: ClientConnection?
            switch state.slots[key] {
            case .open(let connection, _) where connection.acceptsRequests: return .open(connection)
            case .open(let connection, _): replaced = connection
            case .opening(let promise, _): return .opening(promise.futureResult)
            case nil: break
            }
            state.attemptCount += 1
            let promise = (eventLoop ?? self.eventLoops.group.next()).makePromise(of: ClientConnection.self)
            state.slots[key] = .opening(promise, number: state.attemptCount)
            return .vacant(promise, number: state.attemptCount, replaced: replaced)
        }
    }

    private func open(_ key: Key, _ promise: EventLoopPromise<ClientConnection>, _ number: UInt64) {
        promise.futureResult.whenComplete { [weak self] result in
            switch result {
            case .success(let connection):
                self?.opened(key, connection, number)
                connection.closeFuture.whenComplete { [weak self] _ in self?.forget(key, number) }
            case .failure: self?.forget(key, number)
            }
        }
        let connected = ClientConnection.connect(
            on: promise.futureResult.eventLoop, to: key.endpoint, timeout: Self.connectTime, idleTime: self.idleTime,
            onTimeOut: { [weak self] in self?.suspectOthers(than: key) })
        // The promise fails at the shut-down: nobody else closes the connection then.
        connected.whenSuccess { [weak self] connection in
            if self?.state.withLock({ $0.isShutDown }) ?? true { connection.retire() }
        }
        connected.cascade(to: promise)
    }

    private func opened(_ key: Key, _ connection: ClientConnection, _ number: UInt64) {
        let isShutDown = self.state.withLock { state in
            if state.slots[key]?.number == number { state.slots[key] = .open(connection, number: number) }
            return state.isShutDown
        }
        if isShutDown { connection.retire() }
    }

    /// A call timed out on one connection: those of other event loops to the same peer may have fallen silent, too.
    private func suspectOthers(than key: Key) {
        guard self.hasOnePerEventLoop else { return }
        let others = self.state.withLock { state in
            state.slots.compactMap { (other, slot) -> ClientConnection? in
                guard other.endpoint == key.endpoint, other != key, case .open(let connection, _) = slot else { return nil }
                return connection
            }
        }
        for connection in others { connection.suspect() }
    }

    private func forget(_ key: Key, _ number: UInt64) {
        self.state.withLock { state in
            if state.slots[key]?.number == number { state.slots[key] = nil }
        }
    }

    /// Waits for a connection that is being opened, for others too, until the caller's own deadline.
    private static func wait(
        for future: EventLoopFuture<ClientConnection>, _ endpoint: Endpoint, _ deadline: NIODeadline
    ) async throws -> ClientConnection {
        let promise = future.eventLoop.makePromise(of: ClientConnection.self)
        let timer = future.eventLoop.scheduleTask(deadline: deadline) { promise.fail(TransportError.connectTimedOut("\(endpoint)")) }
        future.cascade(to: promise)
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(TransportError.cancelled)
        }
    }

    /// Number of connections that are open or being opened, for tests.
    package var count: Int { self.state.withLock { $0.slots.count } }

    package func call(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        try await self.connection(to: endpoint, deadline: connectBy).request(objectKey: objectKey, call, deadline: deadline)
    }

    /// Calls an object, with a limit of time that starts now.
    /// - Throws: `TransportError`.
    package func call(_ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, timeout: Duration) async throws -> DeviceResult {
        let deadline = NIODeadline.after(timeout)
        return try await self.call(endpoint, objectKey: objectKey, call, connectBy: deadline, deadline: deadline)
    }

    /// Closes every connection; later calls fail.
    package func shutDown() async {
        let slots = self.state.withLock { state in
            state.isShutDown = true
            defer { state.slots = [:] }
            return Array(state.slots.values)
        }
        for slot in slots {
            switch slot {
            case .open(let connection, _): await connection.close()
            // Callers do not wait for a host name that is still being looked up.
            case .opening(let promise, _): promise.fail(TransportError.shutDown)
            }
        }
    }
}
