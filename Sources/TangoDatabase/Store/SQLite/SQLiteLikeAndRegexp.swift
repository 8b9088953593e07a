import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    package import Darwin
#endif

extension DatabaseFunction {
    /// LIKE without ESCAPE, as in MariaDB: a backslash makes `%` and `_` literal. Compares without case.
    static let like = DatabaseFunction("like", argumentCount: 2, pure: true) { values in
        guard let operand = String.fromDatabaseValue(values[0]), let text = text(values[1]) else { return nil }
        return LikeOperand(operand).matches(text)
    }

    /// REGEXP, as in MariaDB: POSIX extended, matches anywhere in the text, without case. A malformed expression matches nothing.
    static let regexp = DatabaseFunction("regexp", argumentCount: 2, pure: true) { values in
        guard let expression = String.fromDatabaseValue(values[0]), let text = text(values[1]) else { return nil }
        var compiled = regex_t()
        guard regcomp(&compiled, expression, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0 else { return false }
        defer { regfree(&compiled) }
        return regexec(&compiled, text, 0, nil, 0) == 0
    }

    private static func text(_ value: DatabaseValue) -> String? {
        switch value.storage {
        case .null: nil
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text
        case .blob: nil
        }
    }
}

/// The operand of a LIKE with backslash as escape character.
private struct LikeOperand {
    private enum Element {
        case anything
        case anyCharacter
        case character(Unicode.Scalar)
    }

    private var elements: [Element] = []

    init(_ operand: String) {
        var isEscaped = false
        for scalar in operand.unicodeScalars {
            if isEscaped {
                self.elements.append(.character(Self.folded(scalar)))
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                self.elements.append(scalar == "%" ? .anything : scalar == "_" ? .anyCharacter : .character(Self.folded(scalar)))
            }
        }
        if isEscaped { self.elements.append(.character("\\")) }
    }

    /// Returns whether the whole text matches. Backtracks to the last `%` only, so time grows at most with the product of the lengths.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map(Self.folded)
        var position = 0
        var element = 0
        var retry: (element: Int, position: Int)?
        while position < scalars.count {
            if element < self.elements.count {
                switch self.elements[element] {
                case .anything:
                    element += 1
                    retry = (element, position)
                    continue
                case .character(let expected) where expected != scalars[position]:
                    break
                default:
                    element += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry else { return false }
            retry = (last.element, last.position + 1)
            element = last.element
            position = last.position + 1
        }
        return self.elements[element...].allSatisfy { if case .anything = $0 { true } else { false } }
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }
}
