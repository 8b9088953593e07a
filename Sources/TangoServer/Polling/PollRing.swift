import TangoCore

/// The last records of one polled object; the newest replaces the oldest.
struct PollRing<Value: Sendable>: Sendable {
    struct Record: Sendable {
        /// When it was taken.
        var date: Timestamp
        var value: Value
    }

    /// Maximum number of records.
    let depth: Int
    private var records: [Record] = []
    /// Where the next record goes once the ring is full.
    private var position = 0

    /// - Parameter depth: at least 1; the default of Tango is 10.
    init(depth: Int) {
        self.depth = max(1, depth)
    }

    var count: Int { self.records.count }
    var isEmpty: Bool { self.records.isEmpty }

    mutating func append(_ value: Value, at date: Timestamp) {
        let record = Record(date: date, value: value)
        if self.records.count < self.depth {
            self.records.append(record)
        } else {
            self.records[self.position] = record
            self.position = (self.position + 1) % self.depth
        }
    }

    /// Returns a record by age: 0 is the newest.
    private func record(_ age: Int) -> Record {
        self.records[(self.position + self.records.count - 1 - age) % self.records.count]
    }

    var newest: Record? { self.records.isEmpty ? nil : self.record(0) }

    /// Returns the newest `count` records, or as many as there are, oldest first.
    func newest(_ count: Int) -> [Record] {
        let count = max(0, min(count, self.records.count))
        return (0..<count).map { self.record(count - 1 - $0) }
    }

    /// Returns at most `count` differences between consecutive records in whole milliseconds, starting at the newest.
    func deltas(_ count: Int) -> [Int64] {
        guard self.records.count > 1 else { return [] }
        return (0..<min(count, self.records.count - 1)).map { age in
            (self.record(age).date.allMicroseconds - self.record(age + 1).date.allMicroseconds) / 1000
        }
    }
}

extension Timestamp {
    /// Microseconds since 1970.
    var allMicroseconds: Int64 { Int64(self.seconds) * 1_000_000 + Int64(self.microseconds) }
}
