package import NIOCore

/// Writes CDR in the byte order of the machine into growing storage, which becomes `ByteBuffer`s at the end.
///
/// Large arrays get buffers of their own, so that their bytes are copied once.
package struct CDRWriter: ~Copyable {
    /// Byte order of the output.
    package static let isLittleEndian = Int16(1).littleEndian == 1
    /// Smallest size in bytes of an array with a buffer of its own.
    private static let spliceThreshold = 16 * 1024

    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes in `storage`.
    private var stored = 0
    /// Bytes in `splices`.
    private var spliced = 0
    private var splices: [(offset: Int, buffer: ByteBuffer)] = []
    /// Position from which alignment counts.
    private var origin = 0

    /// Creates a writer.
    package init(capacity: Int = 512) {
        self.storage = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
    }

    deinit {
        self.storage.deallocate()
    }

    /// Number of bytes written.
    package var count: Int { self.stored + self.spliced }

    @inline(__always)
    private mutating func reserve(_ size: Int) {
        if self.stored + size > self.capacity { self.grow(size) }
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        let newCapacity = max(self.capacity * 2, self.stored + size)
        let newStorage = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
        newStorage.copyMemory(from: self.storage, byteCount: self.stored)
        self.storage.deallocate()
        self.storage = newStorage
        self.capacity = newCapacity
    }

    /// Writes zero bytes up to a multiple of `size` (a power of two).
    @inline(__always)
    package mutating func align(_ size: Int) {
        let padding = (0 &- (self.count - self.origin)) & (size - 1)
        guard padding > 0 else { return }
        self.reserve(padding)
        for index in 0..<padding { self.storage.storeBytes(of: 0, toByteOffset: self.stored + index, as: UInt8.self) }
        self.stored += padding
    }

    /// Lets alignment count from here on.
    package mutating func alignFromHere() { self.origin = self.count }

    @inline(__always)
    private mutating func store<T: BitwiseCopyable>(_ value: T) {
        let size = MemoryLayout<T>.size
        self.align(size)
        self.reserve(size)
        self.storage.storeBytes(of: value, toByteOffset: self.stored, as: T.self)
        self.stored += size
    }

    package mutating func octet(_ value: UInt8) { self.store(value) }
    package mutating func boolean(_ value: Bool) { self.store(value ? 1 as UInt8 : 0) }
    package mutating func int16(_ value: Int16) { self.store(value) }
    package mutating func uint16(_ value: UInt16) { self.store(value) }
    package mutating func int32(_ value: Int32) { self.store(value) }
    package mutating func uint32(_ value: UInt32) { self.store(value) }
    package mutating func int64(_ value: Int64) { self.store(value) }
    package mutating func uint64(_ value: UInt64) { self.store(value) }
    package mutating func float(_ value: Float) { self.store(value) }
    package mutating func double(_ value: Double) { self.store(value) }
    package mutating func enumeration<E: RawRepresentable>(_ value: E) where E.RawValue == UInt32 { self.store(value.rawValue) }
    package mutating func length(_ count: Int) { self.store(UInt32(truncatingIfNeeded: count)) }

    /// Writes bytes without count or alignment.
    package mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count >= Self.spliceThreshold {
            self.splices.append((self.stored, ByteBuffer(bytes: bytes)))
            self.spliced += bytes.count
            return
        }
        self.reserve(bytes.count)
        (self.storage + self.stored).copyMemory(from: base, byteCount: bytes.count)
        self.stored += bytes.count
    }

    package mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.raw($0) }
    }

    /// A string: Latin-1 where the text has nothing beyond U+00FF, else its UTF-8 bytes.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var highBits: UInt8 = 0
            for byte in bytes { highBits |= byte }
            if highBits < 0x80 {
                self.length(bytes.count + 1)
                self.raw(bytes)
            } else {
                let latin1 = String(decoding: utf8, as: UTF8.self).latin1Bytes
                self.length(latin1.count + 1)
                self.raw(latin1)
            }
        }
        self.store(0 as UInt8)
    }

    /// Writes a sequence of octets.
    package mutating func octetSequence(_ bytes: [UInt8]) {
        self.length(bytes.count)
        self.raw(bytes)
    }

    /// Counted Latin-1 bytes without a NUL (object keys).
    package mutating func octetText(_ text: String) {
        self.octetSequence(text.latin1Bytes)
    }

    /// Writes a sequence of numbers, copied at once. An empty one has no padding after its count.
    package mutating func numbers<T: BitwiseCopyable>(_ values: [T]) {
        self.length(values.count)
        guard !values.isEmpty else { return }
        self.align(MemoryLayout<T>.size)
        values.withUnsafeBytes { self.raw($0) }
    }

    /// Writes a sequence of booleans.
    package mutating func booleans(_ values: [Bool]) {
        self.length(values.count)
        self.reserve(values.count)
        for value in values { self.store(value ? 1 as UInt8 : 0) }
    }

    package mutating func strings(_ values: [String]) {
        self.length(values.count)
        for value in values { self.string(value) }
    }

    package mutating func enumerations<E: RawRepresentable>(_ values: [E]) where E.RawValue == UInt32 {
        self.length(values.count)
        for value in values { self.store(value.rawValue) }
    }

    /// Writes a sequence of structures.
    package mutating func sequence<T>(_ values: [T], _ element: (T, inout CDRWriter) -> Void) {
        self.length(values.count)
        for value in values { element(value, &self) }
    }

    /// Writes an encapsulation: length, byte order, and the output of `body`, aligned from the byte order octet.
    package mutating func encapsulation(_ body: (inout CDRWriter) -> Void) {
        self.uint32(0)
        let start = self.count
        let lengthOffset = self.stored - 4
        let outerOrigin = self.origin
        self.origin = start
        self.boolean(Self.isLittleEndian)
        body(&self)
        self.origin = outerOrigin
        self.storage.storeBytes(of: UInt32(truncatingIfNeeded: self.count - start), toByteOffset: lengthOffset, as: UInt32.self)
    }

    /// Overwrites a number before the first large array, such as the size in the header.
    package mutating func patch(_ value: UInt32, at offset: Int) {
        guard offset + 4 <= self.stored else { return }
        self.storage.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
    }

    /// Returns the output as one buffer.
    package consuming func finish() -> ByteBuffer {
        var buffers = self.finishSegments()
        guard var first = buffers.first else { return ByteBuffer() }
        guard buffers.count > 1 else { return first }
        buffers.removeFirst()
        first.reserveCapacity(minimumWritableBytes: buffers.reduce(0) { $0 + $1.readableBytes })
        for var buffer in buffers { first.writeBuffer(&buffer) }
        return first
    }

    /// Returns the output, large arrays in buffers of their own.
    package consuming func finishSegments() -> [ByteBuffer] {
        guard !self.splices.isEmpty else {
            return [ByteBuffer(bytes: UnsafeRawBufferPointer(start: self.storage, count: self.stored))]
        }
        var segments: [ByteBuffer] = []
        var offset = 0
        for splice in self.splices {
            if splice.offset > offset {
                segments.append(ByteBuffer(bytes: UnsafeRawBufferPointer(start: self.storage + offset, count: splice.offset - offset)))
            }
            segments.append(splice.buffer)
            offset = splice.offset
        }
        if self.stored > offset {
            segments.append(ByteBuffer(bytes: UnsafeRawBufferPointer(start: self.storage + offset, count: self.stored - offset)))
        }
        return segments
    }

    /// Returns the output as bytes.
    package consuming func finishBytes() -> [UInt8] {
        Array(buffer: self.finish())
    }
}
