import Foundation

/// Reads the statements of a property file.
struct PropertyFileParser {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        self.characters = Array(text.replacingOccurrences(of: "\r\n", with: "\n"))
    }

    private var current: Character? { self.index < self.characters.count ? self.characters[self.index] : nil }

    private mutating func skipSpace() {
        while let character = self.current, character.isWhitespace { self.index += 1 }
    }

    /// Returns the next statement; malformed lines are skipped.
    mutating func next() -> PropertyFile.Statement? {
        while true {
            self.skipSpace()
            guard let first = self.current else { return nil }
            if first == "#" {
                self.skipLine()
                continue
            }
            guard let key = self.key() else {
                self.skipLine()
                continue
            }
            return PropertyFile.Statement(key: key, values: self.values())
        }
    }

    private mutating func skipLine() {
        while let character = self.current, character != "\n" { self.index += 1 }
    }

    private mutating func key() -> String? {
        var key = ""
        while let character = self.current, character != "\n" {
            if character == "\"" {
                key += self.quoted()
                continue
            }
            self.index += 1
            if character == ":" { return key.isEmpty ? nil : key.trimmingCharacters(in: .whitespaces) }
            key.append(character)
        }
        return nil
    }

    private mutating func quoted() -> String {
        var text = ""
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
        return text
    }

    private mutating func values() -> [String] {
        var values: [String] = []
        while true {
            while let character = self.current, character == " " || character == "\t" || character == "\\" && self.endsLine {
                self.index += 1
            }
            guard let first = self.current, first != "\n" || !values.isEmpty else { return values }
            if first == "\n" { self.skipSpace() }
            var value = ""
            if self.current == "\"" {
                value = self.quoted()
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
