import TangoCore

/// Formats values as text, in the notation of `ValueParsing`, and as JSON.
enum ValueText {
    /// The shape of a value: printed without brackets, in one pair, or in two.
    enum Shape: Sendable, Hashable {
        case scalar
        case list
        case rows(width: Int)

        /// Creates the shape of an attribute's elements; from the dimension when the format is unknown.
        init(_ format: AttributeFormat, _ dimension: AttributeDimension) {
            switch format {
            case .scalar: self = .scalar
            case .spectrum: self = .list
            case .image: self = .rows(width: Int(dimension.x))
            case .unknown: self = dimension.y > 0 ? .rows(width: Int(dimension.x)) : dimension.x == 1 ? .scalar : .list
            }
        }
    }

    /// Returns one element. Strings and labels are quoted inside lists.
    static func element(_ data: AttributeData, at index: Int, labels: [String] = [], quoting: Bool = false) -> String {
        guard index >= 0, index < data.count else { return "" }
        func text(_ string: String) -> String { quoting ? JSONValue.quoted(string) : string }
        switch data {
        case .boolean(let values): return values[index] ? "true" : "false"
        case .short(let values):
            let value = values[index]
            return value >= 0 && Int(value) < labels.count ? text(labels[Int(value)]) : String(value)
        case .long(let values): return String(values[index])
        case .long64(let values): return String(values[index])
        case .float(let values): return String(values[index])
        case .double(let values): return String(values[index])
        case .uchar(let values): return String(values[index])
        case .ushort(let values): return String(values[index])
        case .ulong(let values): return String(values[index])
        case .ulong64(let values): return String(values[index])
        case .string(let values): return text(values[index])
        case .state(let values): return values[index].name
        case .deviceState(let state): return state.name
        case .encoded(let values):
            let format = text(values[index].format)
            let bytes = "0x" + values[index].data.map(\.hexadecimal).joined()
            return quoting ? "\(format), \(JSONValue.quoted(bytes))" : "\(format) \(bytes)"
        case .none: return ""
        }
    }

    /// Returns all elements.
    static func full(_ data: AttributeData, _ shape: Shape, labels: [String] = []) -> String {
        func list(_ range: Range<Int>) -> String {
            "[" + range.map { Self.element(data, at: $0, labels: labels, quoting: true) }.joined(separator: ", ") + "]"
        }
        switch shape {
        case .scalar: return Self.element(data, at: 0, labels: labels)
        case .list: return list(0..<data.count)
        case .rows(let width): return "[" + Self.rows(data.count, width).map(list).joined(separator: ", ") + "]"
        }
    }

    /// Returns the ranges of the rows of an image.
    private static func rows(_ count: Int, _ width: Int) -> [Range<Int>] {
        guard width > 0 else { return [] }
        return stride(from: 0, to: count, by: width).map { $0..<min($0 + width, count) }
    }

    /// Returns all elements when they fit in `width` columns, else the first ones and the size: `[1, 2, 3, …] (1024)`, `[[1, 2, …], …] (640 × 480)`.
    static func summary(_ data: AttributeData, _ shape: Shape, labels: [String] = [], width: Int) -> String {
        switch shape {
        case .scalar:
            if case .encoded(let values) = data, let value = values.first, value.data.count > 32 {
                let head = value.data.prefix(16).map(\.hexadecimal).joined()
                return "\(value.format) 0x\(head)… (\(value.data.count) bytes)"
            }
            return Self.element(data, at: 0, labels: labels)
        case .list:
            let size = " (\(data.count))"
            return Self.head(data, labels, "[", "]", 0..<data.count, width, cutSuffix: size)
        case .rows(let rowWidth):
            let rows = Self.rows(data.count, rowWidth)
            guard let first = rows.first else { return "[]" }
            // An element takes at least three columns with its separator; longer values are not formatted completely.
            if data.count * 3 <= width + 2 {
                let whole = Self.full(data, shape, labels: labels)
                if whole.displayWidth <= width { return whole }
            }
            let size = rows.count == 1 ? "] (\(rowWidth) × 1)" : ", …] (\(rowWidth) × \(rows.count))"
            return Self.head(data, labels, "[[", "]" + size, first, width, cutSuffix: "")
        }
    }

    /// As many elements of the range as fit between `open` and `close`; when some do not, `…` and `cutSuffix`.
    private static func head(
        _ data: AttributeData, _ labels: [String], _ open: String, _ close: String, _ range: Range<Int>, _ width: Int, cutSuffix: String
    ) -> String {
        let fixed = open.displayWidth + close.displayWidth
        let cutRoom = width - fixed - cutSuffix.displayWidth - ", …".displayWidth
        var texts: [String] = []
        var used = 0
        var keptWhenCut = 0
        for index in range {
            let text = Self.element(data, at: index, labels: labels, quoting: true)
            used += text.displayWidth + (texts.isEmpty ? 0 : 2)
            texts.append(text)
            if used <= cutRoom { keptWhenCut = texts.count }
            if used > width - fixed {
                let kept = max(1, keptWhenCut)
                let elements = kept == 1 ? [texts[0].truncated(toWidth: max(8, cutRoom))] : Array(texts.prefix(kept))
                return open + (elements + ["…"]).joined(separator: ", ") + close + cutSuffix
            }
        }
        return open + texts.joined(separator: ", ") + close
    }

    /// Returns all elements as JSON: a value, an array, or an array of rows.
    static func json(_ data: AttributeData, _ shape: Shape, labels: [String] = []) -> JSONValue {
        switch shape {
        case .scalar: data.count > 0 ? Self.jsonElement(data, at: 0, labels: labels) : .null
        case .list: .array((0..<data.count).map { Self.jsonElement(data, at: $0, labels: labels) })
        case .rows(let width):
            .array(
                Self.rows(data.count, width).map { row in .array(row.map { Self.jsonElement(data, at: $0, labels: labels) }) })
        }
    }

    private static func jsonElement(_ data: AttributeData, at index: Int, labels: [String]) -> JSONValue {
        switch data {
        case .boolean(let values): .bool(values[index])
        case .short(let values):
            values[index] >= 0 && Int(values[index]) < labels.count ? .string(labels[Int(values[index])]) : .integer(Int64(values[index]))
        case .long(let values): .integer(Int64(values[index]))
        case .long64(let values): .integer(values[index])
        case .float(let values): JSONValue(values[index])
        case .double(let values): JSONValue(values[index])
        case .uchar(let values): .unsigned(UInt64(values[index]))
        case .ushort(let values): .unsigned(UInt64(values[index]))
        case .ulong(let values): .unsigned(UInt64(values[index]))
        case .ulong64(let values): .unsigned(values[index])
        case .string(let values): .string(values[index])
        case .state(let values): .string(values[index].name)
        case .deviceState(let state): .string(state.name)
        case .encoded(let values):
            .object([
                .init("format", .string(values[index].format)),
                .init("data", .string("0x" + values[index].data.map(\.hexadecimal).joined())),
            ])
        case .none: .null
        }
    }
}
