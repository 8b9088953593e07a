package import TangoCore

/// Reads the flat answers of a database: one list of texts that holds names, numbers of values and values.
///
/// The numbers come from outside: each is compared with what is left before it is used.
package struct FlatAnswer: Sendable {
    private let items: [String]
    private var position = 0
    private let command: String

    /// - Parameter command: the command that was answered, for failures.
    package init(_ items: [String], of command: String) {
        self.items = items
        self.command = command
    }

    /// Number of texts that are left.
    package var remaining: Int { self.items.count - self.position }

    private var failure: DevFailed {
        DevFailed(.communicationFailed, "The database's answer of \(self.command) is malformed", origin: "FlatAnswer")
    }

    /// Reads the next text.
    /// - Throws: `API_CommunicationFailed` at the end.
    package mutating func text() throws(DevFailed) -> String {
        guard self.remaining > 0 else { throw self.failure }
        defer { self.position += 1 }
        return self.items[self.position]
    }

    /// Reads how many texts, or groups of texts, follow.
    /// - Throws: `API_CommunicationFailed` when that is no number, negative, or more than the texts that are left.
    package mutating func count() throws(DevFailed) -> Int {
        guard let count = Int(try self.text()), count >= 0, count <= self.remaining else { throw self.failure }
        return count
    }

    /// Reads so many texts.
    /// - Throws: `API_CommunicationFailed` when there are not so many.
    package mutating func texts(_ count: Int) throws(DevFailed) -> [String] {
        guard count >= 0, count <= self.remaining else { throw self.failure }
        defer { self.position += count }
        return Array(self.items[self.position..<self.position + count])
    }

    /// Passes over a text, if there is one.
    package mutating func skipText() { if self.remaining > 0 { self.position += 1 } }

    /// Reads `[owner, count, (name, n, value…)…]`.
    /// - Parameter hasFillers: whether one blank stands for the values of a property that is not defined, as for devices and objects.
    /// - Throws: `API_CommunicationFailed` when a number says more than there is.
    package static func properties(
        _ items: [String], of command: String, hasFillers: Bool
    ) throws(DevFailed) -> [DatabaseProperty] {
        var answer = FlatAnswer(items, of: command)
        answer.skipText()
        answer.skipText()
        var properties: [DatabaseProperty] = []
        while answer.remaining >= 2 {
            let name = try answer.text()
            let count = try answer.count()
            properties.append(DatabaseProperty(name: name, values: count == 0 ? nil : try answer.texts(count)))
            if count == 0, hasFillers { answer.skipText() }
        }
        return properties
    }

    /// Reads `[owner, count, (attribute, n, (property, m, value…)…)…]`.
    /// - Throws: `API_CommunicationFailed` when a number says more than there is.
    package static func attributes(_ items: [String], of command: String) throws(DevFailed) -> [DatabaseAttribute] {
        var answer = FlatAnswer(items, of: command)
        answer.skipText()
        answer.skipText()
        var attributes: [DatabaseAttribute] = []
        while answer.remaining >= 2 {
            var attribute = DatabaseAttribute(name: try answer.text(), properties: [])
            for _ in 0..<(try answer.count()) {
                let name = try answer.text()
                attribute.properties.append(DatabaseProperty(name: name, values: try answer.texts(try answer.count())))
            }
            attributes.append(attribute)
        }
        return attributes
    }

    /// Makes `[count, (name, n, value…)…]`.
    /// - Parameter list: the names of the owner's properties.
    static func argument(_ properties: [(name: String, values: [String])], in list: NameList) -> [DatabaseText] {
        var argument: [DatabaseText] = [.text(String(properties.count))]
        for property in properties {
            argument += [.name(property.name, list), .text(String(property.values.count))] + property.values.map { .text($0) }
        }
        return argument
    }
}
