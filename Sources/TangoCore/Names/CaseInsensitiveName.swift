/// A Tango name: compared and hashed without case, printed as given.
public struct CaseInsensitiveName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral, Comparable {
    /// As given.
    public let text: String
    /// In lower case (ASCII letters only), used by equality and hash.
    public let folded: String

    /// Creates a name.
    public init(_ text: String) {
        self.text = text
        self.folded = text.tangoFolded
    }

    /// Creates a name from a literal.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// As given.
    public var description: String { self.text }

    /// Whether the names are equal without case.
    public static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }
    /// Whether the left one comes first, without case.
    public static func < (left: Self, right: Self) -> Bool { left.folded < right.folded }
    /// Hashes the lower-case form.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.folded) }
}

extension String {
    /// The name in lower case, the form Tango compares names in (ASCII letters only).
    package var tangoFolded: String {
        var needsFolding = false
        for byte in self.utf8 where byte >= 0x41 && byte <= 0x5A {
            needsFolding = true
            break
        }
        guard needsFolding else { return self }
        return String(decoding: self.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
