/// A cursor over the bytes of one message or encapsulation, in either byte order.
///
/// Alignment counts from `origin`. Every length is compared with the remaining bytes before anything is allocated for it.
package struct CDRReader: ~Escapable {
    private let bytes: RawSpan
    /// Offset from which alignment counts.
    private let origin: Int
    /// Offset of the end of the readable bytes.
    private let end: Int
    package private(set) var position: Int
    package let isLittleEndian: Bool
    private let swaps: Bool

    /// Creates a reader; alignment counts from offset 0.
    /// - Parameter position: offset of the first value.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, position: Int = 0, isLittleEndian: Bool) {
        self.bytes = bytes
        self.origin = 0
        self.end = bytes.byteCount
        self.position = min(position, bytes.byteCount)
        self.isLittleEndian = isLittleEndian
        self.swaps = isLittleEndian != CDRWriter.isLittleEndian
    }

    @_lifetime(copy bytes)
    private init(_ bytes: RawSpan, origin: Int, position: Int, end: Int, isLittleEndian: Bool) {
        self.bytes = bytes
        self.origin = origin
        self.end = end
        self.position = position
        self.isLittleEndian = isLittleEndian
        self.swaps = isLittleEndian != CDRWriter.isLittleEndian
    }

    /// Number of unread bytes.
    package var remaining: Int { self.end - self.position }

    /// Skips padding up to a multiple of `size` (a power of two).
    @inline(__always)
    package mutating func align(_ size: Int) throws(CDRError) {
        let aligned = (self.position - self.origin + size - 1) & ~(size - 1) + self.origin
        guard aligned <= self.end else { throw .truncated }
        self.position = aligned
    }

    /// Skips padding, which may be missing at the end of the message.
    @inline(__always)
    package mutating func alignIfMoreFollows(_ size: Int) {
        let aligned = (self.position - self.origin + size - 1) & ~(size - 1) + self.origin
        self.position = min(aligned, self.end)
    }

    /// Skips bytes.
    @inline(__always)
    package mutating func skip(_ count: Int) throws(CDRError) {
        guard count >= 0, count <= self.remaining else { throw .truncated }
        self.position += count
    }

    @inline(__always)
    private mutating func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(CDRError) -> T {
        let size = MemoryLayout<T>.size
        let aligned = (self.position - self.origin + size - 1) & ~(size - 1) + self.origin
        guard aligned + size <= self.end else { throw .truncated }
        // The range was checked on the line above.
        let value = unsafe self.bytes.unsafeLoadUnaligned(fromByteOffset: aligned, as: T.self)
        self.position = aligned + size
        return self.swaps ? value.byteSwapped : value
    }

    package mutating func octet() throws(CDRError) -> UInt8 { try self.load(UInt8.self) }
    package mutating func boolean() throws(CDRError) -> Bool { try self.load(UInt8.self) != 0 }
    package mutating func int16() throws(CDRError) -> Int16 { try self.load(Int16.self) }
    package mutating func uint16() throws(CDRError) -> UInt16 { try self.load(UInt16.self) }
    package mutating func int32() throws(CDRError) -> Int32 { try self.load(Int32.self) }
    package mutating func uint32() throws(CDRError) -> UInt32 { try self.load(UInt32.self) }
    package mutating func int64() throws(CDRError) -> Int64 { try self.load(Int64.self) }
    package mutating func uint64() throws(CDRError) -> UInt64 { try self.load(UInt64.self) }
    package mutating func float() throws(CDRError) -> Float { Float(bitPattern: try self.load(UInt32.self)) }
    package mutating func double() throws(CDRError) -> Double { Double(bitPattern: try self.load(UInt64.self)) }

    /// Reads an enumeration: its ordinal must be a raw value of the type.
    package mutating func enumeration<E: RawRepresentable>(_ type: E.Type = E.self) throws(CDRError) -> E where E.RawValue == UInt32 {
        guard let value = E(rawValue: try self.uint32()) else { throw .badValue }
        return value
    }

    /// Reads a count of elements of at least `minimumSize` bytes each; fails when the message cannot hold them.
    package mutating func count(minimumSize: Int) throws(CDRError) -> Int {
        let count = Int(try self.uint32())
        guard count <= self.remaining / max(1, minimumSize) else { throw .truncated }
        return count
    }

    /// A string: its bytes as Latin-1, so that every byte survives a round trip.
    package mutating func string() throws(CDRError) -> String {
        let length = Int(try self.uint32())
        guard length >= 1 else { throw .badString }
        guard length <= self.remaining else { throw .truncated }
        let start = self.position
        self.position += length
        return try self.latin1(start: start, count: length - 1)
    }

    /// Skips a string without looking at its text.
    package mutating func skipString() throws(CDRError) {
        _ = try self.withStringBytes { _ in }
    }

    private func latin1(start: Int, count: Int) throws(CDRError) -> String {
        let content = self.bytes.extracting(start..<(start + count + 1))
        var isTerminated = false
        let text = content.withUnsafeBytes { bytes -> String in
            isTerminated = bytes[count] == 0
            let text = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            return String(latin1: text)
        }
        guard isTerminated else { throw .badString }
        return text
    }

    /// Reads octets without a count.
    package mutating func octets(_ count: Int) throws(CDRError) -> [UInt8] {
        guard count >= 0, count <= self.remaining else { throw .truncated }
        let content = self.bytes.extracting(self.position..<(self.position + count))
        self.position += count
        return content.withUnsafeBytes { Array($0) }
    }

    /// Reads a sequence of octets.
    package mutating func octetSequence() throws(CDRError) -> [UInt8] {
        try self.octets(try self.count(minimumSize: 1))
    }

    /// A counted sequence of octets as Latin-1 text (object keys).
    package mutating func octetText() throws(CDRError) -> String {
        let count = try self.count(minimumSize: 1)
        let content = self.bytes.extracting(self.position..<(self.position + count))
        self.position += count
        return content.withUnsafeBytes { String(latin1: $0) }
    }

    /// Passes the bytes of a string, without its NUL, to `body`; for look-ups without making a `String`.
    package mutating func withStringBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) throws(CDRError) -> R {
        let length = Int(try self.uint32())
        guard length >= 1 else { throw .badString }
        guard length <= self.remaining else { throw .truncated }
        let content = self.bytes.extracting(self.position..<(self.position + length - 1))
        self.position += length - 1
        guard try self.octet() == 0 else { throw .badString }
        return content.withUnsafeBytes { body($0) }
    }

    /// Reads a sequence of numbers, copied at once.
    package mutating func numbers<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) throws(CDRError) -> [T] {
        let count = try self.count(minimumSize: MemoryLayout<T>.size)
        guard count > 0 else { return [] }
        try self.align(MemoryLayout<T>.size)
        let size = count * MemoryLayout<T>.size
        guard size <= self.remaining else { throw .truncated }
        let content = self.bytes.extracting(self.position..<(self.position + size))
        self.position += size
        var values = [T](unsafeUninitializedCapacity: count) { target, initialized in
            content.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
            initialized = count
        }
        if self.swaps, MemoryLayout<T>.size > 1 {
            for index in values.indices { values[index] = values[index].byteSwapped }
        }
        return values
    }

    /// Reads a sequence of floating-point numbers.
    package mutating func floats() throws(CDRError) -> [Float] {
        let count = try self.count(minimumSize: 4)
        guard count > 0 else { return [] }
        try self.align(4)
        return try self.floatingPoint(count, UInt32.self) { Float(bitPattern: $0) }
    }

    /// Reads a sequence of floating-point numbers.
    package mutating func doubles() throws(CDRError) -> [Double] {
        let count = try self.count(minimumSize: 8)
        guard count > 0 else { return [] }
        try self.align(8)
        return try self.floatingPoint(count, UInt64.self) { Double(bitPattern: $0) }
    }

    @inline(__always)
    private mutating func floatingPoint<T: BitwiseCopyable, B: FixedWidthInteger & BitwiseCopyable>(
        _ count: Int, _ bits: B.Type, _ make: (B) -> T
    ) throws(CDRError) -> [T] {
        let size = count * MemoryLayout<T>.size
        guard size <= self.remaining else { throw .truncated }
        let content = self.bytes.extracting(self.position..<(self.position + size))
        self.position += size
        let swaps = self.swaps
        return [T](unsafeUninitializedCapacity: count) { target, initialized in
            content.withUnsafeBytes { source in
                if swaps {
                    for index in 0..<count {
                        let bits = source.loadUnaligned(fromByteOffset: index * MemoryLayout<B>.size, as: B.self)
                        target.initializeElement(at: index, to: make(bits.byteSwapped))
                    }
                } else {
                    UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
                }
            }
            initialized = count
        }
    }

    /// Reads a sequence of booleans.
    package mutating func booleans() throws(CDRError) -> [Bool] {
        try self.octetSequence().map { $0 != 0 }
    }

    package mutating func strings() throws(CDRError) -> [String] {
        try self.sequence(minimumSize: 5) { (reader) throws(CDRError) in try reader.string() }
    }

    /// Reads a sequence of structures of at least `minimumSize` bytes each.
    package mutating func sequence<T>(minimumSize: Int, _ element: (inout CDRReader) throws(CDRError) -> T) throws(CDRError) -> [T] {
        let count = try self.count(minimumSize: minimumSize)
        var elements: [T] = []
        // Bounds the allocation for a count that the message does not hold.
        elements.reserveCapacity(min(count, 4096))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// Reads an encapsulation, which has its own byte order and alignment. Bytes that `body` leaves are skipped.
    package mutating func encapsulation<R>(_ body: (inout CDRReader) throws(CDRError) -> R) throws(CDRError) -> R {
        let length = try self.count(minimumSize: 1)
        guard length >= 1 else { throw .truncated }
        let start = self.position
        var inner = CDRReader(
            self.bytes, origin: start, position: start + 1, end: start + length,
            isLittleEndian: self.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt8.self) & 1 == 1)
        let result = try body(&inner)
        self.position = start + length
        return result
    }
}

extension String {
    /// Text of Latin-1 bytes, with a fast way for ASCII.
    package init(latin1 bytes: UnsafeRawBufferPointer) {
        var highBits: UInt8 = 0
        for byte in bytes { highBits |= byte }
        if highBits < 0x80 {
            self.init(unsafeUninitializedCapacity: bytes.count) { target in
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
                return bytes.count
            }
        } else {
            self.init(unsafeUninitializedCapacity: bytes.count * 2) { target in
                var count = 0
                for byte in bytes {
                    if byte < 0x80 {
                        target[count] = byte
                        count += 1
                    } else {
                        target[count] = 0xC0 | byte >> 6
                        target[count + 1] = 0x80 | byte & 0x3F
                        count += 2
                    }
                }
                return count
            }
        }
    }

    /// The bytes that travel: Latin-1 where the text has nothing beyond U+00FF, else UTF-8.
    package var latin1Bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.utf8.count)
        for scalar in self.unicodeScalars {
            guard scalar.value <= 0xFF else { return Array(self.utf8) }
            bytes.append(UInt8(scalar.value))
        }
        return bytes
    }
}
