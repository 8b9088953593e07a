import TangoCore

extension [String] {
    /// Checks the number of elements.
    /// - Throws: `DB_IncorrectArguments` when there are fewer than `minimum`.
    func require(atLeast minimum: Int, _ layout: String) throws(DevFailed) {
        guard self.count >= minimum else {
            throw DevFailed(.databaseIncorrectArguments, "\(self.count) elements given, at least \(minimum) needed: \(layout)")
        }
    }

    /// Checks the number of elements.
    /// - Throws: `DB_IncorrectArguments` unless there are exactly `number`.
    func require(exactly number: Int, _ layout: String) throws(DevFailed) {
        guard self.count == number else {
            throw DevFailed(.databaseIncorrectArguments, "\(self.count) elements given, exactly \(number) needed: \(layout)")
        }
    }
}

/// Reads nested arguments such as `owner, count, {name, count, values}`.
struct ArgumentReader {
    private let elements: [String]
    private var position = 0

    init(_ elements: [String]) {
        self.elements = elements
    }

    /// Reads the next element.
    /// - Throws: `DB_IncorrectArguments` at the end.
    mutating func text() throws(DevFailed) -> String {
        guard self.position < self.elements.count else {
            throw DevFailed(.databaseIncorrectArguments, "The argument ends after \(self.elements.count) elements, more are announced")
        }
        defer { self.position += 1 }
        return self.elements[self.position]
    }

    /// Reads the next element as the count of what follows.
    /// - Throws: `DB_IncorrectArguments` at the end, and for anything but a number from 0.
    mutating func count() throws(DevFailed) -> Int {
        let text = try self.text()
        guard let count = Int(text), count >= 0 else {
            throw DevFailed(.databaseIncorrectArguments, "\(text) is no count (element \(self.position))")
        }
        return count
    }

    /// Reads the next elements.
    /// - Throws: `DB_IncorrectArguments` if there are fewer.
    mutating func texts(_ count: Int) throws(DevFailed) -> [String] {
        guard count <= self.elements.count - self.position else {
            throw DevFailed(.databaseIncorrectArguments, "\(count) values announced, \(self.elements.count - self.position) given")
        }
        defer { self.position += count }
        return Array(self.elements[self.position..<(self.position + count)])
    }
}

/// Returns the number in a text, for columns of numbers.
/// - Throws: `DB_SQLError`, as MariaDB does for its column types.
func columnNumber(_ text: String, _ column: String) throws(DevFailed) -> Int32 {
    guard let number = Int32(text) else { throw DevFailed(.databaseSQL, "\(text) is no value of column \(column)") }
    return number
}
