import TangoCore

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
