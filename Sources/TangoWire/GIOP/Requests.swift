import NIOCore

/// A service context: an ID and its octets, ignored when unknown.
package struct ServiceContext: Sendable, Hashable {
    package var id: UInt32
    package var data: [UInt8]

    package init(id: UInt32, data: [UInt8]) {
        self.id = id
        self.data = data
    }

    /// The character sets ISO 8859-1 and UTF-16, sent with the first request of each GIOP 1.2 connection like cppTango and PyTango do.
    package static let codeSets: ServiceContext = {
        var writer = CDRWriter()
        writer.boolean(CDRWriter.isLittleEndian)
        writer.uint32(0x0001_0001)
        writer.uint32(0x0001_0109)
        return ServiceContext(id: 1, data: writer.finishBytes())
    }()

    static func decodeList(_ reader: inout CDRReader) throws(CDRError) -> [ServiceContext] {
        let count = try reader.count(minimumSize: 8)
        guard count > 0 else { return [] }
        var contexts: [ServiceContext] = []
        for _ in 0..<count { contexts.append(ServiceContext(id: try reader.uint32(), data: try reader.octetSequence())) }
        return contexts
    }

    static func encodeList(_ contexts: [ServiceContext], to writer: inout CDRWriter) {
        writer.sequence(contexts) { context, writer in
            writer.uint32(context.id)
            writer.octetSequence(context.data)
        }
    }
}

/// The header of a request.
package struct RequestHeader: Sendable, Hashable {
    package var version: GIOPVersion
    package var requestID: UInt32
    /// Bit 0 requests a reply; clients that wait set both bits. A boolean in GIOP 1.0 and 1.1.
    package var responseFlags: UInt8
    /// Key of the object as Latin-1 text; `nil` when addressed by profile or reference, which no Tango peer does.
    package var objectKey: String?
    /// Operation; a known one is found without making a string.
    package var operation: OperationName
    package var contexts: [ServiceContext]

    package init(
        version: GIOPVersion, requestID: UInt32, responseFlags: UInt8 = 3, objectKey: String?, operation: OperationName,
        contexts: [ServiceContext] = []
    ) {
        self.version = version
        self.requestID = requestID
        self.responseFlags = responseFlags
        self.objectKey = objectKey
        self.operation = operation
        self.contexts = contexts
    }

    /// Whether the client wants a reply.
    package var isResponseExpected: Bool { self.responseFlags & 1 == 1 }

    /// Decodes the header and leaves the reader at the first argument.
    package init(_ header: MessageHeader, _ reader: inout CDRReader) throws(CDRError) {
        self.version = header.version
        if header.version == .v1_2 {
            self.requestID = try reader.uint32()
            self.responseFlags = try reader.octet()
            try reader.skip(3)
            self.objectKey = try Self.target(&reader)
            self.operation = try OperationName(&reader)
            self.contexts = try ServiceContext.decodeList(&reader)
            reader.alignIfMoreFollows(8)
        } else {
            self.contexts = try ServiceContext.decodeList(&reader)
            self.requestID = try reader.uint32()
            self.responseFlags = try reader.boolean() ? 3 : 0
            if header.version == .v1_1 { try reader.skip(3) }
            self.objectKey = try reader.octetText()
            self.operation = try OperationName(&reader)
            try reader.skip(try reader.count(minimumSize: 1))
        }
    }

    private static func target(_ reader: inout CDRReader) throws(CDRError) -> String? {
        switch try reader.int16() {
        case 0: return try reader.octetText()
        case 1:
            _ = try reader.uint32()
            _ = try reader.octetSequence()
            return nil
        case 2:
            _ = try reader.uint32()
            try reader.skipString()
            _ = try reader.sequence(minimumSize: 8) { (reader) throws(CDRError) in
                _ = try reader.uint32()
                _ = try reader.octetSequence()
            }
            return nil
        default: throw .badValue
        }
    }

    /// Writes message header and request header.
    /// - Parameter arguments: whether arguments follow, before which there is padding.
    package func encode(to writer: inout CDRWriter, arguments: Bool) {
        writer.beginMessage(.request, version: self.version)
        if self.version == .v1_2 {
            writer.uint32(self.requestID)
            writer.octet(self.responseFlags)
            for _ in 0..<3 { writer.octet(0) }
            writer.int16(0)
            writer.octetText(self.objectKey ?? "")
            writer.string(self.operation.text)
            ServiceContext.encodeList(self.contexts, to: &writer)
            if arguments { writer.align(8) }
        } else {
            ServiceContext.encodeList(self.contexts, to: &writer)
            writer.uint32(self.requestID)
            writer.boolean(self.isResponseExpected)
            if self.version == .v1_1 { for _ in 0..<3 { writer.octet(0) } }
            writer.octetText(self.objectKey ?? "")
            writer.string(self.operation.text)
            writer.length(0)
        }
    }
}

/// The status of a reply.
package enum ReplyStatus: UInt32, Sendable, Hashable {
    case noException = 0
    case userException, systemException, locationForward, locationForwardPermanent, needsAddressingMode
}

/// The header of a reply.
package struct ReplyHeader: Sendable, Hashable {
    package var version: GIOPVersion
    package var requestID: UInt32
    package var status: ReplyStatus
    package var contexts: [ServiceContext]

    package init(version: GIOPVersion, requestID: UInt32, status: ReplyStatus, contexts: [ServiceContext] = []) {
        self.version = version
        self.requestID = requestID
        self.status = status
        self.contexts = contexts
    }

    /// Decodes the header and leaves the reader at the body.
    package init(_ header: MessageHeader, _ reader: inout CDRReader) throws(CDRError) {
        self.version = header.version
        if header.version == .v1_2 {
            self.requestID = try reader.uint32()
            self.status = try reader.enumeration()
            self.contexts = try ServiceContext.decodeList(&reader)
            reader.alignIfMoreFollows(8)
        } else {
            self.contexts = try ServiceContext.decodeList(&reader)
            self.requestID = try reader.uint32()
            self.status = try reader.enumeration()
        }
    }

    /// Writes message header and reply header.
    /// - Parameter body: whether a body follows, before which there is padding.
    package func encode(to writer: inout CDRWriter, body: Bool) {
        writer.beginMessage(.reply, version: self.version)
        if self.version == .v1_2 {
            writer.uint32(self.requestID)
            writer.enumeration(self.status)
            ServiceContext.encodeList(self.contexts, to: &writer)
            if body { writer.align(8) }
        } else {
            ServiceContext.encodeList(self.contexts, to: &writer)
            writer.uint32(self.requestID)
            writer.enumeration(self.status)
        }
    }
}

/// A request for the location of an object. No Tango client sends it; servers reply to it.
package struct LocateRequest: Sendable, Hashable {
    package var version: GIOPVersion
    package var requestID: UInt32
    package var objectKey: String?

    package init(version: GIOPVersion, requestID: UInt32, objectKey: String?) {
        self.version = version
        self.requestID = requestID
        self.objectKey = objectKey
    }

    package init(_ header: MessageHeader, _ reader: inout CDRReader) throws(CDRError) {
        self.version = header.version
        self.requestID = try reader.uint32()
        if header.version == .v1_2 {
            guard try reader.int16() == 0 else {
                self.objectKey = nil
                return
            }
        }
        self.objectKey = try reader.octetText()
    }

    package func encode(to writer: inout CDRWriter) {
        writer.beginMessage(.locateRequest, version: self.version)
        writer.uint32(self.requestID)
        if self.version == .v1_2 { writer.int16(0) }
        writer.octetText(self.objectKey ?? "")
        writer.endMessage()
    }
}

/// The reply to a `LocateRequest`.
package struct LocateReply: Sendable, Hashable {
    package var version: GIOPVersion
    package var requestID: UInt32
    /// 0 unknown object, 1 object here, 2 object forward.
    package var status: UInt32

    package init(version: GIOPVersion, requestID: UInt32, status: UInt32) {
        self.version = version
        self.requestID = requestID
        self.status = status
    }

    package init(_ header: MessageHeader, _ reader: inout CDRReader) throws(CDRError) {
        self.version = header.version
        self.requestID = try reader.uint32()
        self.status = try reader.uint32()
    }

    package func encode(to writer: inout CDRWriter) {
        writer.beginMessage(.locateReply, version: self.version)
        writer.uint32(self.requestID)
        writer.uint32(self.status)
        writer.endMessage()
    }
}

extension CDRWriter {
    /// Returns a message without body: CloseConnection or MessageError.
    package static func headerOnly(_ type: MessageType, version: GIOPVersion) -> ByteBuffer {
        var writer = CDRWriter(capacity: 16)
        writer.beginMessage(type, version: version)
        writer.endMessage()
        return writer.finish()
    }

    /// Returns a CancelRequest.
    package static func cancelRequest(_ requestID: UInt32, version: GIOPVersion) -> ByteBuffer {
        var writer = CDRWriter(capacity: 16)
        writer.beginMessage(.cancelRequest, version: version)
        writer.uint32(requestID)
        writer.endMessage()
        return writer.finish()
    }
}
