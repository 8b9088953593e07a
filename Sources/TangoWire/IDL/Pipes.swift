import TangoCore

extension PipeConfig {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(
            name: try reader.string(), description: try reader.string(), label: try reader.string(), level: try reader.enumeration(),
            writable: try reader.enumeration(), extensions: try reader.strings())
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.name)
        writer.string(self.description)
        writer.string(self.label)
        writer.enumeration(self.level)
        writer.enumeration(self.writable)
        writer.strings(self.extensions)
    }

    static func decodeList(_ reader: inout CDRReader) throws(CDRError) -> [PipeConfig] {
        try reader.sequence(minimumSize: 27) { (reader) throws(CDRError) in try PipeConfig(&reader) }
    }

    static func encodeList(_ configs: [PipeConfig], to writer: inout CDRWriter) {
        writer.sequence(configs) { $0.encode(to: &$1) }
    }
}

extension PipeElement {
    /// Deepest nesting accepted; deeper data could exhaust the stack.
    static let maximumDepth = 64
    static let minimumSize = 19

    static func decodeList(_ reader: inout CDRReader, depth: Int) throws(CDRError) -> [PipeElement] {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        return try reader.sequence(minimumSize: Self.minimumSize) { (reader) throws(CDRError) in
            let name = try reader.string()
            let value = try AttributeData(union: &reader)
            let inner = try Self.decodeList(&reader, depth: depth + 1)
            let innerName = try reader.string()
            if case .none = value { return PipeElement(name: name, content: .blob(PipeBlob(name: innerName, elements: inner))) }
            return PipeElement(name: name, content: .value(value, isArray: innerName != "Scalar"))
        }
    }

    static func encodeList(_ elements: [PipeElement], to writer: inout CDRWriter) {
        writer.sequence(elements) { element, writer in
            writer.string(element.name)
            switch element.content {
            case .value(let data, let isArray):
                data.encodeUnion(to: &writer)
                writer.length(0)
                writer.string(Self.kind(of: data, isArray: isArray))
            case .blob(let blob):
                AttributeData.none.encodeUnion(to: &writer)
                Self.encodeList(blob.elements, to: &writer)
                writer.string(blob.name)
            }
        }
    }

    /// Returns what cppTango 9.3.4 writes in place of the name of an inner blob: `Scalar`, `Array`, or nothing for arrays of strings.
    private static func kind(of data: AttributeData, isArray: Bool) -> String {
        guard isArray else { return "Scalar" }
        if case .string = data { return "" }
        return "Array"
    }
}

extension PipeValue {
    init(_ reader: inout CDRReader) throws(CDRError) {
        let name = try reader.string()
        let time = try Timestamp(&reader)
        let blobName = try reader.string()
        self.init(name: name, time: time, blob: PipeBlob(name: blobName, elements: try PipeElement.decodeList(&reader, depth: 0)))
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.name)
        self.time.encode(to: &writer)
        writer.string(self.blob.name)
        PipeElement.encodeList(self.blob.elements, to: &writer)
    }
}
