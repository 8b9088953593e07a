import TangoCore

/// A client's query in MariaDB's dialect, translated to SQLite. Literals become parameters, so that SQLite takes no text for a name.
struct SQLiteSelect {
    private(set) var sql = ""
    /// Values of the parameters.
    private(set) var literals: [String] = []

    /// Words allowed before a parenthesis: functions that need little memory, and syntax.
    private static let beforeParenthesis: Set<String> = [
        "abs", "avg", "char_length", "coalesce", "count", "ifnull", "instr", "length", "lower", "ltrim", "max", "min", "nullif", "round",
        "rtrim", "substr", "substring", "sum", "trim", "upper", "all", "and", "as", "between", "by", "case", "distinct", "else", "exists",
        "from", "having", "in", "join", "like", "not", "on", "or", "regexp", "select", "then", "union", "using", "when", "where",
    ]

    /// Syntax that queries do not need.
    private static let refused: Set<String> = [
        "alter", "analyze", "attach", "begin", "commit", "create", "delete", "detach", "drop", "explain", "insert", "into", "pragma",
        "recursive", "reindex", "replace", "rollback", "savepoint", "update", "vacuum", "values", "with",
    ]

    /// Translates a query.
    /// - Throws: `DB_IncorrectArguments` for a `;` before the end, `DB_SQLError` for anything but one query on the tables.
    init(parsing text: String) throws(DevFailed) {
        var scalars = Array(text.unicodeScalars)
        if scalars.last == ";" { scalars.removeLast() }
        guard !scalars.contains(";") else {
            throw DevFailed(.databaseIncorrectArguments, "Only one statement is executed")
        }
        if !text.tangoFolded.contains("select") { self.sql = "SELECT " }
        var words: [Word] = []
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar == "'" || scalar == "\"" {
                self.literals.append(try Self.literal(scalars, &position))
                self.sql += " ? "
            } else if scalar == "`" {
                let name = try Self.quotedName(scalars, &position)
                try Self.check(name, isCalled: false)
                self.sql += "\"\(name)\""
            } else if Self.isWord(scalar) {
                let start = position
                while position < scalars.count, Self.isWord(scalars[position]) { position += 1 }
                var word = String(String.UnicodeScalarView(scalars[start..<position]))
                let next = scalars[position...].first { $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\r" }
                try Self.check(word, isCalled: next == "(")
                if word.tangoFolded == "char_length" { word = "length" }
                self.sql += word
                words.append(Word(text: word.tangoFolded, end: self.sql.unicodeScalars.count))
            } else {
                guard scalar.isASCII, scalar.value >= 0x20 || scalar.properties.isWhitespace, scalar != "?", scalar != "@", scalar != "$",
                    scalar != ":", scalar != "[", scalar != "]"
                else { throw DevFailed(.databaseSQL, "Unexpected character in the query") }
                self.sql.unicodeScalars.append(scalar)
                position += 1
            }
        }
        self.keepOrderOfInsertion(words)
        guard self.sql.drop(while: { $0 == " " || $0.isNewline || $0 == "\t" }).prefix(6).lowercased() == "select" else {
            throw DevFailed(.databaseSQL, "Only queries are executed")
        }
    }

    /// A word outside of texts, in lower case, and where it ends in the translation.
    private struct Word {
        var text: String
        var end: Int
    }

    /// Makes a query on the devices that asks for no order answer in the order of their definition, as MariaDB does; an index would bring
    /// its own.
    private mutating func keepOrderOfInsertion(_ words: [Word]) {
        let ordering: Set<String> = ["order", "group", "join", "union"]
        guard words.count(where: { $0.text == "from" }) == 1, !words.contains(where: { ordering.contains($0.text) }),
            let from = words.firstIndex(where: { $0.text == "from" }), from + 1 < words.count, words[from + 1].text == "device"
        else { return }
        var last = words[from + 1]
        for word in words[(from + 2)...].prefix(2) {
            guard !["where", "limit", "having"].contains(word.text) else { break }
            last = word
            guard word.text == "as" else { break }
        }
        let end = self.sql.unicodeScalars.index(self.sql.startIndex, offsetBy: last.end)
        guard self.sql[end...].first(where: { !$0.isWhitespace }) != "," else { return }
        self.sql.insert(contentsOf: " NOT INDEXED ", at: end)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }

    private static func check(_ word: String, isCalled: Bool) throws(DevFailed) {
        let folded = word.tangoFolded
        guard !["sqlite_", "pragma_", "grdb_"].contains(where: { folded.hasPrefix($0) }), !self.refused.contains(folded) else {
            throw DevFailed(.databaseSQL, "\(word) may not be used in a query")
        }
        guard !isCalled || self.beforeParenthesis.contains(folded) else {
            throw DevFailed(.databaseSQL, "Function \(word) is not known")
        }
    }

    /// Reads a string with backslash escapes; those of the wildcards are kept for LIKE.
    private static func literal(_ scalars: [Unicode.Scalar], _ position: inout Int) throws(DevFailed) -> String {
        let quote = scalars[position]
        var text = String.UnicodeScalarView()
        position += 1
        while position < scalars.count {
            let scalar = scalars[position]
            let next = position + 1 < scalars.count ? scalars[position + 1] : nil
            if scalar == quote {
                guard next == quote else {
                    position += 1
                    return String(text)
                }
                text.append(quote)
                position += 2
            } else if scalar == "\\", let next {
                if let special = self.escapes[next] {
                    text.append(special)
                } else {
                    if next == "%" || next == "_" { text.append("\\") }
                    text.append(next)
                }
                position += 2
            } else {
                text.append(scalar)
                position += 1
            }
        }
        throw DevFailed(.databaseSQL, "A string in the query does not end")
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "\0", "b": "\u{8}", "n": "\n", "r": "\r", "t": "\t", "Z": "\u{1A}",
    ]

    private static func quotedName(_ scalars: [Unicode.Scalar], _ position: inout Int) throws(DevFailed) -> String {
        guard let end = scalars[(position + 1)...].firstIndex(of: "`") else {
            throw DevFailed(.databaseSQL, "A quoted name in the query does not end")
        }
        defer { position = end + 1 }
        let name = scalars[(position + 1)..<end]
        guard name.allSatisfy(self.isWord) else { throw DevFailed(.databaseSQL, "Unexpected character in a quoted name") }
        return String(String.UnicodeScalarView(name))
    }
}
