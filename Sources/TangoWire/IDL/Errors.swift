import TangoCore

extension DevError {
    static let minimumSize = 19

    init(_ reader: inout CDRReader) throws(CDRError) {
        let reason = ErrorReason(rawValue: try reader.string())
        let severity: ErrorSeverity = try reader.enumeration()
        let description = try reader.string()
        self.init(reason, description, origin: try reader.string(), severity: severity)
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.reason.rawValue)
        writer.enumeration(self.severity)
        writer.string(self.description)
        writer.string(self.origin)
    }

    static func decodeList(_ reader: inout CDRReader) throws(CDRError) -> [DevError] {
        try reader.sequence(minimumSize: Self.minimumSize) { (reader) throws(CDRError) in try DevError(&reader) }
    }

    static func encodeList(_ errors: [DevError], to writer: inout CDRWriter) {
        writer.sequence(errors) { $0.encode(to: &$1) }
    }
}

extension NamedDevError {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(name: try reader.string(), index: try reader.int32(), errors: try DevError.decodeList(&reader))
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.name)
        writer.int32(self.index)
        DevError.encodeList(self.errors, to: &writer)
    }
}
