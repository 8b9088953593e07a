/// A pattern for names: `*` matches any text, everything else is literal and compared without case.
package struct NamePattern: Sendable, Hashable {
    /// As given.
    package let text: String
    private let parts: [[UInt8]]

    /// Creates a pattern.
    package init(_ text: String) {
        self.text = text
        self.parts = text.tangoFolded.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the pattern has no `*`.
    package var isLiteral: Bool { self.parts.count == 1 }

    /// Whether the whole name matches.
    package func matches(_ name: String) -> Bool {
        let bytes = Array(name.tangoFolded.utf8)
        guard self.parts.count > 1 else { return bytes == self.parts[0] }
        let head = self.parts[0]
        let tail = self.parts[self.parts.count - 1]
        guard bytes.count >= head.count + tail.count, bytes.starts(with: head), bytes.suffix(tail.count).elementsEqual(tail) else {
            return false
        }
        var position = head.count
        let end = bytes.count - tail.count
        for part in self.parts[1..<(self.parts.count - 1)] where !part.isEmpty {
            guard let found = Self.find(part, in: bytes, from: position, to: end) else { return false }
            position = found + part.count
        }
        return true
    }

    private static func find(_ part: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        guard end - start >= part.count else { return nil }
        return (start...(end - part.count)).first { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
