import NIOCore
import Testing

@testable import TangoIIOP

struct ReadBufferAllocatorTests {
    @Test func itGrowsWithFullReadsAndComesBackToTheSmallBuffer() {
        var allocator = ReadBufferAllocator()
        // The buffer that is kept will do for small reads.
        var needsOwnBuffer = allocator.record(actualReadBytes: 100)
        #expect(!needsOwnBuffer)
        #expect(allocator.size == ReadBufferAllocator.smallest)
        for _ in 0..<10 { needsOwnBuffer = allocator.record(actualReadBytes: allocator.size) }
        #expect(needsOwnBuffer)
        #expect(allocator.size == ReadBufferAllocator.largest)
        var reads = 0
        while allocator.record(actualReadBytes: 10) { reads += 1 }
        #expect(reads < 10)
        #expect(allocator.size == ReadBufferAllocator.smallest)
    }

    @Test func theLimitOfUnfinishedBytesCountsAllConnections() {
        let bytes = UnfinishedBytes(maximum: 1_000_000)
        #expect(bytes.change(from: 0, to: 900_000))
        // Small requests are always served.
        #expect(bytes.change(from: 0, to: 60_000))
        #expect(bytes.change(from: 0, to: 60_000))
        #expect(!bytes.change(from: 60_000, to: 100_000))
        #expect(bytes.change(from: 100_000, to: 90_000))
        #expect(bytes.change(from: 900_000, to: 0))
        #expect(bytes.change(from: 90_000, to: 500_000))
    }
}
