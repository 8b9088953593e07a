package import NIOCore

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
