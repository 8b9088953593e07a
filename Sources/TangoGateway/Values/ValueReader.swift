import TangoCore

/// JSON to Tango values, by the type the device declares. Nothing is rounded, clamped or guessed: what does not fit is refused (400).
struct ValueReader {
    var type: DataType
    /// Labels of a DevEnum.
    var enumLabels: [String] = []

    /// The elements of a list.
    /// - Throws: 400 when an element is of the wrong kind or out of the type's range.
    func elements(_ values: [JSONValue]) throws(HTTPFailure) -> AttributeData {
        switch self.type {
        case .boolean: .boolean(try self.map(values, self.boolean))
        case .short: .short(try self.map(values, self.integer))
        case .enum: .short(try self.map(values, self.label))
        case .long, .int: .long(try self.map(values, self.integer))
        case .long64: .long64(try self.map(values, self.integer))
        case .uchar: .uchar(try self.map(values, self.integer))
        case .ushort: .ushort(try self.map(values, self.integer))
        case .ulong: .ulong(try self.map(values, self.integer))
        case .ulong64: .ulong64(try self.map(values, self.integer))
        case .float: .float(try self.map(values, self.floating))
        case .double: .double(try self.map(values, self.floating))
        case .string, .constString: .string(try self.map(values, Self.string))
        case .state: .state(try self.map(values, self.state))
        case .encoded: .encoded(try self.map(values, self.encoded))
        default: throw HTTPFailure.badValue("Values of type \(self.type.name) cannot be given here")
        }
    }

    private func map<Element>(
        _ values: [JSONValue], _ convert: (JSONValue) throws(HTTPFailure) -> Element
    ) throws(HTTPFailure) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(values.count)
        for value in values { elements.append(try convert(value)) }
        return elements
    }

    private func refused(_ value: JSONValue) -> HTTPFailure {
        let text = value.text
        let shown = text.count > 80 ? text.prefix(80) + "…" : text
        return HTTPFailure.badValue("\(shown) is not a value of type \(self.type.name)")
    }

    private func boolean(_ value: JSONValue) throws(HTTPFailure) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .number("1"): return true
        case .number("0"): return false
        case .string(let text):
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default: throw self.refused(value)
            }
        default: throw self.refused(value)
        }
    }

    private func integer<Integer: FixedWidthInteger>(_ value: JSONValue) throws(HTTPFailure) -> Integer {
        switch value {
        case .number(let literal):
            if let number = Integer(literal) { return number }
            // An integral number may be written with fraction or exponent.
            if literal.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }), let number = Double(literal),
                let exact = Integer(exactly: number)
            {
                return exact
            }
            throw self.refused(value)
        case .string(let text):
            if let number = Self.integer(text, as: Integer.self) { return number }
            throw self.refused(value)
        default: throw self.refused(value)
        }
    }

    /// Decimal or `0x…`, with an optional sign.
    private static func integer<Integer: FixedWidthInteger>(_ text: String, as: Integer.Type) -> Integer? {
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        guard let first = digits.first, first != "-", first != "+" else { return nil }
        guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else { return Integer(sign + digits) }
        guard let next = digits.dropFirst(2).first, next != "-", next != "+" else { return nil }
        return Integer(sign + digits.dropFirst(2), radix: 16)
    }

    private func floating<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ value: JSONValue) throws(HTTPFailure) -> Number {
        let text: String
        switch value {
        case .number(let literal): text = literal
        case .string(let string):
            switch string.lowercased() {
            case "nan": return .nan
            case "infinity", "inf", "+infinity", "+inf": return .infinity
            case "-infinity", "-inf": return -.infinity
            default: text = string
            }
        default: throw self.refused(value)
        }
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let number = Number(text), number.isFinite else { throw self.refused(value) }
        return number
    }

    static func string(_ value: JSONValue) throws(HTTPFailure) -> String {
        guard case .string(let text) = value else {
            throw HTTPFailure.badValue("\(value.text.prefix(80)) is not a string")
        }
        guard !text.utf8.contains(0) else { throw HTTPFailure.badValue("A string cannot hold a NUL character") }
        return TangoText.encode(text)
    }

    private func state(_ value: JSONValue) throws(HTTPFailure) -> DevState {
        switch value {
        case .number(let literal):
            if let state = UInt32(literal).flatMap(DevState.init(rawValue:)) { return state }
        case .string(let text):
            if let state = DevState(name: text) ?? UInt32(text).flatMap(DevState.init(rawValue:)) { return state }
        default: break
        }
        throw self.refused(value)
    }

    private func label(_ value: JSONValue) throws(HTTPFailure) -> Int16 {
        let index: Int16?
        switch value {
        case .number: index = try self.integer(value)
        case .string(let text):
            if let found = self.enumLabels.firstIndex(of: TangoText.encode(text)) { return Int16(clamping: found) }
            index = Int16(text)
        default: index = nil
        }
        guard let index, index >= 0, self.enumLabels.isEmpty || Int(index) < self.enumLabels.count else { throw self.refused(value) }
        return index
    }

    private func encoded(_ value: JSONValue) throws(HTTPFailure) -> DevEncoded {
        guard let object = value.object, let format = object["encoded_format"], let data = object["encoded_data"]?.string,
            let bytes = Base64.decode(data)
        else { throw HTTPFailure.badValue("A DevEncoded is {\"encoded_format\":…,\"encoded_data\":<base64>}") }
        return DevEncoded(format: try Self.string(format), data: bytes)
    }
}

extension AttributeConfig {
    private var reader: ValueReader {
        get throws(HTTPFailure) {
            guard let type = self.type else { throw HTTPFailure.badValue("The type of \(self.name) is not known here") }
            return ValueReader(type: type, enumLabels: self.enumLabels)
        }
    }

    /// What to write for a JSON value.
    /// - Throws: 400 when it does not fit the attribute.
    func write(_ value: JSONValue) throws(HTTPFailure) -> AttributeWrite {
        let reader = try self.reader
        switch self.format {
        case .spectrum:
            guard let values = value.array else { throw HTTPFailure.badValue("\(self.name) is a spectrum: a list is expected") }
            return AttributeWrite(name: self.name, data: try reader.elements(values))
        case .image:
            let (values, dimension) = try Self.image(value)
            return AttributeWrite(name: self.name, data: try reader.elements(values), dimension: dimension)
        case .scalar, .unknown:
            return AttributeWrite(name: self.name, data: try reader.elements([value]), dimension: .scalar)
        }
    }

    /// What to write for texts of a query: one text for the whole value, or several for the elements of a spectrum.
    func write(texts: [String]) throws(HTTPFailure) -> AttributeWrite {
        guard let text = texts.first else { throw HTTPFailure.badRequest("There is no value for \(self.name)") }
        guard texts.count == 1 else {
            guard self.format == .spectrum else { throw HTTPFailure.badValue("\(self.name) is no spectrum: one value is expected") }
            return try self.write(.array(texts.map { .string($0) }))
        }
        switch self.format {
        case .image: return try self.write(try Self.parsed(text))
        case .spectrum:
            if text.isEmpty { return try self.write([]) }
            if text.drop(while: { $0 == " " }).hasPrefix("["), let list = try? JSONValue(parsing: text) { return try self.write(list) }
            if self.type == .encoded { return try self.write(try Self.parsed(text)) }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return try self.write(.array(parts.map { .string(self.type == .string ? $0 : Self.trimmed($0)) }))
        case .scalar, .unknown:
            return try self.write(self.type == .encoded ? try Self.parsed(text) : .string(text))
        }
    }

    private static func parsed(_ text: String) throws(HTTPFailure) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw HTTPFailure.badValue("\(error.problem) at byte \(error.offset) of the value")
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// `{"data":[…],"width":…,"height":…}` or a list of rows of equal length.
    private static func image(_ value: JSONValue) throws(HTTPFailure) -> ([JSONValue], AttributeDimension) {
        if let object = value.object {
            func size(_ name: String) throws(HTTPFailure) -> Int32 {
                guard case .number(let literal)? = object[name], let size = Int32(literal), size >= 0 else {
                    throw HTTPFailure.badValue("An image needs its \(name)")
                }
                return size
            }
            guard let values = object["data"]?.array else { throw HTTPFailure.badValue("An image needs its data") }
            let (width, height) = (try size("width"), try size("height"))
            guard Int(width) * Int(height) == values.count else {
                throw HTTPFailure.badValue("An image of \(width) x \(height) has not \(values.count) elements")
            }
            return (values, values.isEmpty ? .zero : AttributeDimension(x: width, y: height))
        }
        guard let rows = value.array else {
            throw HTTPFailure.badValue("An image is an object with data, width and height, or a list of rows")
        }
        var values: [JSONValue] = []
        var width: Int?
        for row in rows {
            guard let row = row.array, row.count == width ?? row.count else {
                throw HTTPFailure.badValue("The rows of an image are lists of equal length")
            }
            width = row.count
            values += row
        }
        let dimension = AttributeDimension(x: Int32(clamping: width ?? 0), y: Int32(clamping: rows.count))
        return (values, values.isEmpty ? .zero : dimension)
    }
}

extension CommandInfo {
    /// The argument for a JSON value; `nil` and `null` mean none.
    /// - Throws: 400 when it is missing, superfluous or does not fit.
    func argument(_ value: JSONValue?) throws(HTTPFailure) -> CommandData {
        guard let type = self.inType else { throw HTTPFailure.badValue("The argument type of \(self.name) is not known here") }
        let value = value == .null ? nil : value
        if type == .void {
            guard value == nil else { throw HTTPFailure.badValue("\(self.name) takes no argument") }
            return .void
        }
        guard let value else { throw HTTPFailure.badValue("\(self.name) needs an argument of type \(type.name)") }
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
            guard let values = value.array else { throw HTTPFailure.badValue("\(self.name) takes a list (\(type.name))") }
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

extension PipeBlob {
    /// The elements of a pipe to write: a list of `{"name","type","value":[…]}`.
    /// - Throws: 400 for anything else.
    init(name: String, writing value: JSONValue) throws(HTTPFailure) {
        guard let items = value.array else { throw HTTPFailure.badValue("The value of a pipe is a list of elements") }
        var elements: [PipeElement] = []
        for item in items {
            guard let object = item.object, let name = object["name"], let typeName = object["type"]?.string, let value = object["value"]
            else {
                throw HTTPFailure.badValue("An element of a pipe is {\"name\":…,\"type\":…,\"value\":[…]}")
            }
            guard let type = DataType(name: typeName) ?? (typeName.tangoFolded == "state" ? .state : nil), let values = value.array else {
                throw HTTPFailure.badValue("\"\(typeName)\" is not a type, or the value is not a list")
            }
            let elementName = try ValueReader.string(name)
            if type == .pipeBlob {
                elements.append(PipeElement(name: elementName, content: .blob(try PipeBlob(name: elementName, writing: value))))
                continue
            }
            let data = try ValueReader(type: type.elementOfArray ?? type).elements(values)
            let isArray = type.elementOfArray != nil || values.count != 1
            elements.append(PipeElement(name: elementName, content: .value(data, isArray: isArray)))
        }
        self.init(name: name, elements: elements)
    }
}
