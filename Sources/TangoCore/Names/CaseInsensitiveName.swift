/// A Tango name: compared and hashed without case, printed as given.
public struct CaseInsensitiveName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral, Comparable {
    /// As given.
    public let text: String
    /// In lower case; what equality and hash use.
    public let folded: String

    public init(_ text: String) {
        self.text = text
        self.folded = text.tangoFolded
    }

    public init(stringLiteral value: String) {
        self.init(value)
    }

    public var description: String { self.text }

    public static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }
    public static func < (left: Self, right: Self) -> Bool { left.folded < right.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(self.folded) }
}

extension String {
    /// The name in lower case, the form Tango compares names in (ASCII letters only).
    public var tangoFolded: String {
        var needsFolding = false
        for byte in self.utf8 where byte >= 0x41 && byte <= 0x5A {
            needsFolding = true
            break
        }
        guard needsFolding else { return self }
        return String(decoding: self.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Matches names against patterns in which `*` stands for any text; everything else is literal, without case.
public struct NamePattern: Sendable, Hashable {
    public let text: String
    private let parts: [[UInt8]]

    public init(_ text: String) {
        self.text = text
        self.parts = text.tangoFolded.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the pattern has no `*`.
    public var isLiteral: Bool { self.parts.count == 1 }

    /// Whether the whole name matches.
    public func matches(_ name: String) -> Bool {
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
