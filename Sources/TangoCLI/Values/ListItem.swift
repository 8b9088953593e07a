import TangoCore

/// A value on the command line: one element, or a list such as `[1, 2]`, `["a", "b"]` or `[[1, 2], [3, 4]]`.
///
/// JSON arrays are lists; elements without quotes may be anything up to the next comma or bracket (`[0x1F, NaN, ON]`).
indirect enum ListItem: Sendable, Hashable {
    case element(String)
    case list([ListItem])

    /// Returns whether a text is meant as a list.
    static func isList(_ text: String) -> Bool {
        text.unicodeScalars.first { !$0.isBlank } == "["
    }

    /// Parses a list.
    /// - Throws: `API_InvalidArgs` when it is malformed.
    init(parsing text: String) throws(DevFailed) {
        var reader = ListReader(text)
        self = try reader.whole()
    }

    /// The elements of a list without inner lists; `nil` for anything else.
    var elements: [String]? {
        guard case .list(let items) = self else { return nil }
        var texts: [String] = []
        for item in items {
            guard case .element(let text) = item else { return nil }
            texts.append(text)
        }
        return texts
    }
}

extension Unicode.Scalar {
    /// Space, tab or line end.
    var isBlank: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" }
}

private struct ListReader {
    private let scalars: [Unicode.Scalar]
    private let text: String
    private var position = 0
    /// Deepest nesting accepted; Tango values need two levels.
    private static let depthLimit = 4

    init(_ text: String) {
        self.text = text
        self.scalars = Array(text.unicodeScalars)
    }

    mutating func whole() throws(DevFailed) -> ListItem {
        self.skipBlanks()
        let item = try self.list(depth: 1)
        self.skipBlanks()
        guard self.position == self.scalars.count else { throw self.malformed("text after the last ]") }
        return item
    }

    private func malformed(_ why: String) -> DevFailed {
        DevFailed(.invalidArguments, "'\(self.text.truncated(toWidth: 60))' is not a list: \(why)", origin: "ListItem")
    }

    private var current: Unicode.Scalar? { self.position < self.scalars.count ? self.scalars[self.position] : nil }

    private mutating func skipBlanks() {
        while let scalar = self.current, scalar.isBlank { self.position += 1 }
    }

    private mutating func list(depth: Int) throws(DevFailed) -> ListItem {
        guard self.current == "[" else { throw self.malformed("it does not begin with [") }
        guard depth <= Self.depthLimit else { throw self.malformed("too many lists in lists") }
        self.position += 1
        self.skipBlanks()
        var items: [ListItem] = []
        if self.current == "]" {
            self.position += 1
            return .list(items)
        }
        while true {
            self.skipBlanks()
            switch self.current {
            case "[": items.append(try self.list(depth: depth + 1))
            case "\"": items.append(.element(try self.quoted()))
            default: items.append(.element(try self.bare()))
            }
            self.skipBlanks()
            switch self.current {
            case ",": self.position += 1
            case "]":
                self.position += 1
                return .list(items)
            case nil: throw self.malformed("] is missing")
            default: throw self.malformed("a comma is missing")
            }
        }
    }

    private mutating func bare() throws(DevFailed) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = self.current, scalar != ",", scalar != "]" {
            guard scalar != "[", scalar != "\"" else { throw self.malformed("a comma is missing") }
            text.append(scalar)
            self.position += 1
        }
        while text.last?.isBlank == true { text.removeLast() }
        guard !text.isEmpty else { throw self.malformed(self.current == nil ? "] is missing" : "an element is empty") }
        return String(text)
    }

    private mutating func quoted() throws(DevFailed) -> String {
        self.position += 1
        var text = String.UnicodeScalarView()
        while let scalar = self.current {
            self.position += 1
            switch scalar {
            case "\"": return String(text)
            case "\\": text.append(try self.escape())
            default: text.append(scalar)
            }
        }
        throw self.malformed("a quote is not closed")
    }

    /// Reads an escape after the backslash (RFC 8259, section 7).
    private mutating func escape() throws(DevFailed) -> Unicode.Scalar {
        guard let scalar = self.current else { throw self.malformed("a quote is not closed") }
        self.position += 1
        switch scalar {
        case "\"", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let unit = try self.codeUnit()
            guard (0xD800...0xDBFF).contains(unit) else {
                guard let scalar = Unicode.Scalar(unit) else { throw self.malformed("half a surrogate pair") }
                return scalar
            }
            guard self.current == "\\" else { throw self.malformed("half a surrogate pair") }
            self.position += 1
            guard self.current == "u" else { throw self.malformed("half a surrogate pair") }
            self.position += 1
            let low = try self.codeUnit()
            guard (0xDC00...0xDFFF).contains(low), let pair = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
                throw self.malformed("half a surrogate pair")
            }
            return pair
        default: throw self.malformed("unknown escape \\\(scalar)")
        }
    }

    private mutating func codeUnit() throws(DevFailed) -> UInt32 {
        guard self.scalars.count - self.position >= 4 else { throw self.malformed("\\u needs four digits") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(self.scalars[self.position]).hexDigitValue else { throw self.malformed("\\u needs four digits") }
            unit = unit << 4 | UInt32(digit)
            self.position += 1
        }
        return unit
    }
}
