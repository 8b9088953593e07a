import TangoCore

/// The name of a user. It is compared without case: `Ann` and `ann` are one user.
struct UserName: Sendable, Hashable {
    /// As given.
    let text: String
    /// In lower case, as access services and logs get it.
    let folded: String

    /// - Returns: `nil` for a name that cannot be: empty, longer than 128 bytes, with a character that is not to be seen, with spaces at its
    ///   ends, or with letters beyond ASCII that only look like others.
    init?(_ text: String) {
        guard (1...128).contains(text.utf8.count), text.unicodeScalars.allSatisfy(Self.isPossible), text.first != " ", text.last != " "
        else {
            return nil
        }
        self.text = text
        self.folded = text.lowercased()
        // The Kelvin sign is another letter than "K", but has its lower case.
        if self.folded.isASCII, !text.isASCII { return nil }
    }

    static func == (left: UserName, right: UserName) -> Bool { left.folded == right.folded }

    func hash(into hasher: inout Hasher) { hasher.combine(self.folded) }

    private static func isPossible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}

/// Names that databases and access services compare in one way only.
///
/// A database may take letters with and without accents for equal, and characters that are not to be seen for none; an access service may take
/// quotes for its own. Where rights depend on a name, only such names are allowed.
enum PlainName {
    /// Whether a name of a user, or of a device: printable ASCII characters without spaces, quotes and pattern characters.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !Self.special.contains($0) }
    }

    /// Whether a name of an attribute, a command or a property: printable ASCII characters without quotes.
    static func isPlainMember(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && !Self.quotes.contains($0) }
    }

    private static let quotes = Set("'\"\\`".utf8)
    private static let special = Self.quotes.union("*%;".utf8)
}
