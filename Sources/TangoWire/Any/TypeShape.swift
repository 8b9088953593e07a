import TangoCore

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
