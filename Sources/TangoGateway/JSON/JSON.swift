/// A JSON document.
///
/// Parsed numbers keep their literal, so that 64-bit integers and floats stay exact; numbers to be written have a type.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    /// A parsed number: its literal.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Returns a text of Tango (one Latin-1 byte per scalar).
    static func tango(_ text: String) -> JSONValue { .string(text) }

    /// Returns a list of texts of Tango.
    static func tango(_ texts: [String]) -> JSONValue { .array(texts.map { .tango($0) }) }

    static func integer(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(clamping: value)) }

    var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// Whether the document has more values than the limit, in all levels together. Counts no further than that.
    func hasMoreElements(than limit: Int) -> Bool {
        var rest = limit
        return !self.count(&rest)
    }

    /// - Returns: whether the limit was not exceeded.
    private func count(_ rest: inout Int) -> Bool {
        rest -= 1
        guard rest >= 0 else { return false }
        switch self {
        case .array(let values):
            guard values.count <= rest else { return false }
            for value in values { guard value.count(&rest) else { return false } }
        case .object(let object):
            for member in object.members { guard member.value.count(&rest) else { return false } }
        default: break
        }
        return true
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(members: elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
}

/// A JSON object in the order of its members.
struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    struct Member: Sendable, Hashable {
        var name: String
        var value: JSONValue
    }

    var members: [Member]

    init(members: [Member] = []) {
        self.members = members
    }

    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.members = elements.map { Member(name: $0.0, value: $0.1) }
    }

    /// Value of a member. Setting appends a new member; setting `nil` removes it.
    subscript(name: String) -> JSONValue? {
        get { self.members.first { $0.name == name }?.value }
        set {
            let index = self.members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): self.members[index].value = value
            case (let index?, nil): self.members.remove(at: index)
            case (nil, let value?): self.members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONValue {
    /// Returns the document as UTF-8 text without white space.
    func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The document as text.
    var text: String { String(decoding: self.serialized(), as: UTF8.self) }
}

private struct JSONWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: self.append("null")
        case .bool(let flag): self.append(flag ? "true" : "false")
        case .integer(let number): self.append(String(number))
        case .unsigned(let number): self.append(String(number))
        case .float(let number): self.write(finite: number.isFinite, number.description, sign: number.sign, isNaN: number.isNaN)
        case .double(let number): self.write(finite: number.isFinite, number.description, sign: number.sign, isNaN: number.isNaN)
        case .number(let literal): self.append(literal)
        case .string(let text): self.write(text: text)
        case .array(let values): self.write(array: values)
        case .object(let object): self.write(object: object)
        }
    }

    private mutating func append(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }

    /// Writes Swift's shortest round-trip text, with the exponent as `1e300` rather than `1e+300`. JSON has no literal for NaN and infinity,
    /// which are written as strings.
    private mutating func write(finite: Bool, _ text: String, sign: FloatingPointSign, isNaN: Bool) {
        guard finite else {
            self.append(isNaN ? "\"NaN\"" : sign == .minus ? "\"-Infinity\"" : "\"Infinity\"")
            return
        }
        for byte in text.utf8 where byte != UInt8(ascii: "+") { self.bytes.append(byte) }
    }

    private mutating func write(array values: [JSONValue]) {
        self.bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { self.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            self.write(value)
        }
        self.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(object: JSONObject) {
        self.bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in object.members {
            if !isFirst { self.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            self.write(text: member.name)
            self.bytes.append(UInt8(ascii: ":"))
            self.write(member.value)
        }
        self.bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): self.append("\\\"")
            case UInt8(ascii: "\\"): self.append("\\\\")
            case 0x08: self.append("\\b")
            case 0x09: self.append("\\t")
            case 0x0A: self.append("\\n")
            case 0x0C: self.append("\\f")
            case 0x0D: self.append("\\r")
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                self.append("\\u00" + (hex.count == 1 ? "0" : "") + hex)
            default: self.bytes.append(byte)
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }
}
