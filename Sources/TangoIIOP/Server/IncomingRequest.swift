package import NIOCore
package import TangoWire

/// A request as it arrived: header decoded, arguments still bytes.
package struct IncomingRequest: Sendable {
    package var header: RequestHeader
    /// The whole message; alignment counts from its first byte. Only its beginning when the object does not exist.
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
