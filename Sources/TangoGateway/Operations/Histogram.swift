/// Durations by size.
struct Histogram: Sendable {
    /// Upper limits in microseconds.
    static let limits: [Int64] = [1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000]

    /// Count of each bucket; the last is beyond all limits.
    private(set) var counts = Array(repeating: UInt64(0), count: Self.limits.count + 1)
    /// In microseconds.
    private(set) var sum: Int64 = 0
    private(set) var count: UInt64 = 0

    mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        var index = 0
        while index < Self.limits.count, microseconds > Self.limits[index] { index += 1 }
        self.counts[index] += 1
        self.sum += microseconds
        self.count += 1
    }
}
