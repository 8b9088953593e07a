/// A condition on a column of names: `*` matches any text, everything else is literal, also `%` and `_`.
struct NameMatch {
    private enum Kind {
        case anything
        case equal(String)
        case prefix(String)
        case like(String)
    }

    private let kind: Kind

    /// Creates a condition from a pattern.
    init(_ pattern: String) {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        if parts.count == 1 {
            self.kind = .equal(pattern)
        } else if parts.allSatisfy(\.isEmpty) {
            self.kind = .anything
        } else if parts.dropFirst().allSatisfy(\.isEmpty) {
            self.kind = .prefix(String(parts[0]))
        } else {
            self.kind = .like(parts.map { String($0).escapedForLike }.joined(separator: "%"))
        }
    }

    /// Creates a condition that only one name meets, even when it contains a `*`.
    init(literal name: String) {
        self.kind = .equal(name)
    }

    /// Returns the condition in SQL; its parameters are `arguments`.
    func condition(on column: String) -> String {
        switch self.kind {
        case .anything: "\(column) IS NOT NULL"
        case .equal: "\(column) = ?"
        case .prefix: "\(column) >= ? AND \(column) < ?"
        case .like: "\(column) LIKE ? ESCAPE '\\'"
        }
    }

    /// The parameters of `condition`.
    var arguments: [SQLValue] {
        switch self.kind {
        case .anything: []
        case .equal(let name): [.text(name)]
        // A range can use the index; stored texts never contain the last code point.
        case .prefix(let prefix): [.text(prefix), .text(prefix + "\u{10FFFF}")]
        case .like(let operand): [.text(operand)]
        }
    }
}

extension String {
    /// The text as a literal part of a LIKE operand with `\` as escape character.
    var escapedForLike: String {
        var scalars = String.UnicodeScalarView()
        for scalar in self.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { scalars.append("\\") }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
