import TangoCore

extension [String] {
    /// - Throws: `DB_IncorrectArguments` unless there are that many elements at least.
    func require(atLeast minimum: Int, _ layout: String) throws(DevFailed) {
        guard self.count >= minimum else {
            throw DevFailed(.databaseIncorrectArguments, "\(self.count) elements given, at least \(minimum) needed: \(layout)")
        }
    }

    /// - Throws: `DB_IncorrectArguments` unless there are exactly that many elements.
    func require(exactly number: Int, _ layout: String) throws(DevFailed) {
        guard self.count == number else {
            throw DevFailed(.databaseIncorrectArguments, "\(self.count) elements given, exactly \(number) needed: \(layout)")
        }
    }
}

/// Takes apart nested arguments such as `owner, count, {name, count, values}`.
struct ArgumentReader {
    private let elements: [String]
    private var position = 0

    init(_ elements: [String]) {
        self.elements = elements
    }

    /// The next element.
    /// - Throws: `DB_IncorrectArguments` at the end.
    mutating func text() throws(DevFailed) -> String {
        guard self.position < self.elements.count else {
            throw DevFailed(.databaseIncorrectArguments, "The argument ends after \(self.elements.count) elements, more are announced")
        }
        defer { self.position += 1 }
        return self.elements[self.position]
    }

    /// The next element as a number of things to follow.
    /// - Throws: `DB_IncorrectArguments` at the end, and for anything but a number from 0.
    mutating func count() throws(DevFailed) -> Int {
        let text = try self.text()
        guard let count = Int(text), count >= 0 else {
            throw DevFailed(.databaseIncorrectArguments, "\(text) is no count (element \(self.position))")
        }
        return count
    }

    /// The next elements.
    /// - Throws: `DB_IncorrectArguments` if there are fewer.
    mutating func texts(_ count: Int) throws(DevFailed) -> [String] {
        guard count <= self.elements.count - self.position else {
            throw DevFailed(.databaseIncorrectArguments, "\(count) values announced, \(self.elements.count - self.position) given")
        }
        defer { self.position += count }
        return Array(self.elements[self.position..<(self.position + count)])
    }
}

/// Number of a text, for columns of numbers.
/// - Throws: `DB_SQLError` as the column type did.
func columnNumber(_ text: String, _ column: String) throws(DevFailed) -> Int32 {
    guard let number = Int32(text) else { throw DevFailed(.databaseSQL, "\(text) is no value of column \(column)") }
    return number
}
