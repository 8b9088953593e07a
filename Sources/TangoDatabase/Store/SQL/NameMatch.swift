import GRDB

/// A condition on a column of names: `*` stands for any text, everything else, `%` and `_` too, is literal.
struct NameMatch {
    private enum Kind {
        case anything
        case equal(String)
        case prefix(String)
        case like(String)
    }

    private let kind: Kind

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

    /// Exactly that name, even with a `*` in it.
    init(literal name: String) {
        self.kind = .equal(name)
    }

    /// SQL condition; its parameters are `arguments`.
    func condition(on column: String) -> String {
        switch self.kind {
        case .anything: "\(column) IS NOT NULL"
        case .equal: "\(column) = ?"
        case .prefix: "\(column) >= ? AND \(column) < ?"
        case .like: "\(column) LIKE ? ESCAPE '\\'"
        }
    }

    var arguments: [DatabaseValue] {
        switch self.kind {
        case .anything: []
        case .equal(let name): [.text(name)]
        // A range can use the index; no stored text holds the last code point.
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
