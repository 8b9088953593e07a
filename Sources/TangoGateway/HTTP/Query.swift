import TangoCore

/// Percent-encoding of URLs (RFC 3986) and forms.
enum PercentEncoding {
    /// Decodes once. Bytes that are not UTF-8 are read as Latin-1, the encoding of Tango.
    /// - Throws: 400 for malformed escapes and NUL.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) throws(HTTPFailure) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte != UInt8(ascii: "%") && byte != 0 && byte < 0x80 && !(plusIsSpace && byte == UInt8(ascii: "+"))
        }
        if isPlain { return String(text) }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(Self.digit), let low = iterator.next().flatMap(Self.digit) else {
                    throw HTTPFailure.badRequest("A percent sign must be followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { throw HTTPFailure.badRequest("A NUL character is not possible") }
        return String(validating: bytes, as: UTF8.self) ?? TangoText.latin1(bytes)
    }

    /// Encodes one path segment: all but the unreserved characters are escaped.
    static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(Self.isUnreserved) { return text }
        var encoded: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if Self.isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Encodes a device name; its slashes stay.
    static func encode(device name: String) -> String {
        if name.utf8.allSatisfy({ $0 == UInt8(ascii: "/") || Self.isUnreserved($0) }) { return name }
        return self.encode(fields: name)
    }

    private static func encode(fields name: String) -> String {
        name.split(separator: "/").map { Self.encode(String($0)) }.joined(separator: "/")
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The pairs of a query string or of a form body, decoded, in order.
struct Query: Sendable, Hashable {
    struct Pair: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// Names that are parameters of the gateway itself.
    static let reservedNames: Set<String> = ["async", "filter", "range", "v", "attr", "value", "wildcard", "host"]

    var pairs: [Pair] = []

    init() {}

    init(parsing text: String) throws(HTTPFailure) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentEncoding.decode(Substring(sides[0]), plusIsSpace: true)
            let value = sides.count > 1 ? try PercentEncoding.decode(Substring(sides[1]), plusIsSpace: true) : ""
            self.pairs.append(Pair(name: name, value: value))
        }
    }

    /// Returns all values of a parameter.
    func all(_ name: String) -> [String] {
        self.pairs.filter { $0.name == name }.map(\.value)
    }

    /// Returns the first value of a parameter.
    func first(_ name: String) -> String? {
        self.pairs.first { $0.name == name }?.value
    }

    /// Returns a Boolean parameter: true when empty, `true`, `1` or `yes`.
    /// - Throws: 400 for other texts than those and `false`, `0`, `no`.
    func flag(_ name: String) throws(HTTPFailure) -> Bool {
        guard let text = self.first(name) else { return false }
        switch text.lowercased() {
        case "", "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: throw HTTPFailure.badRequest("\(name) is true or false, not \"\(text)\"")
        }
    }

    /// Whether set points are requested with the values: `fields=+w_value`, with the plus sign escaped or not.
    /// - Throws: 400 for other fields.
    var wantsSetPoints: Bool {
        get throws(HTTPFailure) {
            guard let text = self.first("fields") else { return false }
            guard ["+w_value", " w_value"].contains(text) else { throw HTTPFailure.badRequest("fields can be +w_value, not \"\(text)\"") }
            return true
        }
    }

    /// Returns a count from 1 to a limit.
    /// - Throws: 400 for other texts.
    func count(_ name: String, default standard: Int, limit: Int) throws(HTTPFailure) -> Int {
        guard let text = self.first(name) else { return standard }
        guard let count = Int(text), (1...limit).contains(count) else {
            throw HTTPFailure.badRequest("\(name) is a number from 1 to \(limit), not \"\(text)\"")
        }
        return count
    }

    /// Returns the pairs that name members of a device, grouped by name without case, in order of first appearance.
    func named(except reserved: Set<String> = Self.reservedNames) -> [(name: String, values: [String])] {
        var groups: [(name: String, values: [String])] = []
        var positions: [String: Int] = [:]
        for pair in self.pairs where !reserved.contains(pair.name) {
            let key = pair.name.tangoFolded
            if let position = positions[key] {
                groups[position].values.append(pair.value)
            } else {
                positions[key] = groups.count
                groups.append((pair.name, [pair.value]))
            }
        }
        return groups
    }
}
