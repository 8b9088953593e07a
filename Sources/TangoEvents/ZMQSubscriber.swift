import CZeroMQ
import Foundation
import Synchronization
internal import TangoWire

/// A ZeroMQ socket that subscribes (SUB), and the one thread that receives from it, however many publishers there are.
package final class ZMQSubscriber: EventSubscriber {
    private let loop: Loop

    private init(_ loop: Loop) {
        self.loop = loop
    }

    deinit { self.loop.order(.close) }

    /// Makes the socket and starts the thread.
    static func start(
        context: ZMQContext, _ receive: @escaping @Sendable (EventFrames) -> Void
    ) async throws(EventTransportError) -> ZMQSubscriber {
        // A thread that does not start would never answer.
        try ProcessResources.checkThreads()
        let loop = Loop(receive)
        let result = await withCheckedContinuation { continuation in
            let thread = Thread { loop.run(context) { continuation.resume(returning: $0) } }
            thread.name = "tango-events"
            thread.start()
        }
        try result.get()
        return ZMQSubscriber(loop)
    }

    package func connect(to endpoint: String, highWaterMark: Int) async throws(EventTransportError) {
        let result = await withCheckedContinuation { continuation in
            self.loop.order(.connect(endpoint, highWaterMark: highWaterMark) { continuation.resume(returning: $0) })
        }
        try result.get()
    }

    package func disconnect(from endpoint: String) { self.loop.order(.disconnect(endpoint)) }

    package func subscribe(to topic: String) { self.loop.order(.subscribe(topic)) }

    package func unsubscribe(from topic: String) { self.loop.order(.unsubscribe(topic)) }

    package func close() async {
        await withCheckedContinuation { continuation in self.loop.close { continuation.resume() } }
    }
}

extension ZMQSubscriber {
    private typealias Answer = @Sendable (Result<Void, EventTransportError>) -> Void

    private enum Order {
        case connect(String, highWaterMark: Int, Answer)
        case disconnect(String)
        case subscribe(String)
        case unsubscribe(String)
        case close
    }

    /// What the thread does: waits for messages and orders at once.
    private final class Loop: Sendable {
        private enum Phase {
            case running
            case ended
        }

        private struct State {
            var phase = Phase.running
            var orders: [Order] = []
            var whenEnded: [@Sendable () -> Void] = []
            /// End of the pipe whose other end wakes the thread; -1 before it has one.
            var wakeUp: Int32 = -1
        }

        private let state = Mutex(State())
        private let receive: @Sendable (EventFrames) -> Void

        /// Messages received before the orders are looked at again.
        private static let batchSize = 256
        /// Events have four frames; what more there is of a message is not kept.
        private static let maximumFrames = 8
        /// Largest frame received: more than any image, so that a publisher cannot ask for all memory.
        private static let largestFrame: Int64 = 1 << 30

        init(_ receive: @escaping @Sendable (EventFrames) -> Void) {
            self.receive = receive
        }

        func order(_ order: Order) {
            guard !ProcessResources.isForked else {
                if case .connect(_, _, let answer) = order { answer(.failure(EventTransportError("ZeroMQ cannot be used after fork"))) }
                return
            }
            let isTaken = self.state.withLock { state in
                guard state.phase == .running else { return false }
                state.orders.append(order)
                Self.wake(state.wakeUp)
                return true
            }
            if !isTaken, case .connect(_, _, let answer) = order { answer(.failure(EventTransportError("The subscriber is closed"))) }
        }

        func close(_ whenEnded: @escaping @Sendable () -> Void) {
            guard !ProcessResources.isForked else { return whenEnded() }
            let hasEnded = self.state.withLock { state in
                guard state.phase == .running else { return true }
                state.whenEnded.append(whenEnded)
                state.orders.append(.close)
                Self.wake(state.wakeUp)
                return false
            }
            if hasEnded { whenEnded() }
        }

        private static func wake(_ descriptor: Int32) {
            // A full pipe wakes the thread as well.
            var byte: UInt8 = 0
            if descriptor >= 0 { _ = write(descriptor, &byte, 1) }
        }

        // MARK: - On the thread

        func run(_ context: ZMQContext, _ started: Answer) {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                self.end(-1)
                return started(.failure(EventTransportError("Cannot make a pipe: \(String(cString: strerror(errno)))")))
            }
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
            do {
                let socket = try context.socket(ZMQ_SUB)
                socket.setLargestMessage(Self.largestFrame)
                // A connection that broke is made anew, ever more slowly.
                socket.set(ZMQ_RECONNECT_IVL, 500)
                socket.set(ZMQ_RECONNECT_IVL_MAX, 8000)
                self.state.withLock { $0.wakeUp = ends[1] }
                started(.success(()))
                self.work(socket, wakeUp: ends[0])
            } catch {
                started(.failure(error))
            }
            self.end(ends[1])
            _ = Foundation.close(ends[0])
        }

        private func end(_ wakeUp: Int32) {
            let (orders, whenEnded) = self.state.withLock { state in
                state.phase = .ended
                state.wakeUp = -1
                defer { (state.orders, state.whenEnded) = ([], []) }
                return (state.orders, state.whenEnded)
            }
            if wakeUp >= 0 { _ = Foundation.close(wakeUp) }
            for case .connect(_, _, let answer) in orders { answer(.failure(EventTransportError("The subscriber is closed"))) }
            for closure in whenEnded { closure() }
        }

        private func work(_ socket: ZMQSocket, wakeUp: Int32) {
            var connections: Set<String> = []
            var topics: Set<String> = []
            var items = [
                zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
                zmq_pollitem_t(socket: nil, fd: wakeUp, events: Int16(ZMQ_POLLIN), revents: 0),
            ]
            while true {
                let orders = self.state.withLock { state in
                    defer { state.orders = [] }
                    return state.orders
                }
                for (index, order) in orders.enumerated() {
                    switch order {
                    case .connect(let endpoint, let highWaterMark, let answer):
                        answer(Self.connect(socket, endpoint, highWaterMark, &connections))
                    case .disconnect(let endpoint):
                        if connections.remove(endpoint) != nil { socket.disconnect(endpoint) }
                    case .subscribe(let topic):
                        if topics.insert(topic).inserted { socket.set(ZMQ_SUBSCRIBE, topic) }
                    case .unsubscribe(let topic):
                        if topics.remove(topic) != nil { socket.set(ZMQ_UNSUBSCRIBE, topic) }
                    case .close:
                        // What came with it is answered at the end.
                        self.state.withLock { $0.orders.insert(contentsOf: orders[(index + 1)...], at: 0) }
                        return
                    }
                }
                let hasMore = self.receiveBatch(socket)
                guard zmq_poll(&items, 2, hasMore ? 0 : -1) >= 0 || zmq_errno() == EINTR else { return }
                if items[1].revents != 0 { Self.empty(wakeUp) }
            }
        }

        private static func connect(
            _ socket: ZMQSocket, _ endpoint: String, _ highWaterMark: Int, _ connections: inout Set<String>
        ) -> Result<Void, EventTransportError> {
            guard !connections.contains(endpoint) else { return .success(()) }
            socket.set(ZMQ_RCVHWM, Int32(clamping: max(1, highWaterMark)))
            do {
                try socket.connect(endpoint)
                connections.insert(endpoint)
                return .success(())
            } catch {
                return .failure(error)
            }
        }

        private static func empty(_ wakeUp: Int32) {
            withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
                while read(wakeUp, buffer.baseAddress, buffer.count) == buffer.count {}
            }
        }

        /// Receives what is there, up to a limit.
        /// - Returns: whether there may be more.
        private func receiveBatch(_ socket: ZMQSocket) -> Bool {
            var message = zmq_msg_t()
            zmq_msg_init(&message)
            defer { zmq_msg_close(&message) }
            for _ in 0..<Self.batchSize {
                var frames = EventFrames()
                repeat {
                    guard zmq_msg_recv(&message, socket.pointer, ZMQ_DONTWAIT) >= 0 else { return zmq_errno() == EINTR }
                    if frames.count < Self.maximumFrames {
                        frames.append(UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message)))
                    }
                } while zmq_msg_more(&message) != 0
                self.receive(frames)
            }
            return true
        }
    }
}
