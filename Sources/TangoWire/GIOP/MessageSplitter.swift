import NIOCore

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

    private let maximumMessageSize: Int
    /// Greatest number of incomplete fragmented messages.
    private let maximumPartialMessages: Int
    private var input = ByteBuffer()
    private var partial: [UInt32: Message] = [:]
    private var partialBytes = 0

    package init(maximumMessageSize: Int = Self.defaultMaximumMessageSize, maximumPartialMessages: Int = 64) {
        self.maximumMessageSize = maximumMessageSize
        self.maximumPartialMessages = maximumPartialMessages
    }

    /// Appends received bytes.
    package mutating func append(_ bytes: ByteBuffer) {
        if self.input.readableBytes == 0 {
            self.input = bytes
        } else {
            // Otherwise a stream that never ends exactly at the end of a message would keep all received bytes.
            if self.input.readerIndex > self.input.readableBytes { self.input.discardReadBytes() }
            self.input.writeImmutableBuffer(bytes)
        }
    }

    /// Returns the next complete message; `nil` when more bytes are needed.
    package mutating func next() throws(GIOPError) -> Message? {
        while true {
            guard self.input.readableBytes >= MessageHeader.size else { return nil }
            let header = try MessageHeader(self.input.readableBytesSpan)
            let size = MessageHeader.size + Int(header.bodySize)
            guard size <= self.maximumMessageSize else { throw .messageTooLarge }
            guard self.input.readableBytes >= size else {
                // Allocates room for the rest at once instead of by repeated doubling, at most 1 MiB ahead of what was received.
                if self.input.readableBytes >= 4096 {
                    self.input.reserveCapacity(minimumWritableBytes: min(size - self.input.readableBytes, 1 << 20))
                }
                return nil
            }
            guard let bytes = self.input.readSlice(length: size) else { return nil }
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

    private mutating func start(_ header: MessageHeader, _ bytes: ByteBuffer) throws(GIOPError) {
        // GIOP 1.1 fragments have no request ID to join them by; no Tango peer sends them.
        guard header.version == .v1_2, [.request, .reply, .locateRequest, .locateReply].contains(header.type), bytes.readableBytes % 8 == 0
        else { throw .badFragment }
        let id = try Self.requestID(header, bytes)
        guard self.partial[id] == nil, self.partial.count < self.maximumPartialMessages else { throw .badFragment }
        guard self.partialBytes + bytes.readableBytes <= self.maximumMessageSize else { throw .messageTooLarge }
        self.partial[id] = Message(header: header, bytes: bytes)
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

extension MessageHeader {
    /// Writes flags and size into the header of a message.
    fileprivate func write(to bytes: inout ByteBuffer) {
        let flags: UInt8 = (self.isLittleEndian ? 1 : 0) | (self.moreFragmentsFollow ? 2 : 0)
        bytes.setInteger(flags, at: bytes.readerIndex + 6)
        bytes.setInteger(self.bodySize, at: bytes.readerIndex + 8, endianness: self.isLittleEndian ? .little : .big)
    }
}
