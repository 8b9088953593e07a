import NIOCore
import TangoWire

/// A request as it arrived: header decoded, arguments still bytes.
package struct IncomingRequest: Sendable {
    package var header: RequestHeader
    /// The whole message; alignment counts from its first byte.
    package var message: ByteBuffer
    /// Where the arguments start.
    package var argumentOffset: Int
    package var isLittleEndian: Bool

    /// Decodes the arguments of a known operation.
    package func call(_ operation: TangoWire.Operation) throws(CDRError) -> DeviceCall {
        var reader = CDRReader(self.message.readableBytesSpan, position: self.argumentOffset, isLittleEndian: self.isLittleEndian)
        return try DeviceCall(operation, &reader)
    }
}

/// One connection as the server sees it: bytes in, actions out; no sockets, no clock.
package struct ServerStateMachine {
    package enum Action {
        case request(IncomingRequest)
        case locate(LocateRequest)
        /// The peer asked, or broke the protocol: send this (if any) and close.
        case close(ByteBuffer?)
    }

    private enum State {
        case open
        case closed
    }

    private var splitter: MessageSplitter
    private var state = State.open
    private let maximumOutstanding: Int
    /// Requests not served yet, one-way ones included.
    package private(set) var outstanding = 0
    /// Version the peer speaks; what a CloseConnection of ours is sent in.
    package private(set) var version = GIOPVersion.v1_0

    package init(maximumMessageSize: Int, maximumOutstanding: Int) {
        self.splitter = MessageSplitter(maximumMessageSize: maximumMessageSize)
        self.maximumOutstanding = maximumOutstanding
    }

    /// Whether more requests should be read from the socket.
    package var wantsMore: Bool { self.outstanding < self.maximumOutstanding }

    package mutating func received(_ bytes: ByteBuffer) {
        if case .open = self.state { self.splitter.append(bytes) }
    }

    /// The next thing to do; `nil` when more bytes are needed or too many requests wait.
    package mutating func next() -> Action? {
        guard case .open = self.state else { return nil }
        while self.wantsMore {
            let message: Message
            do {
                guard let next = try self.splitter.next() else { return nil }
                message = next
            } catch {
                return self.fail()
            }
            self.version = message.header.version
            var reader = CDRReader(
                message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
            do {
                switch message.header.type {
                case .request:
                    let header = try RequestHeader(message.header, &reader)
                    self.outstanding += 1
                    return .request(
                        IncomingRequest(
                            header: header, message: message.bytes, argumentOffset: reader.position,
                            isLittleEndian: message.header.isLittleEndian))
                case .locateRequest:
                    return .locate(try LocateRequest(message.header, &reader))
                case .cancelRequest:
                    // Answered anyway, as the incumbents do: a running handler is not interrupted by its client.
                    continue
                case .closeConnection, .messageError:
                    self.state = .closed
                    return .close(nil)
                case .reply, .locateReply, .fragment:
                    return self.fail()
                }
            } catch {
                return self.fail()
            }
        }
        return nil
    }

    private mutating func fail() -> Action {
        self.state = .closed
        return .close(CDRWriter.headerOnly(.messageError, version: self.version))
    }

    /// A request is over: its answer was written, or a one-way request was served.
    package mutating func answered() {
        self.outstanding -= 1
    }
}
