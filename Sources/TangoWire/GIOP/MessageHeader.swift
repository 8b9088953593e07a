/// The type of a GIOP message.
package enum MessageType: UInt8, Sendable, Hashable {
    case request = 0
    case reply, cancelRequest, locateRequest, locateReply, closeConnection, messageError, fragment
}

/// A version of GIOP: 1.0, 1.1 or 1.2.
package enum GIOPVersion: UInt8, Sendable, Hashable, Comparable {
    case v1_0 = 0
    case v1_1, v1_2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The header of every message, 12 bytes.
package struct MessageHeader: Sendable, Hashable {
    package static let size = 12

    package var version: GIOPVersion
    package var isLittleEndian: Bool
    package var moreFragmentsFollow: Bool
    package var type: MessageType
    /// Number of bytes after the header.
    package var bodySize: UInt32

    package init(version: GIOPVersion, isLittleEndian: Bool, moreFragmentsFollow: Bool, type: MessageType, bodySize: UInt32) {
        self.version = version
        self.isLittleEndian = isLittleEndian
        self.moreFragmentsFollow = moreFragmentsFollow
        self.type = type
        self.bodySize = bodySize
    }

    /// Decodes the first 12 bytes.
    package init(_ bytes: RawSpan) throws(GIOPError) {
        guard bytes.byteCount >= Self.size else { throw .badHeader }
        func byte(_ offset: Int) -> UInt8 { unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
        guard byte(0) == 0x47, byte(1) == 0x49, byte(2) == 0x4F, byte(3) == 0x50, byte(4) == 1,
            let version = GIOPVersion(rawValue: byte(5)), let type = MessageType(rawValue: byte(7))
        else { throw .badHeader }
        self.version = version
        self.isLittleEndian = byte(6) & 1 == 1
        self.moreFragmentsFollow = version != .v1_0 && byte(6) & 2 == 2
        self.type = type
        let size = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self)
        self.bodySize = self.isLittleEndian == CDRWriter.isLittleEndian ? size : size.byteSwapped
        if type == .fragment, version == .v1_0 { throw .badFragment }
    }
}

extension CDRWriter {
    /// Starts a message; `endMessage` fills in its size.
    package mutating func beginMessage(_ type: MessageType, version: GIOPVersion) {
        self.octet(0x47)
        self.octet(0x49)
        self.octet(0x4F)
        self.octet(0x50)
        self.octet(1)
        self.octet(version.rawValue)
        self.boolean(Self.isLittleEndian)
        self.octet(type.rawValue)
        self.uint32(0)
    }

    /// Fills in the size of the message.
    package mutating func endMessage() {
        self.patch(UInt32(truncatingIfNeeded: self.count - MessageHeader.size), at: 8)
    }
}
