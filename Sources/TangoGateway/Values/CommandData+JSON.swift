import TangoCore

extension CommandData {
    /// Converts a JSON value to the argument of a command; `nil` and `null` mean none.
    /// - Throws: 400 when it is missing, superfluous or does not fit.
    init(_ value: JSONValue?, for info: CommandInfo) throws(HTTPFailure) {
        self = try Self.argument(value, info)
    }

    private static func argument(_ value: JSONValue?, _ info: CommandInfo) throws(HTTPFailure) -> CommandData {
        guard let type = info.inType else { throw HTTPFailure.badValue("The argument type of \(info.name) is not known here") }
        let value = value == .null ? nil : value
        if type == .void {
            guard value == nil else { throw HTTPFailure.badValue("\(info.name) takes no argument") }
            return .void
        }
        guard let value else { throw HTTPFailure.badValue("\(info.name) needs an argument of type \(type.name)") }
        switch type {
        case .longStringArray:
            let object = try Self.halves(value, "lvalue", type)
            guard case .long(let longs) = try ValueReader(type: .long).elements(object.numbers) else { return .void }
            return .longStringArray(LongStringArray(longs: longs, strings: try Self.strings(object.strings)))
        case .doubleStringArray:
            let object = try Self.halves(value, "dvalue", type)
            guard case .double(let doubles) = try ValueReader(type: .double).elements(object.numbers) else { return .void }
            return .doubleStringArray(DoubleStringArray(doubles: doubles, strings: try Self.strings(object.strings)))
        default: break
        }
        if let element = type.elementOfArray {
            guard let values = value.array else { throw HTTPFailure.badValue("\(info.name) takes a list (\(type.name))") }
            return CommandData(array: try ValueReader(type: element).elements(values))
        }
        return CommandData(scalar: try ValueReader(type: type).elements([value]))
    }

    private static func halves(
        _ value: JSONValue, _ numbers: String, _ type: DataType
    ) throws(HTTPFailure) -> (numbers: [JSONValue], strings: [JSONValue]) {
        func half(_ object: JSONObject, _ name: String) throws(HTTPFailure) -> [JSONValue] {
            switch object[name] {
            case nil, .null?: return []
            case .array(let values)?: return values
            default: throw HTTPFailure.badValue("\(name) is a list")
            }
        }
        guard let object = value.object else { throw HTTPFailure.badValue("A \(type.name) is {\"\(numbers)\":[…],\"svalue\":[…]}") }
        if let other = object.members.first(where: { $0.name != numbers && $0.name != "svalue" }) {
            throw HTTPFailure.badValue("A \(type.name) has no member \"\(other.name)\"")
        }
        return (try half(object, numbers), try half(object, "svalue"))
    }

    private static func strings(_ values: [JSONValue]) throws(HTTPFailure) -> [String] {
        var texts: [String] = []
        for value in values { texts.append(try ValueReader.string(value)) }
        return texts
    }
}

extension CommandData {
    /// Creates a scalar of the first element.
    init(scalar data: AttributeData) {
        self =
            switch data {
            case .boolean(let values): values.first.map { .boolean($0) } ?? .void
            case .short(let values): values.first.map { .short($0) } ?? .void
            case .long(let values): values.first.map { .long($0) } ?? .void
            case .long64(let values): values.first.map { .long64($0) } ?? .void
            case .float(let values): values.first.map { .float($0) } ?? .void
            case .double(let values): values.first.map { .double($0) } ?? .void
            case .uchar(let values): values.first.map { .uchar($0) } ?? .void
            case .ushort(let values): values.first.map { .ushort($0) } ?? .void
            case .ulong(let values): values.first.map { .ulong($0) } ?? .void
            case .ulong64(let values): values.first.map { .ulong64($0) } ?? .void
            case .string(let values): values.first.map { .string($0) } ?? .void
            case .state(let values): values.first.map { .state($0) } ?? .void
            case .deviceState(let value): .state(value)
            case .encoded(let values): values.first.map { .encoded($0) } ?? .void
            case .none: .void
            }
    }

    /// Creates an array of the elements.
    init(array data: AttributeData) {
        self =
            switch data {
            case .boolean(let values): .booleanArray(values)
            case .short(let values): .shortArray(values)
            case .long(let values): .longArray(values)
            case .long64(let values): .long64Array(values)
            case .float(let values): .floatArray(values)
            case .double(let values): .doubleArray(values)
            case .uchar(let values): .charArray(values)
            case .ushort(let values): .ushortArray(values)
            case .ulong(let values): .ulongArray(values)
            case .ulong64(let values): .ulong64Array(values)
            case .string(let values): .stringArray(values)
            case .state(let values): .stateArray(values)
            case .deviceState(let value): .stateArray([value])
            case .encoded(let values): .encodedArray(values)
            case .none: .void
            }
    }

    /// The result as JSON; `nil` for void.
    var json: JSONValue? {
        func scalar(_ data: AttributeData) -> JSONValue? { data.json().first }
        func list(_ data: AttributeData) -> JSONValue { .array(data.json()) }
        switch self {
        case .void: return nil
        case .boolean(let value): return scalar(.boolean([value]))
        case .short(let value): return scalar(.short([value]))
        case .long(let value): return scalar(.long([value]))
        case .long64(let value): return scalar(.long64([value]))
        case .float(let value): return scalar(.float([value]))
        case .double(let value): return scalar(.double([value]))
        case .uchar(let value): return scalar(.uchar([value]))
        case .ushort(let value): return scalar(.ushort([value]))
        case .ulong(let value): return scalar(.ulong([value]))
        case .ulong64(let value): return scalar(.ulong64([value]))
        case .string(let value): return scalar(.string([value]))
        case .state(let value): return scalar(.state([value]))
        case .encoded(let value): return scalar(.encoded([value]))
        case .booleanArray(let values): return list(.boolean(values))
        case .charArray(let values): return list(.uchar(values))
        case .shortArray(let values): return list(.short(values))
        case .longArray(let values): return list(.long(values))
        case .long64Array(let values): return list(.long64(values))
        case .floatArray(let values): return list(.float(values))
        case .doubleArray(let values): return list(.double(values))
        case .ushortArray(let values): return list(.ushort(values))
        case .ulongArray(let values): return list(.ulong(values))
        case .ulong64Array(let values): return list(.ulong64(values))
        case .stringArray(let values): return list(.string(values))
        case .stateArray(let values): return list(.state(values))
        case .encodedArray(let values): return list(.encoded(values))
        case .longStringArray(let value): return ["lvalue": list(.long(value.longs)), "svalue": list(.string(value.strings))]
        case .doubleStringArray(let value): return ["dvalue": list(.double(value.doubles)), "svalue": list(.string(value.strings))]
        }
    }
}
