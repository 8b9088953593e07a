import TangoCore

/// The result of a command as text and as JSON.
enum CommandResultText {
    /// Lines to print: nothing for DevVoid, one line per string of a DevVarStringArray, two lists for numbers with texts.
    /// With a width long lists are summarized.
    static func lines(_ result: CommandData, width: Int? = nil) -> [String] {
        func list(_ data: AttributeData) -> String {
            guard let width else { return ValueText.full(data, .list) }
            return ValueText.summary(data, .list, width: width)
        }
        switch result {
        case .void: return []
        case .stringArray(let strings): return strings.map { WireText.shown($0).printable }
        case .longStringArray(let value): return [list(.long(value.longs)), list(.string(value.strings))]
        case .doubleStringArray(let value): return [list(.double(value.doubles)), list(.string(value.strings))]
        default:
            guard let (data, isArray) = result.elements else { return [] }
            guard !isArray else { return [list(data)] }
            return [width.map { ValueText.summary(data, .scalar, width: $0) } ?? ValueText.full(data, .scalar)]
        }
    }

    /// `null` for DevVoid, `[[numbers], [texts]]` for numbers with texts.
    static func json(_ result: CommandData) -> JSONText {
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

extension CommandData {
    /// The elements of a scalar or array; `nil` for DevVoid and for numbers with texts.
    var elements: (data: AttributeData, isArray: Bool)? {
        switch self {
        case .void, .longStringArray, .doubleStringArray: nil
        case .boolean(let value): (.boolean([value]), false)
        case .short(let value): (.short([value]), false)
        case .long(let value): (.long([value]), false)
        case .long64(let value): (.long64([value]), false)
        case .float(let value): (.float([value]), false)
        case .double(let value): (.double([value]), false)
        case .uchar(let value): (.uchar([value]), false)
        case .ushort(let value): (.ushort([value]), false)
        case .ulong(let value): (.ulong([value]), false)
        case .ulong64(let value): (.ulong64([value]), false)
        case .string(let value): (.string([value]), false)
        case .state(let value): (.state([value]), false)
        case .encoded(let value): (.encoded([value]), false)
        case .booleanArray(let values): (.boolean(values), true)
        case .charArray(let values): (.uchar(values), true)
        case .shortArray(let values): (.short(values), true)
        case .longArray(let values): (.long(values), true)
        case .long64Array(let values): (.long64(values), true)
        case .floatArray(let values): (.float(values), true)
        case .doubleArray(let values): (.double(values), true)
        case .ushortArray(let values): (.ushort(values), true)
        case .ulongArray(let values): (.ulong(values), true)
        case .ulong64Array(let values): (.ulong64(values), true)
        case .stringArray(let values): (.string(values), true)
        case .stateArray(let values): (.state(values), true)
        case .encodedArray(let values): (.encoded(values), true)
        }
    }
}
