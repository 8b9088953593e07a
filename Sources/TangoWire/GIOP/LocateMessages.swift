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
