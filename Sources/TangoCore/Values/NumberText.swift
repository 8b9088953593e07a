/// Reads numbers from text, as properties in the database and clients write them.
///
/// Numbers are decimal, with an optional sign; blanks before them are skipped; hexadecimal numbers and names like `nan` are no numbers,
/// except in a `literal`, which people type.
/// `number` and `integer` read text that is a number as a whole, `leadingNumber` and `leadingInteger` the longest start of it that is one,
/// as `operator>>` of a C++ stream does.
package enum NumberText {
    /// Returns the finite number that the whole text is.
    package static func number(_ text: String) -> Double? {
        let text = text.dropLeadingBlanks()
        guard Self.isDecimal(text) else { return nil }
        return Self.finite(text)
    }

    /// Returns the integer that the whole text is.
    package static func integer(_ text: String) -> Int128? { Int128(text.dropLeadingBlanks()) }

    /// Returns the integer that a literal of a person or a program is: decimal, `0x…`, `0o…` or `0b…`, with an optional sign; one beyond
    /// `Int128` is the nearest of it.
    package static func literal(_ text: some StringProtocol) -> Int128? {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        let radix =
            switch digits.prefix(2).lowercased() {
            case "0x": 16
            case "0o": 8
            case "0b": 2
            default: 10
            }
        if radix != 10 { digits = digits.dropFirst(2) }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0.hexDigit.map { $0 < radix } ?? false }) else { return nil }
        return Int128((isNegative ? "-" : "") + digits, radix: radix) ?? (isNegative ? .min : .max)
    }

    /// Returns the bytes of pairs of hexadecimal digits.
    package static func hexadecimalBytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map(\.hexDigit)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    /// Returns the whole number that a decimal text with or without fraction and exponent stands for, exactly: 12 of `1.20e1`. `nil` for
    /// others, and for whole numbers of more than 38 digits.
    package static func wholeNumber(_ text: String) -> Int128? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let unsigned = text.utf8.first?.isSign ?? false ? text.utf8.dropFirst() : text.utf8[...]
        let parts = unsigned.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        let mantissa = parts[0].split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        var digits = Array(mantissa.joined())
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        // An exponent too large for an integer is too large for a number as well, unless the number is zero.
        guard parts.count == 1 || Self.isExponent(parts[1]) else { return nil }
        guard !significant.isEmpty else { return 0 }
        guard let exponent = parts.count == 1 ? 0 : Int(Substring(parts[1])), exponent.magnitude < 1 << 40 else { return nil }
        let zeros = exponent + mantissa[0].count - digits.count
        guard zeros >= 0, significant.count + zeros <= 38 else { return nil }
        let number = Int128(String(decoding: significant, as: UTF8.self) + String(repeating: "0", count: zeros))
        return isNegative ? number.map { -$0 } : number
    }

    private static func isExponent(_ text: Substring.UTF8View) -> Bool {
        let digits = text.first?.isSign ?? false ? text.dropFirst() : text
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }

    /// Returns the finite number that the text starts with.
    package static func leadingNumber(_ text: String) -> Double? {
        let text = text.dropLeadingBlanks()
        let bytes = text.utf8
        var end = bytes.startIndex
        if end < bytes.endIndex, bytes[end].isSign { end = bytes.index(after: end) }
        var mantissa = bytes[end...].prefix(while: \.isDigit)
        var digits = mantissa.count
        end = mantissa.endIndex
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: ".") {
            mantissa = bytes[bytes.index(after: end)...].prefix(while: \.isDigit)
            digits += mantissa.count
            end = mantissa.endIndex
        }
        guard digits > 0 else { return nil }
        return Self.finite(text[..<Self.endOfExponent(bytes, from: end)])
    }

    /// Returns the integer that the text starts with.
    package static func leadingInteger(_ text: String) -> Int128? {
        let text = text.dropLeadingBlanks()
        let sign = text.utf8.prefix(1).prefix(while: \.isSign)
        return Int128(text[..<text.utf8[sign.endIndex...].prefix(while: \.isDigit).endIndex])
    }

    /// Whether the text has none but the characters of decimal numbers.
    package static func isDecimal(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { byte in
            byte.isDigit || byte.isSign || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        }
    }

    /// Returns the end of an exponent at that place; the place when there is none.
    private static func endOfExponent(_ bytes: Substring.UTF8View, from start: Substring.Index) -> Substring.Index {
        guard start < bytes.endIndex, bytes[start] == UInt8(ascii: "e") || bytes[start] == UInt8(ascii: "E") else { return start }
        var next = bytes.index(after: start)
        if next < bytes.endIndex, bytes[next].isSign { next = bytes.index(after: next) }
        let digits = bytes[next...].prefix(while: \.isDigit)
        return digits.isEmpty ? start : digits.endIndex
    }

    private static func finite(_ text: Substring) -> Double? {
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }
}

extension String {
    /// Blanks as C counts them.
    fileprivate func dropLeadingBlanks() -> Substring {
        self[(self.utf8.firstIndex { $0 != 0x20 && !(0x09...0x0D).contains($0) } ?? self.endIndex)...]
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
    /// What it counts as a hexadecimal digit.
    fileprivate var hexDigit: Int? { self < 0x80 ? Character(Unicode.Scalar(self)).hexDigitValue : nil }
}
