import TangoCore

/// The TypeCodes of Tango values, exactly those of cppTango and PyTango: PyTango decodes a result by their shape.
///
/// Aligned to 4, their bytes do not depend on the position, so each is encoded once.
enum TypeCodes {
    private static let encoded: [DataType: [UInt8]] = {
        var table: [DataType: [UInt8]] = [:]
        for type in DataType.allCases {
            var writer = CDRWriter()
            guard write(type, to: &writer) else { continue }
            table[type] = writer.finishBytes()
        }
        return table
    }()

    /// Writes the TypeCode of the type of an argument or result; that of DevVoid is tk_null.
    static func encode(_ type: DataType, to writer: inout CDRWriter) {
        writer.align(4)
        writer.raw(Self.encoded[type] ?? [0, 0, 0, 0])
    }

    private static func write(_ type: DataType, to writer: inout CDRWriter) -> Bool {
        switch type {
        case .void: writer.uint32(0)
        case .short, .enum: writer.uint32(2)
        case .long: writer.uint32(3)
        case .ushort: writer.uint32(4)
        case .ulong: writer.uint32(5)
        case .float: writer.uint32(6)
        case .double: writer.uint32(7)
        case .boolean: writer.uint32(8)
        case .uchar: writer.uint32(10)
        case .long64: writer.uint32(23)
        case .ulong64: writer.uint32(24)
        case .string, .constString: Self.string(&writer)
        case .state: Self.state(&writer)
        case .encoded: Self.encodedStructure(&writer)
        case .longStringArray: Self.pair(type, "lvalue", .longArray, &writer)
        case .doubleStringArray: Self.pair(type, "dvalue", .doubleArray, &writer)
        case .booleanArray, .charArray, .shortArray, .longArray, .long64Array, .floatArray, .doubleArray, .ushortArray, .ulongArray,
            .ulong64Array, .stringArray, .stateArray, .encodedArray:
            Self.array(type, &writer)
        case .int, .pipeBlob: return false
        }
        return true
    }

    private static func string(_ writer: inout CDRWriter) {
        writer.uint32(18)
        writer.uint32(0)
    }

    private static func state(_ writer: inout CDRWriter) {
        writer.uint32(17)
        writer.encapsulation { writer in
            writer.string("IDL:Tango/DevState:1.0")
            writer.string("DevState")
            writer.strings(DevState.allCases.map(\.name))
        }
    }

    private static func element(of type: DataType) -> DataType {
        DataType.allCases.first { $0.arrayType == type && $0 != .enum } ?? .void
    }

    private static func array(_ type: DataType, _ writer: inout CDRWriter) {
        writer.uint32(21)
        writer.encapsulation { writer in
            writer.string("IDL:Tango/\(type.name):1.0")
            writer.string(type.name)
            writer.uint32(19)
            writer.encapsulation { writer in
                _ = Self.write(Self.element(of: type), to: &writer)
                writer.uint32(0)
            }
        }
    }

    private static func pair(_ type: DataType, _ first: String, _ firstType: DataType, _ writer: inout CDRWriter) {
        Self.structure(type, [(first, { Self.array(firstType, &$0) }), ("svalue", { Self.array(.stringArray, &$0) })], &writer)
    }

    private static func encodedStructure(_ writer: inout CDRWriter) {
        Self.structure(
            .encoded,
            [
                (
                    "encoded_format",
                    { writer in
                        writer.uint32(21)
                        writer.encapsulation { writer in
                            writer.string("IDL:Tango/DevString:1.0")
                            writer.string("DevString")
                            Self.string(&writer)
                        }
                    }
                ), ("encoded_data", { Self.array(.charArray, &$0) }),
            ], &writer)
    }

    private static func structure(_ type: DataType, _ members: [(String, (inout CDRWriter) -> Void)], _ writer: inout CDRWriter) {
        writer.uint32(15)
        writer.encapsulation { writer in
            writer.string("IDL:Tango/\(type.name):1.0")
            writer.string(type.name)
            writer.sequence(members) { member, writer in
                writer.string(member.0)
                member.1(&writer)
            }
        }
    }
}
