import Foundation

/// Reads the statements of a property file.
struct PropertyFileParser {
    /// What cannot be understood, in the words of cppTango 9.3.4, and where it begins.
    struct Failure: Error {
        var text: String
        var line: Int
    }

    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        self.characters = Array(text.replacingOccurrences(of: "\r\n", with: "\n"))
    }

    private var current: Character? { self.index < self.characters.count ? self.characters[self.index] : nil }

    private mutating func skipSpace() {
        while let character = self.current, character.isWhitespace { self.index += 1 }
    }

    /// Returns the next statement; `nil` at the end.
    mutating func next() throws(Failure) -> PropertyFile.Statement? {
        while true {
            self.skipSpace()
            guard let first = self.current else { return nil }
            if first == "#" {
                self.skipLine()
                continue
            }
            let start = self.index
            guard let key = try self.key() else { throw self.failure("Error in file", at: start) }
            return PropertyFile.Statement(key: key, values: try self.values())
        }
    }

    private func failure(_ text: String, at index: Int) -> Failure {
        Failure(text: text, line: 1 + self.characters[..<min(index, self.characters.count)].count { $0 == "\n" })
    }

    private mutating func skipLine() {
        while let character = self.current, character != "\n" { self.index += 1 }
    }

    private mutating func key() throws(Failure) -> String? {
        var key = ""
        while let character = self.current, character != "\n" {
            if character == "\"" {
                key += try self.quoted()
                continue
            }
            self.index += 1
            if character == ":" { return key.isEmpty ? nil : key.trimmingCharacters(in: .whitespaces) }
            key.append(character)
        }
        return nil
    }

    private mutating func quoted() throws(Failure) -> String {
        var text = ""
        let start = self.index
        self.index += 1
        while let character = self.current {
            self.index += 1
            if character == "\"" { return text }
            if character == "\\", let escaped = self.current {
                text.append(escaped)
                self.index += 1
            } else {
                text.append(character)
            }
        }
        throw self.failure("String too long", at: start)
    }

    private mutating func values() throws(Failure) -> [String] {
        var values: [String] = []
        while true {
            while let character = self.current, character == " " || character == "\t" || character == "\\" && self.endsLine {
                self.index += 1
            }
            guard let first = self.current, first != "\n" || !values.isEmpty else { return values }
            if first == "\n" { self.skipSpace() }
            var value = ""
            if self.current == "\"" {
                value = try self.quoted()
            } else {
                while let character = self.current, !character.isWhitespace, character != ",", character != "\\" {
                    value.append(character)
                    self.index += 1
                }
            }
            values.append(value)
            while let character = self.current, character == " " || character == "\t" { self.index += 1 }
            guard self.current == "," else { return values }
            self.index += 1
            while let character = self.current, character.isWhitespace || character == "\\" && self.endsLine { self.index += 1 }
        }
    }

    /// Whether only a line end follows the backslash.
    private var endsLine: Bool { self.index + 1 >= self.characters.count || self.characters[self.index + 1].isNewline }
}
