import TangoCore

/// Converts the words after an attribute or command name to a value. All errors are `API_InvalidArgs`.
enum ValueParsing {
    /// Converts words to elements and dimension of an attribute: one word for a scalar; several, or one list, for a spectrum; a list of
    /// rows, or one list per row, for an image.
    static func attribute(
        _ texts: [String], type: DataType, format: AttributeFormat, labels: [String] = []
    ) throws(DevFailed) -> (data: AttributeData, dimension: AttributeDimension) {
        switch format {
        case .scalar:
            let needed = type == .encoded ? 2 : 1
            guard texts.count == needed else {
                throw ElementParsing.invalid(
                    type == .encoded
                        ? "A DevEncoded needs two values: its format and its data" : "A scalar needs exactly one value, not \(texts.count)")
            }
            return (try ElementParsing.data(texts, type: type, labels: labels), .scalar)
        case .spectrum:
            let data = try ElementParsing.data(try Self.elements(texts), type: type, labels: labels)
            return (data, AttributeDimension(x: Int32(clamping: data.count)))
        case .image:
            let rows = try Self.rows(texts)
            let width = rows.first?.count ?? 0
            for (index, row) in rows.enumerated() where row.count != width {
                throw ElementParsing.invalid("Row \(index + 1) has \(row.count) elements, the first has \(width)")
            }
            let data = try ElementParsing.data(rows.flatMap { $0 }, type: type, labels: labels)
            return (data, width == 0 ? .zero : AttributeDimension(x: Int32(clamping: width), y: Int32(clamping: rows.count)))
        case .unknown:
            throw ElementParsing.invalid("The attribute is neither scalar, spectrum nor image")
        }
    }

    /// Returns elements given one by one or as one list.
    static func elements(_ texts: [String]) throws(DevFailed) -> [String] {
        guard texts.count == 1, ListItem.isList(texts[0]) else { return texts }
        guard let elements = try ListItem(parsing: texts[0]).elements else {
            throw ElementParsing.invalid("'\(texts[0].truncated(toWidth: 60))' contains lists; a simple list is required")
        }
        return elements
    }

    private static func rows(_ texts: [String]) throws(DevFailed) -> [[String]] {
        var lists: [ListItem] = []
        for text in texts {
            guard ListItem.isList(text) else { throw ElementParsing.invalid("An image is written as a list of rows, [[1,2],[3,4]]") }
            lists.append(try ListItem(parsing: text))
        }
        if lists.count == 1, case .list(let rows) = lists[0], rows.allSatisfy({ $0.elements != nil }) { lists = rows }
        var rows: [[String]] = []
        for list in lists {
            guard let elements = list.elements else {
                throw ElementParsing.invalid("An image is written as a list of rows, [[1,2],[3,4]]")
            }
            rows.append(elements)
        }
        return rows
    }

    /// Converts words to the argument of a command: none, one word, several or one list for an array, two lists for numbers with texts.
    static func command(_ texts: [String], type: DataType) throws(DevFailed) -> CommandData {
        switch type {
        case .void:
            guard texts.isEmpty else { throw ElementParsing.invalid("The command takes no argument") }
            return .void
        case .longStringArray:
            let (numbers, strings) = try Self.twoLists(texts, type)
            guard case .long(let longs) = try ElementParsing.data(numbers, type: .long) else { break }
            return .longStringArray(LongStringArray(longs: longs, strings: strings))
        case .doubleStringArray:
            let (numbers, strings) = try Self.twoLists(texts, type)
            guard case .double(let doubles) = try ElementParsing.data(numbers, type: .double) else { break }
            return .doubleStringArray(DoubleStringArray(doubles: doubles, strings: strings))
        default:
            if let element = DataType.allCases.first(where: { $0.arrayType == type }) {
                let data = try ElementParsing.data(try Self.elements(texts), type: element)
                if let array = CommandData(arrayOf: data) { return array }
            } else {
                let needed = type == .encoded ? 2 : 1
                guard texts.count == needed else {
                    throw ElementParsing.invalid(
                        type == .encoded
                            ? "A DevEncoded needs two arguments: its format and its data"
                            : "The command takes exactly one \(type.name), not \(texts.count) arguments")
                }
                if let scalar = CommandData(scalarOf: try ElementParsing.data(texts, type: type)) { return scalar }
            }
        }
        throw ElementParsing.invalid("\(type.name) cannot be given on the command line")
    }

    private static func twoLists(_ texts: [String], _ type: DataType) throws(DevFailed) -> ([String], [String]) {
        var lists: [ListItem] = []
        for text in texts {
            guard ListItem.isList(text) else { break }
            lists.append(try ListItem(parsing: text))
        }
        if texts.count == 1, lists.count == 1, case .list(let inner) = lists[0] { lists = inner }
        guard lists.count == 2, texts.count <= 2, let numbers = lists[0].elements, let strings = lists[1].elements else {
            throw ElementParsing.invalid("\(type.name) needs two lists: [1,2] '[\"a\",\"b\"]'")
        }
        return (numbers, strings)
    }
}
