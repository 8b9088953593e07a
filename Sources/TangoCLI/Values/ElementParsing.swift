import TangoCore

/// Converts the texts of elements from the command line to a Tango type.
///
/// Integers are decimal, `0x…`, `0o…` or `0b…`; floating point numbers may be `nan` and `inf`; booleans `true`/`false`, `1`/`0`, `yes`/`no`,
/// `on`/`off`; states their names; enumerations a label or an index. All errors are `API_InvalidArgs`.
enum ElementParsing {
    /// Converts texts to elements of a type.
    static func data(_ texts: [String], type: DataType, labels: [String] = []) throws(DevFailed) -> AttributeData {
        switch type {
        case .boolean: .boolean(try Self.map(texts, Self.boolean))
        case .short: .short(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .long, .int: .long(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, .long) })
        case .long64: .long64(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .uchar: .uchar(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .ushort: .ushort(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .ulong: .ulong(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .ulong64: .ulong64(try Self.map(texts) { text throws(DevFailed) in try Self.integer(text, type) })
        case .float: .float(try Self.map(texts) { text throws(DevFailed) in try Self.floatingPoint(text, type) })
        case .double: .double(try Self.map(texts) { text throws(DevFailed) in try Self.floatingPoint(text, type) })
        case .string, .constString: .string(texts)
        case .state: .state(try Self.map(texts, Self.state))
        case .enum: .short(try Self.map(texts) { text throws(DevFailed) in try Self.enumeration(text, labels) })
        case .encoded: .encoded(try Self.encoded(texts))
        default: throw Self.invalid("\(type.name) is not a type of single elements")
        }
    }

    private static func map<T>(_ texts: [String], _ convert: (String) throws(DevFailed) -> T) throws(DevFailed) -> [T] {
        var values: [T] = []
        values.reserveCapacity(texts.count)
        for text in texts { values.append(try convert(text)) }
        return values
    }

    static func invalid(_ text: String) -> DevFailed {
        DevFailed(.invalidArguments, text, origin: "ElementParsing")
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop(while: \.isBlank)
        guard let end = scalars.lastIndex(where: { !$0.isBlank }) else { return "" }
        return String(scalars[...end])
    }

    static func boolean(_ text: String) throws(DevFailed) -> Bool {
        switch Self.trimmed(text).lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw Self.invalid("'\(text)' is not a DevBoolean (true or false)")
        }
    }

    static func integer<T: FixedWidthInteger>(_ text: String, _ type: DataType) throws(DevFailed) -> T {
        guard let number = NumberText.literal(Self.trimmed(text)) else {
            throw Self.invalid("'\(text)' is not a whole number, as \(type.name) requires")
        }
        guard let value = T(exactly: number) else { throw Self.invalid("'\(text)' is outside \(type.name) (\(T.min) to \(T.max))") }
        return value
    }

    static func floatingPoint<T: BinaryFloatingPoint & LosslessStringConvertible>(_ text: String, _ type: DataType) throws(DevFailed) -> T {
        let number = Self.trimmed(text)
        guard let value = T(number) else { throw Self.invalid("'\(text)' is not a number, as \(type.name) requires") }
        if value.isInfinite, !number.lowercased().contains("inf") {
            throw Self.invalid("'\(text)' is outside \(type.name) (at most \(T.greatestFiniteMagnitude) either side of 0)")
        }
        return value
    }

    static func state(_ text: String) throws(DevFailed) -> DevState {
        guard let state = DevState(name: Self.trimmed(text)) else {
            throw Self.invalid("'\(text)' is not a state (\(DevState.allCases.map(\.name).joined(separator: ", ")))")
        }
        return state
    }

    /// Converts a label, compared exactly or else without case, or an index.
    static func enumeration(_ text: String, _ labels: [String]) throws(DevFailed) -> Int16 {
        let trimmed = Self.trimmed(text)
        let found =
            labels.firstIndex(of: text) ?? labels.firstIndex(of: trimmed) ?? labels.firstIndex { $0.lowercased() == trimmed.lowercased() }
        if let found, let value = Int16(exactly: found) { return value }
        if let value: Int16 = try? Self.integer(trimmed, .enum), value >= 0, labels.isEmpty || Int(value) < labels.count { return value }
        let choice = labels.isEmpty ? "an index from 0" : labels.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
        throw Self.invalid("'\(text)' is none of its labels (\(choice))")
    }

    /// Converts pairs of a format and data; the data are `0x…` or text.
    private static func encoded(_ texts: [String]) throws(DevFailed) -> [DevEncoded] {
        guard texts.count.isMultiple(of: 2) else { throw Self.invalid("A DevEncoded needs two values: its format and its data") }
        var values: [DevEncoded] = []
        for index in stride(from: 0, to: texts.count, by: 2) {
            values.append(DevEncoded(format: texts[index], data: try Self.bytes(texts[index + 1])))
        }
        return values
    }

    private static func bytes(_ text: String) throws(DevFailed) -> [UInt8] {
        guard text.lowercased().hasPrefix("0x") else { return Array(text.utf8) }
        guard let bytes = NumberText.hexadecimalBytes(text.dropFirst(2)) else {
            throw Self.invalid("'\(text)' is not hexadecimal, two digits a byte")
        }
        return bytes
    }
}
