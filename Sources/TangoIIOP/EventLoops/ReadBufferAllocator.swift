import NIOCore

/// Sizes the buffers a connection's bytes are read into: one small buffer is kept per connection, larger ones are made for one read each
/// while large messages arrive.
///
/// NIO's own adaptive allocator keeps the largest buffers it ever made with each connection, about 1 MB. Used with one read per turn of
/// the event loop (`maxMessagesPerRead` 1): NIO's pool then stores the first buffer only, and `record` decides whether it is used.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    /// Size of the buffer that is kept.
    static let smallest = 4096
    /// Size of the largest buffers.
    static let largest = 1 << 20

    private(set) var size = Self.smallest

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: self.size) }

    /// No pooling by size: `record` alone decides between the kept buffer and a new one.
    func nextBufferSize() -> Int? { nil }

    /// Grows after a read that filled its buffer, shrinks after one that left most of it empty.
    /// - Returns: whether the next read needs a buffer of its own.
    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= self.size {
            self.size = min(self.size * 4, Self.largest)
        } else if actualReadBytes < self.size / 4 {
            self.size = max(self.size / 4, Self.smallest)
        }
        return self.size > Self.smallest
    }
}
