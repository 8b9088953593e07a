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
