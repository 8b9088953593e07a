/// Durations in buckets 1.6 % wide: small, mergeable, and exact enough for quantiles.
struct Histogram: Codable {
    private static let bits = 6

    private var counts: [Int: Int] = [:]
    private(set) var lowest = UInt64.max
    private(set) var highest: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64) {
        self.counts[Self.bucket(nanoseconds), default: 0] += 1
        self.lowest = min(self.lowest, nanoseconds)
        self.highest = max(self.highest, nanoseconds)
    }

    mutating func merge(_ other: Histogram) {
        self.counts.merge(other.counts, uniquingKeysWith: +)
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)
    }

    /// In nanoseconds; 0 of nothing.
    func quantile(_ share: Double) -> Double {
        let total = self.counts.values.reduce(0, +)
        var seen = 0
        for (bucket, count) in self.counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if Double(seen) >= share * Double(total) { return Self.middle(of: bucket) }
        }
        return 0
    }

    private static func bucket(_ value: UInt64) -> Int {
        let exponent = max(0, value.bitWidth - 1 - value.leadingZeroBitCount - Self.bits)
        return exponent << Self.bits + Int(value >> UInt64(exponent))
    }

    private static func middle(of bucket: Int) -> Double {
        let size = 1 << Self.bits
        let exponent = max(0, bucket / size - 1)
        let low = (bucket - exponent * size) << exponent
        return Double(low) + Double(1 << exponent) / 2
    }
}
