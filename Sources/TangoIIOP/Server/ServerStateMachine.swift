package import NIOCore
package import TangoWire

/// One connection as the server sees it: bytes in, actions out; no sockets, no clock.
package struct ServerStateMachine {
    /// What the connection does with bytes.
    package enum Phase: Sendable, Hashable {
        /// Reads messages.
        case open
        /// Closed by the peer, or by us after it broke the protocol: reads nothing more.
        case closed
    }

    /// What the owner has to do.
    package enum Action {
        case request(IncomingRequest)
        case locate(LocateRequest)
        /// The peer said goodbye, or broke the protocol: send this (if any) and close.
        case close(ByteBuffer?)
    }

    private var splitter: MessageSplitter
    package private(set) var phase = Phase.open
    private let maximumOutstanding: Int
    /// Requests not served yet, one-way ones included.
    package private(set) var outstanding = 0
    /// Version the peer speaks; a CloseConnection is sent in it.
    package private(set) var version = GIOPVersion.v1_0

    package init(maximumMessageSize: Int, maximumOutstanding: Int) {
        self.splitter = MessageSplitter(maximumMessageSize: maximumMessageSize)
        self.maximumOutstanding = maximumOutstanding
    }

    /// Whether more requests should be read from the socket.
    package var wantsMore: Bool { self.outstanding < self.maximumOutstanding }

    /// Bytes held of messages that are not complete.
    package var unfinishedBytes: Int { self.splitter.unfinishedBytes }

    /// Takes bytes that arrived.
    package mutating func received(_ bytes: ByteBuffer) {
        switch self.phase {
        case .open: self.splitter.append(bytes)
        case .closed: break
        }
    }

    /// Returns the next thing to do; `nil` when more bytes are needed or too many requests wait.
    /// - Parameter isKnown: whether an object exists. A large request for one that does not is handed out as soon as its header is there,
    ///   and its arguments are dropped as they arrive.
    package mutating func next(isKnown: (String) -> Bool) -> Action? {
        while self.phase == .open, self.wantsMore {
            do {
                guard let message = try self.splitter.next() else { return self.refusedEarly(isKnown) }
                if let action = try self.action(message) { return action }
            } catch {
                return self.fail()
            }
        }
        return nil
    }

    /// `nil` for what is passed over.
    private mutating func action(_ message: Message) throws(CDRError) -> Action? {
        self.version = message.header.version
        var reader = CDRReader(
            message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
        switch message.header.type {
        case .request:
            let header = try RequestHeader(message.header, &reader)
            self.outstanding += 1
            return .request(
                IncomingRequest(
                    header: header, message: message.bytes, argumentOffset: reader.position, isLittleEndian: message.header.isLittleEndian))
        case .locateRequest:
            return .locate(try LocateRequest(message.header, &reader))
        case .cancelRequest:
            // Answered anyway, as cppTango 9.3.4 does: a running handler is not interrupted by its client.
            return nil
        case .closeConnection, .messageError:
            self.phase = .closed
            return .close(nil)
        case .reply, .locateReply, .fragment:
            return self.fail()
        }
    }

    /// A large request that is still arriving, for an object that does not exist.
    private mutating func refusedEarly(_ isKnown: (String) -> Bool) -> Action? {
        // A request in fragments is collected: the fragments that follow the first would have no beginning.
        guard let message = self.splitter.largeUnfinished, message.header.type == .request, !message.header.moreFragmentsFollow else {
            return nil
        }
        var reader = CDRReader(
            message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
        guard let header = try? RequestHeader(message.header, &reader), let key = header.objectKey else { return nil }
        guard !isKnown(key) else {
            self.splitter.acceptUnfinished()
            return nil
        }
        self.version = message.header.version
        self.splitter.dropUnfinished()
        self.outstanding += 1
        return .request(
            IncomingRequest(
                header: header, message: ByteBuffer(), argumentOffset: 0, isLittleEndian: message.header.isLittleEndian))
    }

    private mutating func fail() -> Action {
        self.phase = .closed
        return .close(CDRWriter.headerOnly(.messageError, version: self.version))
    }

    /// Ends the connection because too much is held of unfinished messages.
    package mutating func refuseUnfinished() -> Action { self.fail() }

    /// A request is over: its answer was written, or a one-way request was served.
    package mutating func answered() {
        self.outstanding -= 1
    }
}
