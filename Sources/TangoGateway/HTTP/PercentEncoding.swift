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

    /// Encodes one path segment: all but the unreserved characters are escaped, and the dots of a segment that would be a relative path.
    static func encode(_ text: String) -> String {
        if text == "." || text == ".." { return String(repeating: "%2E", count: text.utf8.count) }
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
        let isPlain = name.utf8.allSatisfy { $0 == UInt8(ascii: "/") || ($0 != UInt8(ascii: ".") && Self.isUnreserved($0)) }
        if isPlain { return name }
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
