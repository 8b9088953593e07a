package import NIOCore
package import TangoWire

/// One connection as the client sees it: requests by id, deadlines, replies in any order. No sockets, no clock.
///
/// `Waiter` is whatever the owner hands a reply over with.
package struct ClientStateMachine<Waiter> {
    /// Why the connection has to be closed.
    package enum Ending: Sendable, Hashable {
        /// The peer sent CloseConnection or MessageError: what is awaited was not executed.
        case closedByPeer
        /// The peer broke the protocol: what is awaited may have been executed.
        case protocolError
        /// The client closes it: it was idle, or replaced by another connection and nothing is awaited any more.
        case closedHere
    }

    /// What the connection can do now.
    package enum Phase: Sendable, Hashable {
        /// Takes requests.
        case open
        /// A request timed out and no reply came since: takes no request until a reply comes.
        case unresponsive
        /// Replaced by another connection: takes no request, still delivers replies, and ends with the last awaited one.
        case draining
        /// To be closed: takes no request and reads nothing more.
        case closing(Ending)
        /// Gone.
        case closed
    }

    /// What the owner has to do.
    package enum Action {
        /// Hand the reply over.
        case resume(Waiter, with: Message)
        /// Close the connection.
        case close(Ending)
    }

    /// What becomes of a request that is about to be written.
    package enum Admission: Sendable, Hashable {
        /// It is to be written now.
        case write
        /// It was cancelled before: it must not be written.
        case cancelled
        /// The connection takes no request.
        case refused
    }

    private struct Pending {
        /// `nil` when the caller was cancelled: the reply is dropped, a missing one still marks the connection as unresponsive.
        var waiter: Waiter?
        var deadline: NIODeadline
    }

    package private(set) var phase = Phase.open
    private var splitter = MessageSplitter()
    private var pending: [UInt32: Pending] = [:]
    /// Ids whose cancellation came before the request itself.
    private var cancelledEarly: Set<UInt32> = []
    /// Number of requests whose caller waits.
    package private(set) var outstanding = 0
    /// Number of replies nobody waited for any more.
    package private(set) var lateReplies = 0
    /// Number of requests the peer has not answered, awaited or not.
    package private(set) var unanswered = 0

    package init() {}

    /// Whether the connection takes requests.
    package var acceptsRequests: Bool { self.phase == .open }

    /// Registers a request that is about to be written.
    /// - Returns: whether it may be written; only then does the machine keep the waiter.
    package mutating func send(_ id: UInt32, _ waiter: Waiter, deadline: NIODeadline) -> Admission {
        if self.cancelledEarly.remove(id) != nil { return .cancelled }
        guard self.phase == .open, self.pending[id] == nil else { return .refused }
        self.pending[id] = Pending(waiter: waiter, deadline: deadline)
        self.outstanding += 1
        self.unanswered += 1
        return .write
    }

    /// Takes bytes that arrived.
    package mutating func received(_ bytes: ByteBuffer) {
        switch self.phase {
        case .open, .unresponsive, .draining: self.splitter.append(bytes)
        case .closing, .closed: break
        }
    }

    /// Returns the next thing to do with the bytes received; `nil` when more are needed.
    package mutating func next() -> Action? {
        while true {
            switch self.phase {
            case .closing, .closed: return nil
            case .draining where self.outstanding == 0: return self.end(.closedHere)
            case .open, .unresponsive, .draining: break
            }
            let message: Message
            do {
                guard let next = try self.splitter.next() else { return nil }
                message = next
            } catch {
                return self.end(.protocolError)
            }
            switch message.header.type {
            case .reply:
                var reader = CDRReader(
                    message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
                guard let header = try? ReplyHeader(message.header, &reader) else { return self.end(.protocolError) }
                if self.phase == .unresponsive { self.phase = .open }
                self.unanswered = max(0, self.unanswered - 1)
                guard let waiter = self.pending.removeValue(forKey: header.requestID)?.waiter else {
                    self.lateReplies += 1
                    continue
                }
                self.outstanding -= 1
                return .resume(waiter, with: message)
            case .closeConnection, .messageError:
                return self.end(.closedByPeer)
            case .request, .cancelRequest, .locateRequest, .locateReply, .fragment:
                return self.end(.protocolError)
            }
        }
    }

    private mutating func end(_ ending: Ending) -> Action {
        self.phase = .closing(ending)
        return .close(ending)
    }

    /// Earliest deadline of the requests under way.
    package var nextDeadline: NIODeadline? { self.pending.values.lazy.map(\.deadline).min() }

    /// Removes the requests whose time is over and returns the waiters among them. The connection then takes no request until a reply
    /// comes. Nothing is sent to the peer: a CancelRequest makes omniORB drop the connection (Compatibility W2.6).
    package mutating func hitDeadline(now: NIODeadline) -> [Waiter] {
        let late = self.pending.filter { $0.value.deadline <= now }
        guard !late.isEmpty else { return [] }
        for id in late.keys { self.pending[id] = nil }
        if self.phase == .open { self.phase = .unresponsive }
        let waiters = late.values.compactMap(\.waiter)
        self.outstanding -= waiters.count
        return waiters
    }

    /// Gives up waiting for a reply. A cancellation that overtakes its request is kept until the request, or `forgetCancellation`, comes.
    /// - Returns: the waiter, if there is one.
    package mutating func cancel(_ id: UInt32) -> Waiter? {
        guard let waiter = self.pending[id]?.waiter else {
            self.cancelledEarly.insert(id)
            return nil
        }
        self.pending[id]?.waiter = nil
        self.outstanding -= 1
        return waiter
    }

    /// Forgets the cancellation of a request whose call has ended.
    package mutating func forgetCancellation(_ id: UInt32) { self.cancelledEarly.remove(id) }

    /// A call timed out on another connection to the same peer: this one takes no request until a reply comes.
    package mutating func suspect() { if self.phase == .open { self.phase = .unresponsive } }

    /// Another connection takes the place of this one; `next` says when it is to be closed.
    package mutating func retire() {
        switch self.phase {
        case .open, .unresponsive: self.phase = .draining
        case .draining, .closing, .closed: break
        }
    }

    /// The client closes the connection: from now on it takes no request.
    package mutating func close() {
        switch self.phase {
        case .open, .unresponsive, .draining: self.phase = .closing(.closedHere)
        case .closing, .closed: break
        }
    }

    /// The connection ended.
    /// - Returns: the waiters, and the failure they get.
    package mutating func closed() -> (waiters: [Waiter], failure: TransportError) {
        let failure: TransportError =
            switch self.phase {
            case .closing(.closedByPeer): .closedByPeer
            case .closing(.protocolError): .protocolError
            case .open, .unresponsive, .draining, .closing(.closedHere), .closed: .connectionLost
            }
        self.phase = .closed
        let waiters = self.pending.values.compactMap(\.waiter)
        self.pending = [:]
        self.outstanding = 0
        return (waiters, failure)
    }
}
