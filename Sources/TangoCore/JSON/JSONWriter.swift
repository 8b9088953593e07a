extension JSONValue {
    /// Returns the document as UTF-8 text without white space.
    package func serialized() -> [UInt8] {
        var writer = JSONWriter(isIndented: false)
        writer.write(self)
        return writer.bytes
    }

    /// Returns the document as a line of a log: UTF-8 text without white space, all characters that are not printable escaped.
    package func serializedLine() -> [UInt8] {
        var writer = JSONWriter(isIndented: false, isForPeople: true)
        writer.write(self)
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// The document as text without white space.
    package var text: String { String(decoding: self.serialized(), as: UTF8.self) }

    /// The document as text for a terminal: objects with one member per line, arrays of simple values on one line, control characters
    /// escaped.
    package var indentedText: String {
        var writer = JSONWriter(isIndented: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Returns a string in quotes, with all control characters escaped.
    package static func quoted(_ text: String) -> String { JSONValue.string(text).indentedText }

    fileprivate var isSimple: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let object): object.members.isEmpty
        default: true
        }
    }
}

/// Writes JSON (RFC 8259): compact, or indented for people.
private struct JSONWriter {
    let isIndented: Bool
    /// Whether what is not printable is escaped.
    let isForPeople: Bool
    var bytes: [UInt8] = []
    /// Number of containers around the value.
    private var depth = 0

    init(isIndented: Bool, isForPeople: Bool = false) {
        self.isIndented = isIndented
        self.isForPeople = isForPeople || isIndented
    }

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
        case .array(let values): if self.isIndented { self.write(indented: values) } else { self.write(array: values) }
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

    private mutating func write(indented values: [JSONValue]) {
        let isOneLine = values.allSatisfy(\.isSimple)
        self.append("[")
        self.depth += 1
        for (index, value) in values.enumerated() {
            if index > 0 { self.append(isOneLine ? ", " : ",") }
            if !isOneLine { self.newLine() }
            self.write(value)
        }
        self.depth -= 1
        if !isOneLine { self.newLine() }
        self.append("]")
    }

    private mutating func write(object: JSONObject) {
        self.bytes.append(UInt8(ascii: "{"))
        self.depth += 1
        var isFirst = true
        for member in object.members {
            if !isFirst { self.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            if self.isIndented { self.newLine() }
            self.write(text: member.name)
            self.bytes.append(UInt8(ascii: ":"))
            if self.isIndented { self.bytes.append(UInt8(ascii: " ")) }
            self.write(member.value)
        }
        self.depth -= 1
        if self.isIndented, !isFirst { self.newLine() }
        self.bytes.append(UInt8(ascii: "}"))
    }

    private mutating func newLine() {
        self.bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<(2 * self.depth) { self.bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func write(text: String) {
        if self.isForPeople { return self.write(terminalText: text) }
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
            case 0..<0x20: self.escape(Unicode.Scalar(byte))
            default: self.bytes.append(byte)
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Escapes also what JSON allows and a terminal may execute or show in another order: DEL, the C1 controls, marks of direction.
    private mutating func write(terminalText text: String) {
        self.append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": self.append("\\\"")
            case "\\": self.append("\\\\")
            case "\n": self.append("\\n")
            case "\r": self.append("\\r")
            case "\t": self.append("\\t")
            case _ where scalar.isPrintable: self.bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            default: self.escape(scalar)
            }
        }
        self.append("\"")
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            let digits = String(unit, radix: 16)
            self.append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
        }
    }
}
