/// A JSON value that keeps the order of members and the difference between `1` and `1.0`.
indirect enum JSON: Sendable, CustomStringConvertible {
    case null
    case boolean(Bool)
    /// Any integer of 64 bits, signed or not.
    case integer(Int128)
    case real(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSON
    }

    struct Malformed: Error {
        var offset: Int
    }

    init(parsing bytes: [UInt8]) throws {
        var parser = JSONParser(bytes: bytes)
        self = try parser.value()
    }

    /// Members in order: `.members("name", …)`.
    static func members(_ pairs: (String, JSON)...) -> JSON {
        .object(pairs.map { Member(name: $0.0, value: $0.1) })
    }

    static func hexadecimal(_ bytes: [UInt8]) -> JSON { .members(("hex", .string(bytes.hexadecimal))) }

    static func integers<T: BinaryInteger>(_ values: [T]) -> JSON { .array(values.map { .integer(Int128($0)) }) }

    static func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }

    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
    var isTrue: Bool { if case .boolean(true) = self { true } else { false } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }

    var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}

extension JSON: Equatable {
    static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func peek() throws -> UInt8 {
        while self.offset < self.bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(self.bytes[self.offset]) { self.offset += 1 }
        guard self.offset < self.bytes.count else { throw JSON.Malformed(offset: self.offset) }
        return self.bytes[self.offset]
    }

    mutating func take(_ byte: UInt8) throws -> Bool {
        guard try self.peek() == byte else { return false }
        self.offset += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws {
        guard try self.take(byte) else { throw JSON.Malformed(offset: self.offset) }
    }

    mutating func value() throws -> JSON {
        switch try self.peek() {
        case UInt8(ascii: "{"):
            self.offset += 1
            var members: [JSON.Member] = []
            if try self.take(UInt8(ascii: "}")) { return .object(members) }
            repeat {
                _ = try self.peek()
                let name = try self.string()
                try self.expect(UInt8(ascii: ":"))
                members.append(JSON.Member(name: name, value: try self.value()))
            } while try self.take(UInt8(ascii: ","))
            try self.expect(UInt8(ascii: "}"))
            return .object(members)
        case UInt8(ascii: "["):
            self.offset += 1
            var elements: [JSON] = []
            if try self.take(UInt8(ascii: "]")) { return .array(elements) }
            repeat { elements.append(try self.value()) } while try self.take(UInt8(ascii: ","))
            try self.expect(UInt8(ascii: "]"))
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try self.string())
        default: return try self.word()
        }
    }

    private mutating func word() throws -> JSON {
        let start = self.offset
        let ends: [UInt8] = [0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")]
        while self.offset < self.bytes.count, !ends.contains(self.bytes[self.offset]) { self.offset += 1 }
        let text = String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
        switch text {
        case "null": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default:
            if let value = Int128(text) { return .integer(value) }
            guard let value = Double(text) else { throw JSON.Malformed(offset: start) }
            return .real(value)
        }
    }

    private mutating func string() throws -> String {
        try self.expect(UInt8(ascii: "\""))
        var units: [UInt16] = []
        var text = ""
        var start = self.offset
        func flushed(_ units: inout [UInt16]) -> String {
            defer { units = [] }
            return String(decoding: units, as: UTF16.self)
        }
        while self.offset < self.bytes.count {
            let byte = self.bytes[self.offset]
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                self.offset += 1
                continue
            }
            if start < self.offset {
                text += flushed(&units)
                text += String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
            }
            self.offset += 1
            if byte == UInt8(ascii: "\"") { return text + flushed(&units) }
            units.append(try self.escape())
            start = self.offset
        }
        throw JSON.Malformed(offset: self.offset)
    }

    private mutating func escape() throws -> UInt16 {
        guard self.offset < self.bytes.count else { throw JSON.Malformed(offset: self.offset) }
        let kind = self.bytes[self.offset]
        self.offset += 1
        switch kind {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "u"):
            let digits = String(decoding: self.bytes[self.offset..<min(self.offset + 4, self.bytes.count)], as: UTF8.self)
            guard digits.count == 4, let unit = UInt16(digits, radix: 16) else { throw JSON.Malformed(offset: self.offset) }
            self.offset += 4
            return unit
        default: return UInt16(kind)
        }
    }
}
