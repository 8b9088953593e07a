/// Text as it is on the wire, one byte per scalar (Latin-1), and as people read it.
enum WireText {
    /// The text to show: bytes that together are valid UTF-8 become what they spell, anything else stays Latin-1.
    static func shown(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return text }
            bytes.append(byte)
        }
        return String(validating: bytes, as: UTF8.self) ?? text
    }

    /// The text to send: its UTF-8 bytes, one per scalar.
    static func sent(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var wire = String.UnicodeScalarView()
        wire.append(contentsOf: text.utf8.lazy.map { Unicode.Scalar($0) })
        return String(wire)
    }
}
