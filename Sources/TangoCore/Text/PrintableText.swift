extension String {
    /// The text on one line, with characters that are not to be seen escaped: `\n`, `\t`, `\r`, `\x1b`, `\u{202e}`. They could begin a line of
    /// their own, control a terminal, or show the text in another order than it has.
    package var printable: String {
        guard self.unicodeScalars.contains(where: { !$0.isPrintable }) else { return self }
        var text = ""
        for scalar in self.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.isPrintable: text.unicodeScalars.append(scalar)
            case _ where scalar.value <= 0xFF: text += "\\x" + UInt8(truncatingIfNeeded: scalar.value).hexadecimal
            default: text += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether the character can be written to a log or a terminal as it is: no control character, no separator of lines or paragraphs, none
    /// that changes the direction of writing.
    package var isPrintable: Bool {
        if self.value < 0x7F { return self.value >= 0x20 }
        switch self.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
        case .format: return !self.properties.isBidiControl
        default: return true
        }
    }
}

extension UInt8 {
    /// Two lower-case digits.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }
}
