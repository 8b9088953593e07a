import TangoCore

/// The result of a command as text and as JSON.
enum CommandResultText {
    /// Returns the lines to print: none for DevVoid, one per string of a DevVarStringArray, two lists for numbers with texts. With a width, long
    /// lists are summarized.
    static func lines(_ result: CommandData, width: Int? = nil) -> [String] {
        func list(_ data: AttributeData) -> String {
            guard let width else { return ValueText.full(data, .list) }
            return ValueText.summary(data, .list, width: width)
        }
        switch result {
        case .void: return []
        case .stringArray(let strings): return strings.map { $0.printable }
        case .longStringArray(let value): return [list(.long(value.longs)), list(.string(value.strings))]
        case .doubleStringArray(let value): return [list(.double(value.doubles)), list(.string(value.strings))]
        default:
            guard let (data, isArray) = result.elements else { return [] }
            guard !isArray else { return [list(data)] }
            return [width.map { ValueText.summary(data, .scalar, width: $0) } ?? ValueText.full(data, .scalar)]
        }
    }

    /// Returns the result as JSON: `null` for DevVoid, `[[numbers], [texts]]` for numbers with texts.
    static func json(_ result: CommandData) -> JSONValue {
        switch result {
        case .longStringArray(let value):
            .array([ValueText.json(.long(value.longs), .list), ValueText.json(.string(value.strings), .list)])
        case .doubleStringArray(let value):
            .array([ValueText.json(.double(value.doubles), .list), ValueText.json(.string(value.strings), .list)])
        default:
            result.elements.map { ValueText.json($0.data, $0.isArray ? .list : .scalar) } ?? .null
        }
    }
}
