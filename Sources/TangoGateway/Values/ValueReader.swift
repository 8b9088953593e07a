import TangoCore

/// Converts JSON to Tango values of a declared type. Nothing is rounded or clamped: a value that does not fit is an error (400).
struct ValueReader {
    var type: DataType
    /// Labels of a DevEnum.
    var enumLabels: [String] = []

    /// Returns the elements of a list.
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
            // A whole number may be written with fraction or exponent.
            if let number = Integer(literal) ?? NumberText.wholeNumber(literal).flatMap({ Integer(exactly: $0) }) { return number }
            throw self.refused(value)
        case .string(let text):
            if let number = Self.integer(text, as: Integer.self) { return number }
            throw self.refused(value)
        default: throw self.refused(value)
        }
    }

    /// Parses a decimal or `0x…` number with an optional sign.
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
        guard NumberText.isDecimal(text), let number = Number(text), number.isFinite else { throw self.refused(value) }
        return number
    }

    static func string(_ value: JSONValue) throws(HTTPFailure) -> String {
        guard case .string(let text) = value else {
            throw HTTPFailure.badValue("\(value.text.prefix(80)) is not a string")
        }
        guard !text.utf8.contains(0) else { throw HTTPFailure.badValue("A string cannot hold a NUL character") }
        return text
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
            if let found = self.enumLabels.firstIndex(of: text) { return Int16(clamping: found) }
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
