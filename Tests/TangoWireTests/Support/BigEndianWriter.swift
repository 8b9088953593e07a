@testable import TangoWire

/// Writes CDR in the order this library never sends.
struct BigEndianWriter {
    var bytes: [UInt8] = []

    mutating func integer<T: FixedWidthInteger>(_ value: T) {
        while self.bytes.count % MemoryLayout<T>.size != 0 { self.bytes.append(0xEE) }
        self.bytes += withUnsafeBytes(of: value.bigEndian, Array.init)
    }

    mutating func string(_ text: String) {
        self.integer(UInt32(text.unicodeScalars.count + 1))
        self.bytes += text.latin1Bytes + [0]
    }

    mutating func sequence<T: FixedWidthInteger>(_ values: [T]) {
        self.integer(UInt32(values.count))
        for value in values { self.integer(value) }
    }

    static func bytes(_ body: (inout BigEndianWriter) -> Void) -> [UInt8] {
        var writer = BigEndianWriter()
        body(&writer)
        return writer.bytes
    }
}
