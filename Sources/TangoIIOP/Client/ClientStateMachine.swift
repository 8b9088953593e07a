import NIOCore
import TangoWire

/// One connection as the client sees it: requests by id, deadlines, replies in any order. No sockets, no clock.
///
/// `Waiter` is whatever the owner uses to hand a reply over.
package struct ClientStateMachine<Waiter> {
    package enum Action {
        case resume(Waiter, with: Result<Message, TransportError>)
        /// The peer said goodbye: what waits can be sent again.
        case closedByPeer
        /// The peer broke the protocol: what waits may have been executed.
        case protocolError
    }

    private struct Pending {
        var waiter: Waiter
        var deadline: NIODeadline
    }

    private var splitter = MessageSplitter()
    private var pending: [UInt32: Pending] = [:]
    private var isClosed = false
    /// Replies that came after their deadline.
    package private(set) var lateReplies = 0

    package init() {}

    package var outstanding: Int { self.pending.count }

    /// A request is about to be written. `false` when the connection is closed.
    package mutating func send(_ id: UInt32, _ waiter: Waiter, deadline: NIODeadline) -> Bool {
        guard !self.isClosed, self.pending[id] == nil else { return false }
        self.pending[id] = Pending(waiter: waiter, deadline: deadline)
        return true
    }

    package mutating func received(_ bytes: ByteBuffer) {
        if !self.isClosed { self.splitter.append(bytes) }
    }

    /// The next thing to do with the bytes received.
    package mutating func next() -> Action? {
        while !self.isClosed {
            let message: Message
            do {
                guard let next = try self.splitter.next() else { return nil }
                message = next
            } catch {
                return .protocolError
            }
            switch message.header.type {
            case .reply:
                var reader = CDRReader(
                    message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
                guard let header = try? ReplyHeader(message.header, &reader) else { return .protocolError }
                guard let pending = self.pending.removeValue(forKey: header.requestID) else {
                    self.lateReplies += 1
                    continue
                }
                return .resume(pending.waiter, with: .success(message))
            case .closeConnection, .messageError:
                return .closedByPeer
            case .request, .cancelRequest, .locateRequest, .locateReply, .fragment:
                return .protocolError
            }
        }
        return nil
    }

    /// Earliest deadline of the requests under way.
    package var nextDeadline: NIODeadline? { self.pending.values.lazy.map(\.deadline).min() }

    /// Takes out the waiters whose time is over.
    package mutating func hitDeadline(now: NIODeadline) -> [(id: UInt32, waiter: Waiter)] {
        let late = self.pending.filter { $0.value.deadline <= now }
        for id in late.keys { self.pending[id] = nil }
        return late.map { ($0.key, $0.value.waiter) }
    }

    package mutating func cancel(_ id: UInt32) -> Waiter? {
        self.pending.removeValue(forKey: id)?.waiter
    }

    /// The connection ended; everybody still waiting.
    package mutating func closed() -> [Waiter] {
        self.isClosed = true
        let waiters = self.pending.values.map(\.waiter)
        self.pending = [:]
        return waiters
    }
}
