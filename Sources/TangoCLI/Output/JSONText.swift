/// A JSON document (RFC 8259) to print; objects keep their order.
indirect enum JSONText: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// The text of a JSON number.
    case number(String)
    case string(String)
    case array([JSONText])
    case object([Member])

    /// A name and its value.
    struct Member: Sendable, Hashable {
        var name: String
        var value: JSONText

        init(_ name: String, _ value: JSONText) {
            self.name = name
            self.value = value
        }
    }

    /// Creates a number; what JSON cannot express becomes the string `NaN`, `Infinity` or `-Infinity`.
    init<T: BinaryFloatingPoint & LosslessStringConvertible>(_ value: T) {
        if value.isNaN {
            self = .string("NaN")
        } else if value.isInfinite {
            self = .string(value < 0 ? "-Infinity" : "Infinity")
        } else {
            self = .number(String(value))
        }
    }

    /// The document: objects one member per line, arrays of simple values on one line.
    var text: String {
        var text = ""
        self.write(to: &text, indent: 0)
        return text
    }

    private var isSimple: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += value
        case .string(let value): text += Self.quoted(value)
        case .array(let items):
            let oneLine = items.allSatisfy(\.isSimple)
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += oneLine ? ", " : "," }
                if !oneLine { Self.newLine(&text, indent + 1) }
                item.write(to: &text, indent: indent + 1)
            }
            if !oneLine { Self.newLine(&text, indent) }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.newLine(&text, indent + 1)
                text += Self.quoted(member.name) + ": "
                member.value.write(to: &text, indent: indent + 1)
            }
            if !members.isEmpty { Self.newLine(&text, indent) }
            text += "}"
        }
    }

    private static func newLine(_ text: inout String, _ indent: Int) {
        text += "\n" + String(repeating: "  ", count: indent)
    }

    /// Returns the string in quotes, with the escapes of JSON.
    static func quoted(_ string: String) -> String {
        var text = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": text.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": text.append(contentsOf: "\\n".unicodeScalars)
            case "\r": text.append(contentsOf: "\\r".unicodeScalars)
            case "\t": text.append(contentsOf: "\\t".unicodeScalars)
            default:
                // Also DEL and the C1 range, which could control a terminal.
                if scalar.properties.generalCategory == .control {
                    text.append(contentsOf: "\\u00\(UInt8(truncatingIfNeeded: scalar.value).hexadecimal)".unicodeScalars)
                } else {
                    text.append(scalar)
                }
            }
        }
        text.append("\"")
        return String(text)
    }
}
