import TangoCore

/// The runs of equal records in a packed history: records `start`, `start - 1`, … `start - count + 1`, where record 0 is the oldest.
private struct HistoryRuns<Value: Hashable> {
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

extension AttributeHistory {
    /// Reads a DevAttrHistory_4 or DevAttrHistory_5: dates ascending, data newest first.
    init(_ reader: inout CDRReader, version: Int) throws(CDRError) {
        self.init(name: try reader.string(), values: [])
        var format = AttributeFormat.unknown
        var type: DataType?
        if version >= 5 {
            format = try reader.enumeration()
            type = DataType(rawValue: try reader.int32())
            // cppTango sends no type for the attribute State.
            if type == .void { type = nil }
        }
        let dates = try reader.sequence(minimumSize: 12) { (reader) throws(CDRError) in try Timestamp(&reader) }
        let data = try AttributeData(any: &reader)
        let qualities = try HistoryRuns<AttributeQuality>(&reader, minimumSize: 4) { (reader) throws(CDRError) in try reader.enumeration() }
            .unpacked(dates.count)
        let readDimensions = try Self.dimensions(&reader).unpacked(dates.count)
        let writeDimensions = try Self.dimensions(&reader).unpacked(dates.count)
        let errors = try HistoryRuns<[DevError]>(&reader, minimumSize: 4) { (reader) throws(CDRError) in try DevError.decodeList(&reader) }
            .unpacked(dates.count)
        // As in a read, the values of a WRITE attribute are sent once although both dimensions are given.
        var readCount = 0
        var writtenCount = 0
        for index in dates.indices where errors[index]?.isEmpty ?? true && qualities[index] ?? .invalid != .invalid {
            readCount += min(readDimensions[index]?.elementCount ?? 0, data.count + 1)
            writtenCount += min(writeDimensions[index]?.elementCount ?? 0, data.count + 1)
        }
        let isSetPartOnly = writtenCount > 0 && data.count == readCount
        var position = 0
        for index in dates.indices.reversed() {
            var value = AttributeValue(
                name: self.name, data: .none, quality: qualities[index] ?? .invalid, format: format, type: type ?? data.elementType,
                time: dates[index], readDimension: readDimensions[index] ?? .zero, writeDimension: writeDimensions[index] ?? .zero,
                errors: errors[index] ?? [])
            if value.errors.isEmpty, value.quality != .invalid {
                let count = value.readDimension.elementCount + (isSetPartOnly ? 0 : value.writeDimension.elementCount)
                value.data = data.slice(position..<(position + count))
                position += value.data.count
            }
            self.values.append(value)
        }
        self.values.reverse()
    }

    private static func dimensions(_ reader: inout CDRReader) throws(CDRError) -> HistoryRuns<AttributeDimension> {
        try HistoryRuns(&reader, minimumSize: 8) { (reader) throws(CDRError) in try AttributeDimension(&reader) }
    }

    func encode(to writer: inout CDRWriter, version: Int) {
        writer.string(self.name)
        if version >= 5 {
            writer.enumeration(self.values.last?.format ?? .unknown)
            writer.int32(self.values.last?.type?.rawValue ?? 0)
        }
        writer.sequence(self.values) { $0.time.encode(to: &$1) }
        var data = AttributeData.none
        for value in self.values.reversed() {
            data.append(value.data)
            // Unlike in a read, the value of a WRITE attribute is sent twice: clients count both dimensions.
            let isSetPartOnly = value.writeDimension.elementCount > 0 && value.data.count == value.readDimension.elementCount
            if isSetPartOnly { data.append(value.data) }
        }
        data.anyForm.encodeAny(to: &writer)
        HistoryRuns(self.values.map(\.quality)).encode(to: &writer) { $1.enumeration($0) }
        HistoryRuns(self.values.map(\.readDimension)).encode(to: &writer) { $0.encode(to: &$1) }
        HistoryRuns(self.values.map(\.writeDimension)).encode(to: &writer) { $0.encode(to: &$1) }
        HistoryRuns(self.values.map { $0.errors.isEmpty ? nil : $0.errors }).encode(to: &writer) { DevError.encodeList($0, to: &$1) }
    }

    /// Reads a DevAttrHistory (version 2) or DevAttrHistory_3: one record after the other.
    init(records reader: inout CDRReader, version: Int) throws(CDRError) {
        let values = try reader.sequence(minimumSize: 40) { (reader) throws(CDRError) -> AttributeValue in
            _ = try reader.boolean()
            var value = try AttributeValue(&reader, version: version)
            if version == 2 { value.errors = try DevError.decodeList(&reader) }
            return value
        }
        self.init(name: values.first?.name ?? "", values: values)
    }

    func encodeRecords(to writer: inout CDRWriter, version: Int) {
        writer.sequence(self.values) { value, writer in
            writer.boolean(!value.errors.isEmpty)
            value.encode(to: &writer, version: version)
            if version == 2 { DevError.encodeList(value.errors, to: &writer) }
        }
    }
}

/// The past results of a command, oldest first, with their type.
package struct CommandHistory: Sendable, Hashable {
    package var type: DataType
    package var records: [CommandHistoryRecord]

    package init(type: DataType, records: [CommandHistoryRecord]) {
        self.type = type
        self.records = records
    }

    /// Reads a DevCmdHistory_4.
    init(_ reader: inout CDRReader) throws(CDRError) {
        let dates = try reader.sequence(minimumSize: 12) { (reader) throws(CDRError) in try Timestamp(&reader) }
        let all = try CommandData(any: &reader)
        let dimensions = try HistoryRuns<AttributeDimension>(&reader, minimumSize: 8) { (reader) throws(CDRError) in
            try AttributeDimension(&reader)
        }.unpacked(dates.count)
        let errors = try HistoryRuns<[DevError]>(&reader, minimumSize: 4) { (reader) throws(CDRError) in try DevError.decodeList(&reader) }
            .unpacked(dates.count)
        guard let type = DataType(rawValue: try reader.int32()) else { throw .badValue }
        self.init(type: type, records: [])
        var cursor = HistoryCursor(all)
        for index in dates.indices.reversed() {
            let failed = errors[index] ?? []
            let result = failed.isEmpty ? cursor.next(dimensions[index] ?? .zero, type: type) : .void
            self.records.append(CommandHistoryRecord(time: dates[index], result: result, errors: failed))
        }
        self.records.reverse()
    }

    func encode(to writer: inout CDRWriter) {
        writer.sequence(self.records) { $0.time.encode(to: &$1) }
        let good = self.records.reversed().filter { $0.errors.isEmpty }.map(\.result)
        HistoryCursor.joined(good, type: self.type).encodeAny(to: &writer)
        HistoryRuns(self.records.map { $0.errors.isEmpty ? HistoryCursor.dimension(of: $0.result) : nil })
            .encode(to: &writer) { $0.encode(to: &$1) }
        HistoryRuns(self.records.map { $0.errors.isEmpty ? nil : $0.errors }).encode(to: &writer) { DevError.encodeList($0, to: &$1) }
        writer.int32(self.type.rawValue)
    }

    /// Reads a DevCmdHistory of interface 2.
    init(records reader: inout CDRReader) throws(CDRError) {
        let records = try reader.sequence(minimumSize: 24) { (reader) throws(CDRError) -> CommandHistoryRecord in
            let time = try Timestamp(&reader)
            _ = try reader.boolean()
            return CommandHistoryRecord(time: time, result: try CommandData(any: &reader), errors: try DevError.decodeList(&reader))
        }
        self.init(type: records.first { $0.errors.isEmpty }?.result.type ?? .void, records: records)
    }

    func encodeRecords(to writer: inout CDRWriter) {
        writer.sequence(self.records) { record, writer in
            record.time.encode(to: &writer)
            writer.boolean(!record.errors.isEmpty)
            record.result.encodeAny(to: &writer)
            DevError.encodeList(record.errors, to: &writer)
        }
    }
}

/// Splits the joined arrays of a packed command history into the results of its records, and joins them.
private struct HistoryCursor {
    private let data: AttributeData
    private let numbers: AttributeData
    private let texts: [String]
    private var position = 0
    private var textPosition = 0

    init(_ all: CommandData) {
        self.data = AttributeData(anyForm: all) ?? .none
        switch all {
        case .longStringArray(let value):
            self.numbers = .long(value.longs)
            self.texts = value.strings
        case .doubleStringArray(let value):
            self.numbers = .double(value.doubles)
            self.texts = value.strings
        default:
            self.numbers = .none
            self.texts = []
        }
    }

    mutating func next(_ dimension: AttributeDimension, type: DataType) -> CommandData {
        let count = max(0, Int(dimension.x))
        switch type {
        case .longStringArray, .doubleStringArray:
            let part = self.numbers.slice(self.position..<(self.position + count))
            let textEnd = min(self.texts.count, self.textPosition + max(0, Int(dimension.y)))
            let strings = Array(self.texts[self.textPosition..<textEnd])
            self.position += part.count
            self.textPosition = textEnd
            if case .long(let longs) = part { return .longStringArray(LongStringArray(longs: longs, strings: strings)) }
            if case .double(let doubles) = part { return .doubleStringArray(DoubleStringArray(doubles: doubles, strings: strings)) }
            return .void
        default:
            let part = self.data.slice(self.position..<(self.position + count))
            self.position += part.count
            return type.arrayType == nil || part.count != 1 ? part.anyForm : CommandData(scalarOf: part) ?? .void
        }
    }

    static func dimension(of result: CommandData) -> AttributeDimension {
        switch result {
        case .longStringArray(let value): AttributeDimension(x: Int32(clamping: value.longs.count), y: Int32(clamping: value.strings.count))
        case .doubleStringArray(let value):
            AttributeDimension(x: Int32(clamping: value.doubles.count), y: Int32(clamping: value.strings.count))
        default: AttributeDimension(x: Int32(clamping: AttributeData(anyForm: result)?.count ?? 0))
        }
    }

    static func joined(_ results: [CommandData], type: DataType) -> CommandData {
        var data = AttributeData.none
        var longs = LongStringArray()
        var doubles = DoubleStringArray()
        for result in results {
            switch result {
            case .longStringArray(let value):
                longs.longs += value.longs
                longs.strings += value.strings
            case .doubleStringArray(let value):
                doubles.doubles += value.doubles
                doubles.strings += value.strings
            default: data.append(AttributeData(anyForm: result) ?? .none)
            }
        }
        switch type {
        case .longStringArray: return .longStringArray(longs)
        case .doubleStringArray: return .doubleStringArray(doubles)
        default: return data.anyForm
        }
    }
}
