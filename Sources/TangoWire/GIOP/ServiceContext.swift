/// A service context: an ID and its octets, ignored when unknown.
package struct ServiceContext: Sendable, Hashable {
    package var id: UInt32
    package var data: [UInt8]

    package init(id: UInt32, data: [UInt8]) {
        self.id = id
        self.data = data
    }

    /// The character sets ISO 8859-1 and UTF-16, sent with the first request of each GIOP 1.2 connection like cppTango and PyTango do.
    package static let codeSets: ServiceContext = {
        var writer = CDRWriter()
        writer.boolean(CDRWriter.isLittleEndian)
        writer.uint32(0x0001_0001)
        writer.uint32(0x0001_0109)
        return ServiceContext(id: 1, data: writer.finishBytes())
    }()

    static func decodeList(_ reader: inout CDRReader) throws(CDRError) -> [ServiceContext] {
        let count = try reader.count(minimumSize: 8)
        guard count > 0 else { return [] }
        var contexts: [ServiceContext] = []
        for _ in 0..<count { contexts.append(ServiceContext(id: try reader.uint32(), data: try reader.octetSequence())) }
        return contexts
    }

    static func encodeList(_ contexts: [ServiceContext], to writer: inout CDRWriter) {
        writer.sequence(contexts) { context, writer in
            writer.uint32(context.id)
            writer.octetSequence(context.data)
        }
    }
}
