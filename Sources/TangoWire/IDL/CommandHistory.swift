package import TangoCore

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
