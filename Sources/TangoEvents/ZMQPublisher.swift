import CZeroMQ
import NIOCore
import Synchronization
package import TangoWire

/// A ZeroMQ socket that publishes (PUB).
package final class ZMQPublisher: EventPublisher {
    /// What became of the messages.
    package struct Counters: Sendable, Hashable {
        /// Messages that libzmq took. It does not tell which of them a slow subscriber missed.
        package var sent = 0
        /// Messages that libzmq refused, or that came after the end.
        package var dropped = 0
    }

    private struct State {
        /// Used under the lock alone; `nil` after the end.
        var socket: ZMQSocket?
        var counters = Counters()
    }

    private let state: Mutex<State>

    /// Payloads from this size on are handed to libzmq without a copy.
    private static let sharedSize = 16 * 1024
    /// Largest message that a subscriber may send: its subscriptions.
    private static let largestSubscription: Int64 = 64 * 1024

    init(context: ZMQContext, highWaterMark: Int) throws(EventTransportError) {
        let socket = try context.socket(ZMQ_PUB)
        socket.set(ZMQ_SNDHWM, Int32(clamping: max(1, highWaterMark)))
        socket.setLargestMessage(Self.largestSubscription)
        self.state = Mutex(State(socket: socket))
    }

    /// What became of the messages so far.
    package var counters: Counters { ProcessResources.isForked ? Counters() : self.state.withLock { $0.counters } }

    package func bind(to endpoint: String) throws(EventTransportError) -> String {
        guard !ProcessResources.isForked else { throw EventTransportError("ZeroMQ cannot be used after fork") }
        return try self.state.withLock { (state) throws(EventTransportError) in
            guard let socket = state.socket else { throw EventTransportError("The publisher is closed") }
            return try socket.bind(endpoint)
        }
    }

    @discardableResult
    package func publish(_ event: OutgoingEvent) -> Bool {
        guard !ProcessResources.isForked else { return false }
        let callInfo = event.callInfoFrame
        return self.state.withLock { state in
            guard let socket = state.socket?.pointer, Self.send(event, callInfo, socket) else {
                state.counters.dropped += 1
                return false
            }
            state.counters.sent += 1
            return true
        }
    }

    package func close() {
        guard !ProcessResources.isForked else { return }
        self.state.withLock { $0.socket = nil }
    }

    private static func send(_ event: OutgoingEvent, _ callInfo: [UInt8], _ socket: UnsafeMutableRawPointer) -> Bool {
        func send(_ bytes: [UInt8], more: Bool) -> Bool {
            bytes.withUnsafeBytes { zmq_send(socket, $0.baseAddress, $0.count, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0 }
        }
        guard send(event.topic, more: true), send(OutgoingEvent.byteOrder, more: true) else { return false }
        guard let payload = event.payload else { return send(callInfo, more: false) }
        guard send(callInfo, more: true) else { return false }
        guard payload.readableBytes >= Self.sharedSize else {
            return payload.withUnsafeReadableBytes { zmq_send(socket, $0.baseAddress, $0.count, ZMQ_DONTWAIT) >= 0 }
        }
        return Self.sendShared(payload, socket)
    }

    /// Sends a payload that libzmq and this process then hold together; nothing changes it, since a writer would write to a copy.
    private static func sendShared(_ payload: ByteBuffer, _ socket: UnsafeMutableRawPointer) -> Bool {
        payload.withUnsafeReadableBytesWithStorageManagement { bytes, storage in
            var message = zmq_msg_t()
            _ = storage.retain()
            let isMade = zmq_msg_init_data(
                &message, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count,
                { _, storage in if let storage { Unmanaged<AnyObject>.fromOpaque(storage).release() } }, storage.toOpaque())
            guard isMade == 0 else {
                storage.release()
                return false
            }
            guard zmq_msg_send(&message, socket, ZMQ_DONTWAIT) >= 0 else {
                zmq_msg_close(&message)
                return false
            }
            return true
        }
    }
}
