/// The runs of equal records in a packed history: records `start`, `start - 1`, … `start - count + 1`, where record 0 is the oldest.
struct HistoryRuns<Value: Hashable> {
    var values: [Value] = []
    var runs: [(start: Int32, count: Int32)] = []

    init() {}

    /// Packs the values of records, oldest first; records without one (`nil`) belong to no run.
    init(_ records: [Value?]) {
        var previous: Value?
        for (index, value) in records.enumerated().reversed() {
            guard let value else {
                previous = nil
                continue
            }
            if value == previous {
                self.runs[self.runs.count - 1].count += 1
            } else {
                self.values.append(value)
                self.runs.append((Int32(index), 1))
            }
            previous = value
        }
    }

    init(_ reader: inout CDRReader, minimumSize: Int, _ element: (inout CDRReader) throws(CDRError) -> Value) throws(CDRError) {
        self.values = try reader.sequence(minimumSize: minimumSize, element)
        self.runs = try reader.sequence(minimumSize: 8) { (reader) throws(CDRError) in (try reader.int32(), try reader.int32()) }
    }

    func encode(to writer: inout CDRWriter, _ element: (Value, inout CDRWriter) -> Void) {
        writer.sequence(self.values, element)
        writer.sequence(self.runs) { run, writer in
            writer.int32(run.start)
            writer.int32(run.count)
        }
    }

    /// Returns the values of `count` records, oldest first. Ignores runs outside the records, and all runs after `count` records were set: the
    /// runs of a peer do not overlap, and hostile ones could take a very long time.
    func unpacked(_ count: Int) -> [Value?] {
        var records = [Value?](repeating: nil, count: count)
        var left = count
        for (value, run) in zip(self.values, self.runs) where run.count > 0 {
            let last = min(count - 1, Int(run.start))
            let first = max(0, Int(run.start) - Int(run.count) + 1, last - left + 1)
            guard first <= last else { continue }
            for index in first...last { records[index] = value }
            left -= last - first + 1
        }
        return records
    }
}
