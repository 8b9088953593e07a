import TangoCore

extension AttributeWrite {
    /// Converts a JSON value for an attribute.
    /// - Throws: 400 when it does not fit the attribute.
    init(_ value: JSONValue, for config: AttributeConfig) throws(HTTPFailure) {
        guard let type = config.type else { throw HTTPFailure.badValue("The type of \(config.name) is not known here") }
        let reader = ValueReader(type: type, enumLabels: config.enumLabels)
        switch config.format {
        case .spectrum:
            guard let values = value.array else { throw HTTPFailure.badValue("\(config.name) is a spectrum: a list is expected") }
            self.init(name: config.name, data: try reader.elements(values))
        case .image:
            let (values, dimension) = try Self.image(value)
            self.init(name: config.name, data: try reader.elements(values), dimension: dimension)
        case .scalar, .unknown:
            self.init(name: config.name, data: try reader.elements([value]), dimension: .scalar)
        }
    }

    /// Converts texts of a query for an attribute: one text for the whole value, or several for the elements of a spectrum.
    /// - Throws: 400 when they do not fit the attribute.
    init(texts: [String], for config: AttributeConfig) throws(HTTPFailure) {
        try self.init(try Self.value(of: texts, for: config), for: config)
    }

    private static func value(of texts: [String], for config: AttributeConfig) throws(HTTPFailure) -> JSONValue {
        guard let text = texts.first else { throw HTTPFailure.badRequest("There is no value for \(config.name)") }
        guard texts.count == 1 else {
            guard config.format == .spectrum else { throw HTTPFailure.badValue("\(config.name) is no spectrum: one value is expected") }
            return .array(texts.map { .string($0) })
        }
        switch config.format {
        case .image: return try Self.parsed(text)
        case .spectrum:
            if text.isEmpty { return [] }
            if text.drop(while: { $0 == " " }).hasPrefix("["), let list = try? JSONValue(parsing: text) { return list }
            if config.type == .encoded { return try Self.parsed(text) }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return .array(parts.map { .string(config.type == .string ? $0 : Self.trimmed($0)) })
        case .scalar, .unknown: return config.type == .encoded ? try Self.parsed(text) : .string(text)
        }
    }

    private static func parsed(_ text: String) throws(HTTPFailure) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw HTTPFailure.badValue("\(error.problem) at byte \(error.offset) of the value")
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// Returns the elements and dimensions of an image: `{"data":[…],"width":…,"height":…}` or a list of rows of equal length.
    private static func image(_ value: JSONValue) throws(HTTPFailure) -> ([JSONValue], AttributeDimension) {
        if let object = value.object {
            func size(_ name: String) throws(HTTPFailure) -> Int32 {
                guard case .number(let literal)? = object[name], let size = Int32(literal), size >= 0 else {
                    throw HTTPFailure.badValue("An image needs its \(name)")
                }
                return size
            }
            guard let values = object["data"]?.array else { throw HTTPFailure.badValue("An image needs its data") }
            let (width, height) = (try size("width"), try size("height"))
            guard Int(width) * Int(height) == values.count else {
                throw HTTPFailure.badValue("An image of \(width) x \(height) has not \(values.count) elements")
            }
            return (values, values.isEmpty ? .zero : AttributeDimension(x: width, y: height))
        }
        guard let rows = value.array else {
            throw HTTPFailure.badValue("An image is an object with data, width and height, or a list of rows")
        }
        var values: [JSONValue] = []
        var width: Int?
        for row in rows {
            guard let row = row.array, row.count == width ?? row.count else {
                throw HTTPFailure.badValue("The rows of an image are lists of equal length")
            }
            width = row.count
            values += row
        }
        let dimension = AttributeDimension(x: Int32(clamping: width ?? 0), y: Int32(clamping: rows.count))
        return (values, values.isEmpty ? .zero : dimension)
    }
}
