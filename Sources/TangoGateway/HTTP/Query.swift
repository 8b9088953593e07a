import TangoCore

/// The pairs of a query string or of a form body, decoded, in order.
struct Query: Sendable, Hashable {
    struct Pair: Sendable, Hashable {
        var name: String
        var value: String
    }

    var pairs: [Pair] = []

    init() {}

    init(parsing text: String) throws(HTTPFailure) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentEncoding.decode(Substring(sides[0]), plusIsSpace: true)
            let value = sides.count > 1 ? try PercentEncoding.decode(Substring(sides[1]), plusIsSpace: true) : ""
            self.pairs.append(Pair(name: name, value: value))
        }
    }

    /// Returns all values of a parameter.
    func all(_ name: String) -> [String] {
        self.pairs.filter { $0.name == name }.map(\.value)
    }

    /// Returns the first value of a parameter.
    func first(_ name: String) -> String? {
        self.pairs.first { $0.name == name }?.value
    }

    /// Returns a Boolean parameter: true when empty, `true`, `1` or `yes`.
    /// - Throws: 400 for other texts than those and `false`, `0`, `no`.
    func flag(_ name: String) throws(HTTPFailure) -> Bool {
        guard let text = self.first(name) else { return false }
        switch text.lowercased() {
        case "", "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: throw HTTPFailure.badRequest("\(name) is true or false, not \"\(text)\"")
        }
    }

    /// Whether set points are requested with the values: `fields=+w_value`, with the plus sign escaped or not.
    /// - Throws: 400 for other fields.
    var wantsSetPoints: Bool {
        get throws(HTTPFailure) {
            guard let text = self.first("fields") else { return false }
            guard ["+w_value", " w_value"].contains(text) else { throw HTTPFailure.badRequest("fields can be +w_value, not \"\(text)\"") }
            return true
        }
    }

    /// How integers of 64 bits are requested: `int64=string`, or `number`.
    /// - Throws: 400 for other texts.
    var int64Style: Int64Style {
        get throws(HTTPFailure) {
            guard let text = self.first("int64") else { return .number }
            guard let style = Int64Style(rawValue: text) else {
                throw HTTPFailure.badRequest("int64 is number or string, not \"\(text)\"")
            }
            return style
        }
    }

    /// Returns a count from 1 to a limit.
    /// - Throws: 400 for other texts.
    func count(_ name: String, default standard: Int, limit: Int) throws(HTTPFailure) -> Int {
        guard let text = self.first(name) else { return standard }
        guard let count = Int(text), (1...limit).contains(count) else {
            throw HTTPFailure.badRequest("\(name) is a number from 1 to \(limit), not \"\(text)\"")
        }
        return count
    }

    /// Returns the pairs that name members of a device: all but the options of the request, which are spelled exactly so.
    func members(besides options: Set<String>) -> Query {
        var members = Query()
        members.pairs = self.pairs.filter { !options.contains($0.name) }
        return members
    }

    /// Returns the options that are in the query, in their order.
    func used(_ options: [String]) -> [String] {
        options.filter { self.first($0) != nil }
    }

    /// Returns the values grouped by name without case, in order of first appearance.
    var grouped: [(name: String, values: [String])] {
        var groups: [(name: String, values: [String])] = []
        // Bytes: a `String` as a key would take "é" of one and of two scalars for the same name.
        var positions: [[UInt8]: Int] = [:]
        for pair in self.pairs {
            let key = Array(pair.name.tangoFolded.utf8)
            if let position = positions[key] {
                groups[position].values.append(pair.value)
            } else {
                positions[key] = groups.count
                groups.append((pair.name, [pair.value]))
            }
        }
        return groups
    }
}
