/// The reason why a text is not JSON.
package struct JSONSyntaxError: Error, Hashable {
    /// Description of the problem.
    package var problem: String
    /// Offset of the offending byte.
    package var offset: Int
}

extension JSONValue {
    /// Deepest nesting of arrays and objects accepted.
    package static let nestingLimit = 64

    /// Parses a whole text (RFC 8259; no byte order mark, no duplicate member names, nothing after the value).
    package init(parsing bytes: some Sequence<UInt8>) throws(JSONSyntaxError) {
        let bytes = Array(bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONSyntaxError(problem: "The text is not valid UTF-8", offset: 0)
        }
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.failure("Something follows the value") }
    }

    /// Parses a whole text.
    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: text.utf8)
    }
}

/// A recursive-descent parser of bytes known to be valid UTF-8.
private struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var current: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    func failure(_ problem: String) -> JSONSyntaxError { JSONSyntaxError(problem: problem, offset: self.position) }

    mutating func skipSpace() {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard let byte = self.current else { throw self.failure("The text ends early") }
        switch byte {
        case UInt8(ascii: "{"): return try self.object(depth: depth + 1)
        case UInt8(ascii: "["): return try self.array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.literal("true", .bool(true))
        case UInt8(ascii: "f"): return try self.literal("false", .bool(false))
        case UInt8(ascii: "n"): return try self.literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try self.number())
        default: throw self.failure("A value is expected")
        }
    }

    private mutating func literal(_ text: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        guard self.bytes[self.position...].starts(with: text.utf8) else { throw self.failure("A value is expected") }
        self.position += text.utf8.count
        return value
    }

    private func checked(depth: Int) throws(JSONSyntaxError) {
        if depth > JSONValue.nestingLimit { throw self.failure("The nesting is deeper than \(JSONValue.nestingLimit)") }
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        try self.checked(depth: depth)
        self.position += 1
        var values: [JSONValue] = []
        self.skipSpace()
        if self.current == UInt8(ascii: "]") {
            self.position += 1
            return .array(values)
        }
        while true {
            self.skipSpace()
            values.append(try self.value(depth: depth))
            if try self.isEnd(UInt8(ascii: "]")) { return .array(values) }
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        try self.checked(depth: depth)
        self.position += 1
        var members: [JSONObject.Member] = []
        var names: Set<[UInt8]> = []
        self.skipSpace()
        if self.current == UInt8(ascii: "}") {
            self.position += 1
            return .object(JSONObject())
        }
        while true {
            self.skipSpace()
            guard self.current == UInt8(ascii: "\"") else { throw self.failure("A member name is expected") }
            let name = try self.string()
            guard names.insert(Array(name.utf8)).inserted else { throw self.failure("The member \"\(name)\" is there twice") }
            self.skipSpace()
            guard self.current == UInt8(ascii: ":") else { throw self.failure("A colon is expected") }
            self.position += 1
            self.skipSpace()
            members.append(JSONObject.Member(name: name, value: try self.value(depth: depth)))
            if try self.isEnd(UInt8(ascii: "}")) { return .object(JSONObject(members: members)) }
        }
    }

    /// Reads what follows an element: a comma, or the closing bracket, which is the end.
    private mutating func isEnd(_ closing: UInt8) throws(JSONSyntaxError) -> Bool {
        self.skipSpace()
        switch self.current {
        case closing:
            self.position += 1
            return true
        case UInt8(ascii: ","):
            self.position += 1
            return false
        default: throw self.failure("A comma or the end of the list is expected")
        }
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = self.position
        while let byte = self.current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.position += 1 }
        if self.position == start { throw self.failure("A digit is expected") }
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = self.position
        if self.current == UInt8(ascii: "-") { self.position += 1 }
        if self.current == UInt8(ascii: "0") {
            self.position += 1
        } else {
            try self.digits()
        }
        if self.current == UInt8(ascii: ".") {
            self.position += 1
            try self.digits()
        }
        if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
            self.position += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.position += 1 }
            try self.digits()
        }
        return String(decoding: self.bytes[start..<self.position], as: UTF8.self)
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        self.position += 1
        var text: [UInt8] = []
        while let byte = self.current {
            switch byte {
            case UInt8(ascii: "\""):
                self.position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                self.position += 1
                try self.escape(into: &text)
            case 0..<0x20: throw self.failure("A control character must be escaped")
            default:
                text.append(byte)
                self.position += 1
            }
        }
        throw self.failure("The string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = self.current else { throw self.failure("The text ends early") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try self.hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard self.bytes[self.position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                    throw self.failure("Half of a surrogate pair is missing")
                }
                self.position += 2
                let low = try self.hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw self.failure("Half of a surrogate pair is missing") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw self.failure("Half of a surrogate pair is missing") }
            text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw self.failure("An unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        guard self.bytes.count - self.position >= 4 else { throw self.failure("The text ends early") }
        var code: UInt32 = 0
        for byte in self.bytes[self.position..<(self.position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw self.failure("Four hexadecimal digits are expected")
            }
            code = code << 4 | UInt32(digit)
        }
        self.position += 4
        return code
    }
}
