package import NIOCore

/// A complete message: header and body in one buffer, fragments joined.
package struct Message: Sendable {
    package var header: MessageHeader
    /// All bytes from the header on, from which alignment counts.
    package var bytes: ByteBuffer

    package init(header: MessageHeader, bytes: ByteBuffer) {
        self.header = header
        self.bytes = bytes
    }
}

/// Splits a stream of bytes into messages and joins fragments. A value without side effects: bytes in, messages out.
package struct MessageSplitter {
    /// Greatest size of one message with its fragments; the limit of cppTango and PyTango.
    package static let defaultMaximumMessageSize = 268_435_456

    /// Size above which an unfinished message can be looked at, and dropped, before it is whole.
    package static let largeMessageSize = 1 << 16

    private let maximumMessageSize: Int
    /// Greatest number of incomplete fragmented messages.
    private let maximumPartialMessages: Int
    private var input = ByteBuffer()
    private var partial: [UInt32: Message] = [:]
    private var partialBytes = 0
    /// What happens to the message at the front of the input.
    private var front = Front.undecided

    private enum Front {
        /// It is collected, and may be looked at.
        case undecided
        /// It is collected.
        case accepted
        /// So many of its bytes are still to be dropped.
        case dropping(Int)
    }

    package init(maximumMessageSize: Int = Self.defaultMaximumMessageSize, maximumPartialMessages: Int = 64) {
        self.maximumMessageSize = maximumMessageSize
        self.maximumPartialMessages = maximumPartialMessages
    }

    /// Bytes held of messages that are not complete.
    package var unfinishedBytes: Int { self.input.readableBytes + self.partialBytes }

    /// Appends received bytes.
    package mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if case .dropping(let count) = self.front {
            let dropped = min(count, bytes.readableBytes)
            bytes.moveReaderIndex(forwardBy: dropped)
            self.front = dropped == count ? .undecided : .dropping(count - dropped)
            guard bytes.readableBytes > 0 else { return }
        }
        if self.input.readableBytes == 0 {
            self.input = bytes
        } else {
            // Otherwise a stream that never ends exactly at the end of a message would keep all received bytes.
            if self.input.readerIndex > self.input.readableBytes { self.input.discardReadBytes() }
            self.input.writeImmutableBuffer(bytes)
        }
    }

    /// Returns the next whole message; `nil` when more bytes are needed.
    package mutating func next() throws(GIOPError) -> Message? {
        while true {
            guard self.input.readableBytes >= MessageHeader.size else {
                self.compactInput()
                return nil
            }
            let header = try MessageHeader(self.input.readableBytesSpan)
            let size = MessageHeader.size + Int(header.bodySize)
            guard size <= self.maximumMessageSize else { throw .messageTooLarge }
            guard self.input.readableBytes >= size else {
                self.compactInput()
                // Room for the rest at once instead of by repeated doubling, but never more than was already received asks for.
                if self.input.readableBytes >= 4096 {
                    self.input.reserveCapacity(
                        minimumWritableBytes: min(size - self.input.readableBytes, self.input.readableBytes, 1 << 20))
                }
                return nil
            }
            guard let bytes = self.input.readSlice(length: size) else { return nil }
            self.front = .undecided
            if self.input.readableBytes == 0 { self.input = ByteBuffer() }
            if header.type == .fragment {
                if let whole = try self.join(header, bytes) { return whole }
            } else if header.moreFragmentsFollow {
                try self.start(header, bytes)
            } else {
                return Message(header: header, bytes: bytes)
            }
        }
    }

    /// Copies a small rest out of a large read buffer, which would otherwise stay as long as the rest.
    private mutating func compactInput() {
        let count = self.input.readableBytes
        if count > 0, self.input.storageCapacity > 4096, self.input.storageCapacity / 4 > count {
            self.input = ByteBuffer(copying: self.input)
        }
    }

    /// The beginning of a message of more than `largeMessageSize` bytes that is still arriving, until it is accepted or dropped.
    package var largeUnfinished: Message? {
        guard case .undecided = self.front, self.input.readableBytes > MessageHeader.size,
            let header = try? MessageHeader(self.input.readableBytesSpan), header.bodySize > Self.largeMessageSize
        else { return nil }
        return Message(header: header, bytes: self.input)
    }

    /// Collects the message that is still arriving.
    package mutating func acceptUnfinished() { self.front = .accepted }

    /// Drops what there is of the message that is still arriving, and the rest of it as it arrives.
    package mutating func dropUnfinished() {
        guard let message = self.largeUnfinished else { return }
        self.front = .dropping(MessageHeader.size + Int(message.header.bodySize) - message.bytes.readableBytes)
        self.input = ByteBuffer()
    }

    private mutating func start(_ header: MessageHeader, _ bytes: ByteBuffer) throws(GIOPError) {
        // GIOP 1.1 fragments have no request ID to join them by; no Tango peer sends them.
        guard header.version == .v1_2, [.request, .reply, .locateRequest, .locateReply].contains(header.type), bytes.readableBytes % 8 == 0
        else { throw .badFragment }
        let id = try Self.requestID(header, bytes)
        guard self.partial[id] == nil, self.partial.count < self.maximumPartialMessages else { throw .badFragment }
        guard self.partialBytes + bytes.readableBytes <= self.maximumMessageSize else { throw .messageTooLarge }
        // Copied: a slice would keep the read buffer it was cut from.
        self.partial[id] = Message(header: header, bytes: ByteBuffer(copying: bytes))
        self.partialBytes += bytes.readableBytes
    }

    private mutating func join(_ header: MessageHeader, _ bytes: ByteBuffer) throws(GIOPError) -> Message? {
        let id = try Self.requestID(header, bytes)
        guard header.version == .v1_2, var message = self.partial.removeValue(forKey: id),
            message.header.isLittleEndian == header.isLittleEndian, !header.moreFragmentsFollow || bytes.readableBytes % 8 == 0
        else { throw .badFragment }
        var rest = bytes
        rest.moveReaderIndex(forwardBy: MessageHeader.size + 4)
        guard self.partialBytes + rest.readableBytes <= self.maximumMessageSize else { throw .messageTooLarge }
        self.partialBytes += rest.readableBytes
        message.bytes.writeBuffer(&rest)
        if header.moreFragmentsFollow {
            self.partial[id] = message
            return nil
        }
        self.partialBytes -= message.bytes.readableBytes
        message.header.moreFragmentsFollow = false
        message.header.bodySize = UInt32(message.bytes.readableBytes - MessageHeader.size)
        message.header.write(to: &message.bytes)
        return message
    }

    /// Returns the first number of the body: the request ID of a request, reply or fragment of GIOP 1.2.
    private static func requestID(_ header: MessageHeader, _ bytes: ByteBuffer) throws(GIOPError) -> UInt32 {
        guard bytes.readableBytes >= MessageHeader.size + 4 else { throw .badFragment }
        var reader = CDRReader(bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: header.isLittleEndian)
        do {
            return try reader.uint32()
        } catch {
            throw .badMessage(error)
        }
    }
}

extension ByteBuffer {
    /// A buffer of its own with the readable bytes of another.
    fileprivate init(copying other: ByteBuffer) {
        self.init()
        self.reserveCapacity(other.readableBytes)
        self.writeImmutableBuffer(other)
    }
}

extension MessageHeader {
    /// Writes flags and size into the header of a message.
    fileprivate func write(to bytes: inout ByteBuffer) {
        let flags: UInt8 = (self.isLittleEndian ? 1 : 0) | (self.moreFragmentsFollow ? 2 : 0)
        bytes.setInteger(flags, at: bytes.readerIndex + 6)
        bytes.setInteger(self.bodySize, at: bytes.readerIndex + 8, endianness: self.isLittleEndian ? .little : .big)
    }
}
