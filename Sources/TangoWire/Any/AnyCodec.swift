package import TangoCore

extension CommandData {
    /// Writes a CORBA `any`: TypeCode and value.
    package func encodeAny(to writer: inout CDRWriter) {
        TypeCodes.encode(self.type, to: &writer)
        switch self {
        case .void: break
        case .boolean(let value): writer.boolean(value)
        case .short(let value): writer.int16(value)
        case .long(let value): writer.int32(value)
        case .long64(let value): writer.int64(value)
        case .float(let value): writer.float(value)
        case .double(let value): writer.double(value)
        case .uchar(let value): writer.octet(value)
        case .ushort(let value): writer.uint16(value)
        case .ulong(let value): writer.uint32(value)
        case .ulong64(let value): writer.uint64(value)
        case .string(let value): writer.string(value)
        case .state(let value): writer.enumeration(value)
        case .encoded(let value): value.encode(to: &writer)
        case .booleanArray(let values): writer.booleans(values)
        case .charArray(let values): writer.octetSequence(values)
        case .shortArray(let values): writer.numbers(values)
        case .longArray(let values): writer.numbers(values)
        case .long64Array(let values): writer.numbers(values)
        case .floatArray(let values): writer.numbers(values)
        case .doubleArray(let values): writer.numbers(values)
        case .ushortArray(let values): writer.numbers(values)
        case .ulongArray(let values): writer.numbers(values)
        case .ulong64Array(let values): writer.numbers(values)
        case .stringArray(let values): writer.strings(values)
        case .stateArray(let values): writer.enumerations(values)
        case .encodedArray(let values): writer.sequence(values) { $0.encode(to: &$1) }
        case .longStringArray(let value):
            writer.numbers(value.longs)
            writer.strings(value.strings)
        case .doubleStringArray(let value):
            writer.numbers(value.doubles)
            writer.strings(value.strings)
        }
    }

    /// Reads a CORBA `any` with a Tango value.
    package init(any reader: inout CDRReader) throws(CDRError) {
        switch try TypeShape(&reader).dataType() {
        case .void: self = .void
        case .boolean: self = .boolean(try reader.boolean())
        case .short, .enum: self = .short(try reader.int16())
        case .long: self = .long(try reader.int32())
        case .long64: self = .long64(try reader.int64())
        case .float: self = .float(try reader.float())
        case .double: self = .double(try reader.double())
        case .uchar: self = .uchar(try reader.octet())
        case .ushort: self = .ushort(try reader.uint16())
        case .ulong: self = .ulong(try reader.uint32())
        case .ulong64: self = .ulong64(try reader.uint64())
        case .string, .constString: self = .string(try reader.string())
        case .state: self = .state(try reader.enumeration())
        case .encoded: self = .encoded(try DevEncoded(&reader))
        case .booleanArray: self = .booleanArray(try reader.booleans())
        case .charArray: self = .charArray(try reader.octetSequence())
        case .shortArray: self = .shortArray(try reader.numbers())
        case .longArray: self = .longArray(try reader.numbers())
        case .long64Array: self = .long64Array(try reader.numbers())
        case .floatArray: self = .floatArray(try reader.floats())
        case .doubleArray: self = .doubleArray(try reader.doubles())
        case .ushortArray: self = .ushortArray(try reader.numbers())
        case .ulongArray: self = .ulongArray(try reader.numbers())
        case .ulong64Array: self = .ulong64Array(try reader.numbers())
        case .stringArray: self = .stringArray(try reader.strings())
        case .stateArray:
            self = .stateArray(try reader.sequence(minimumSize: 4) { (reader) throws(CDRError) in try reader.enumeration() })
        case .encodedArray:
            self = .encodedArray(try reader.sequence(minimumSize: 9) { (reader) throws(CDRError) in try DevEncoded(&reader) })
        case .longStringArray:
            self = .longStringArray(LongStringArray(longs: try reader.numbers(), strings: try reader.strings()))
        case .doubleStringArray:
            self = .doubleStringArray(DoubleStringArray(doubles: try reader.doubles(), strings: try reader.strings()))
        case .int, .pipeBlob: throw .badTypeCode
        }
    }
}

extension DevEncoded {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(format: try reader.string(), data: try reader.octetSequence())
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.format)
        writer.octetSequence(self.data)
    }
}
