import TangoCore

extension AttributeData {
    /// Reads an AttrValUnion.
    init(union reader: inout CDRReader) throws(CDRError) {
        switch try reader.uint32() {
        case 0: self = .boolean(try reader.booleans())
        case 1: self = .short(try reader.numbers())
        case 2: self = .long(try reader.numbers())
        case 3: self = .long64(try reader.numbers())
        case 4: self = .float(try reader.floats())
        case 5: self = .double(try reader.doubles())
        case 6: self = .uchar(try reader.octetSequence())
        case 7: self = .ushort(try reader.numbers())
        case 8: self = .ulong(try reader.numbers())
        case 9: self = .ulong64(try reader.numbers())
        case 10: self = .string(try reader.strings())
        case 11: self = .state(try reader.sequence(minimumSize: 4) { (reader) throws(CDRError) in try reader.enumeration() })
        case 12: self = .deviceState(try reader.enumeration())
        case 13: self = .encoded(try reader.sequence(minimumSize: 9) { (reader) throws(CDRError) in try DevEncoded(&reader) })
        case 14:
            _ = try reader.boolean()
            self = .none
        default: throw .badValue
        }
    }

    /// Writes an AttrValUnion.
    func encodeUnion(to writer: inout CDRWriter) {
        switch self {
        case .boolean(let values):
            writer.uint32(0)
            writer.booleans(values)
        case .short(let values):
            writer.uint32(1)
            writer.numbers(values)
        case .long(let values):
            writer.uint32(2)
            writer.numbers(values)
        case .long64(let values):
            writer.uint32(3)
            writer.numbers(values)
        case .float(let values):
            writer.uint32(4)
            writer.numbers(values)
        case .double(let values):
            writer.uint32(5)
            writer.numbers(values)
        case .uchar(let values):
            writer.uint32(6)
            writer.octetSequence(values)
        case .ushort(let values):
            writer.uint32(7)
            writer.numbers(values)
        case .ulong(let values):
            writer.uint32(8)
            writer.numbers(values)
        case .ulong64(let values):
            writer.uint32(9)
            writer.numbers(values)
        case .string(let values):
            writer.uint32(10)
            writer.strings(values)
        case .state(let values):
            writer.uint32(11)
            writer.enumerations(values)
        case .deviceState(let state):
            writer.uint32(12)
            writer.enumeration(state)
        case .encoded(let values):
            writer.uint32(13)
            writer.sequence(values) { $0.encode(to: &$1) }
        case .none:
            writer.uint32(14)
            writer.boolean(true)
        }
    }

    /// The elements in the form of an `any` (interfaces 1 to 3, histories): an array, or the one state of a device.
    var anyForm: CommandData {
        if case .deviceState(let state) = self { return .state(state) }
        return CommandData(arrayOf: self) ?? .void
    }

    /// Creates elements from an `any`; `nil` for values that an attribute cannot have.
    init?(anyForm: CommandData) {
        switch anyForm {
        case .void: self = .none
        case .state(let state): self = .deviceState(state)
        default:
            guard let data = anyForm.elements?.data else { return nil }
            self = data
        }
    }

    /// Reads an `any` of interfaces 1 to 3.
    init(any reader: inout CDRReader) throws(CDRError) {
        guard let data = AttributeData(anyForm: try CommandData(any: &reader)) else { throw .badTypeCode }
        self = data
    }
}

extension AttributeValue {
    /// Returns the smallest size in bytes of one value.
    static func minimumSize(version: Int) -> Int { version <= 2 ? 36 : version == 3 ? 48 : 56 }

    /// Reads an AttributeValue (versions 1 and 2), AttributeValue_3, _4 or _5.
    init(_ reader: inout CDRReader, version: Int) throws(CDRError) {
        if version <= 3 {
            let data = try AttributeData(any: &reader)
            self.init(name: "", data: data, format: .unknown, type: data.elementType, time: .zero, readDimension: .zero)
            self.quality = try reader.enumeration()
        } else {
            self.init(name: "", data: try AttributeData(union: &reader), format: .unknown, type: nil, time: .zero, readDimension: .zero)
            self.quality = try reader.enumeration()
            self.format = try reader.enumeration()
            self.type = version >= 5 ? DataType(rawValue: try reader.int32()) : self.data.elementType
        }
        self.time = try Timestamp(&reader)
        self.name = try reader.string()
        self.readDimension = try AttributeDimension(&reader)
        guard version >= 3 else { return }
        self.writeDimension = try AttributeDimension(&reader)
        self.errors = try DevError.decodeList(&reader)
    }

    func encode(to writer: inout CDRWriter, version: Int) {
        if version <= 3 {
            self.data.anyForm.encodeAny(to: &writer)
            writer.enumeration(self.quality)
        } else {
            self.data.encodeUnion(to: &writer)
            writer.enumeration(self.quality)
            writer.enumeration(self.format)
            if version >= 5 { writer.int32(self.type?.rawValue ?? 0) }
        }
        self.time.encode(to: &writer)
        writer.string(self.name)
        self.readDimension.encode(to: &writer)
        guard version >= 3 else { return }
        self.writeDimension.encode(to: &writer)
        DevError.encodeList(self.errors, to: &writer)
    }

    static func decodeList(_ reader: inout CDRReader, version: Int) throws(CDRError) -> [AttributeValue] {
        try reader.sequence(minimumSize: Self.minimumSize(version: version)) { (reader) throws(CDRError) in
            try AttributeValue(&reader, version: version)
        }
    }

    static func encodeList(_ values: [AttributeValue], to writer: inout CDRWriter, version: Int) {
        writer.sequence(values) { $0.encode(to: &$1, version: version) }
    }
}
