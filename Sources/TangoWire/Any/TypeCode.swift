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

/// The shape of a TypeCode without aliases, by which the value after it is decoded.
indirect enum TypeShape: Hashable {
    case null
    case scalar(DataType)
    case array(DataType)
    /// A structure with its repository ID and members.
    case structure(String, [TypeShape])

    /// Reads a TypeCode; accepts any nesting and any ID of aliases, like cppTango and PyTango.
    init(_ reader: inout CDRReader, depth: Int = 0) throws(CDRError) {
        guard depth < 16 else { throw .tooDeep }
        switch try reader.uint32() {
        case 0, 1: self = .null
        case 2: self = .scalar(.short)
        case 3: self = .scalar(.long)
        case 4: self = .scalar(.ushort)
        case 5: self = .scalar(.ulong)
        case 6: self = .scalar(.float)
        case 7: self = .scalar(.double)
        case 8: self = .scalar(.boolean)
        case 9, 10: self = .scalar(.uchar)
        case 23: self = .scalar(.long64)
        case 24: self = .scalar(.ulong64)
        case 18:
            _ = try reader.uint32()
            self = .scalar(.string)
        case 15:
            self = try reader.encapsulation { (reader) throws(CDRError) in
                let id = try reader.string()
                try reader.skipString()
                let members = try reader.sequence(minimumSize: 9) { (reader) throws(CDRError) in
                    try reader.skipString()
                    return try TypeShape(&reader, depth: depth + 1)
                }
                return .structure(id, members)
            }
        case 17:
            self = try reader.encapsulation { (reader) throws(CDRError) in
                guard try reader.string() == "IDL:Tango/DevState:1.0" else { throw .badTypeCode }
                return .scalar(.state)
            }
        case 19:
            self = try reader.encapsulation { (reader) throws(CDRError) in
                switch try TypeShape(&reader, depth: depth + 1) {
                case .scalar(let type): return .array(type)
                case let shape:
                    guard try shape.dataType() == .encoded else { throw .badTypeCode }
                    return .array(.encoded)
                }
            }
        case 21:
            self = try reader.encapsulation { (reader) throws(CDRError) in
                try reader.skipString()
                try reader.skipString()
                return try TypeShape(&reader, depth: depth + 1)
            }
        default: throw .badTypeCode
        }
    }

    /// Returns the Tango type of the shape.
    func dataType() throws(CDRError) -> DataType {
        switch self {
        case .null: return .void
        case .scalar(let type): return type
        case .array(let element):
            guard let array = element.arrayType else { throw .badTypeCode }
            return array
        case .structure("IDL:Tango/DevVarLongStringArray:1.0", [.array(.long), .array(.string)]): return .longStringArray
        case .structure("IDL:Tango/DevVarDoubleStringArray:1.0", [.array(.double), .array(.string)]): return .doubleStringArray
        case .structure("IDL:Tango/DevEncoded:1.0", [.scalar(.string), .array(.uchar)]): return .encoded
        default: throw .badTypeCode
        }
    }
}
