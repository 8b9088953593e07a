import TangoCore

extension Timestamp {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(seconds: try reader.int32(), microseconds: try reader.int32(), nanoseconds: try reader.int32())
    }

    func encode(to writer: inout CDRWriter) {
        writer.int32(self.seconds)
        writer.int32(self.microseconds)
        writer.int32(self.nanoseconds)
    }
}

extension AttributeDimension {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(x: try reader.int32(), y: try reader.int32())
    }

    func encode(to writer: inout CDRWriter) {
        writer.int32(self.x)
        writer.int32(self.y)
    }
}
