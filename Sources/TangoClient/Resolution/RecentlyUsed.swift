/// Values by key, so many at most: of more, those go that were used longest ago.
struct RecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        var value: Value
        /// When it was used last, counted in uses.
        var use: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { self.entries.count }

    mutating func value(_ key: Key) -> Value? {
        guard let index = self.entries.index(forKey: key) else { return nil }
        self.uses += 1
        self.entries.values[index].use = self.uses
        return self.entries.values[index].value
    }

    mutating func keep(_ value: Value, _ key: Key) {
        if self.entries.count >= self.limit, self.entries[key] == nil { self.makeRoom() }
        self.uses += 1
        self.entries[key] = Entry(value: value, use: self.uses)
    }

    /// A part at once, so that it is seldom.
    private mutating func makeRoom() {
        let uses = self.entries.values.map(\.use).sorted()
        let last = uses[(uses.count - 1) / 8]
        self.entries = self.entries.filter { $0.value.use > last }
    }
}
