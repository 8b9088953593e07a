import Testing

@testable import TangoClient

struct LeastRecentlyUsedCacheTests {
    @Test func whatWasUsedLongestAgoGoes() {
        var kept = LeastRecentlyUsedCache<Int, String>(capacity: 3)
        for key in 1...3 { kept.insert("\(key)", for: key) }
        #expect(kept.value(for: 1) == "1")
        kept.insert("4", for: 4)
        #expect(
            kept.count == 3 && kept.value(for: 2) == nil && kept.value(for: 1) == "1" && kept.value(for: 3) == "3"
                && kept.value(for: 4) == "4")
        // The same key again needs no room.
        kept.insert("new", for: 3)
        #expect(kept.count == 3 && kept.value(for: 3) == "new" && kept.value(for: 1) == "1")
        var large = LeastRecentlyUsedCache<Int, Int>(capacity: 100)
        for key in 0..<10_000 {
            large.insert(key, for: key)
            #expect(large.count <= 100 && large.value(for: key) == key)
        }
        #expect(large.count > 80)
    }
}
