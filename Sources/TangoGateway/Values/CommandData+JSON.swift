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
        self = CommandData(scalarOf: data) ?? .void
    }

    /// Creates an array of the elements.
    init(array data: AttributeData) {
        self = CommandData(arrayOf: data) ?? .void
    }

    /// The result as JSON; `nil` for void.
    var json: JSONValue? {
        func list(_ data: AttributeData) -> JSONValue { .array(data.json()) }
        switch self {
        case .longStringArray(let value): return ["lvalue": list(.long(value.longs)), "svalue": list(.string(value.strings))]
        case .doubleStringArray(let value): return ["dvalue": list(.double(value.doubles)), "svalue": list(.string(value.strings))]
        default:
            guard let (data, isArray) = self.elements else { return nil }
            return isArray ? list(data) : data.json().first
        }
    }
}
