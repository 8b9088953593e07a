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
