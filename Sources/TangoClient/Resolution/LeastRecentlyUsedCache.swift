/// A least-recently-used cache with a fixed capacity.
struct LeastRecentlyUsedCache<Key: Hashable, Value> {
    private struct Entry {
        var value: Value
        /// When it was used last, counted in uses.
        var use: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private let capacity: Int

    /// - Parameter capacity: most entries, at least 1.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Number of entries.
    var count: Int { self.entries.count }

    /// Returns the value of a key and counts that as a use.
    mutating func value(for key: Key) -> Value? {
        guard let index = self.entries.index(forKey: key) else { return nil }
        self.uses += 1
        self.entries.values[index].use = self.uses
        return self.entries.values[index].value
    }

    /// Keeps a value; the least recently used ones are evicted when there is no room.
    mutating func insert(_ value: Value, for key: Key) {
        if self.entries.count >= self.capacity, self.entries[key] == nil { self.evict() }
        self.uses += 1
        self.entries[key] = Entry(value: value, use: self.uses)
    }

    /// Evicts an eighth at a time, so eviction is rare.
    private mutating func evict() {
        let uses = self.entries.values.map(\.use).sorted()
        let last = uses[(uses.count - 1) / 8]
        self.entries = self.entries.filter { $0.value.use > last }
    }
}
