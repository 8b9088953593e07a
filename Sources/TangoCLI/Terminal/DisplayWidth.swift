extension Character {
    /// Number of columns of the character on a terminal: 0, 1 or 2.
    var displayWidth: Int {
        guard let scalar = self.unicodeScalars.first else { return 0 }
        if scalar.value >= 0x20, scalar.value < 0x7F { return 1 }
        switch scalar.properties.generalCategory {
        case .control, .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        return scalar.isWide || self.unicodeScalars.contains { $0.value == 0xFE0F } ? 2 : 1
    }
}

extension Unicode.Scalar {
    /// Whether a terminal draws it in two columns: East Asian wide and emoji (Unicode Standard Annex 11).
    fileprivate var isWide: Bool {
        switch self.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}

extension String {
    /// Number of columns of the text on a terminal.
    var displayWidth: Int { self.reduce(0) { $0 + $1.displayWidth } }

    /// Returns the text, truncated with `…` to at most `width` columns.
    func truncated(toWidth width: Int) -> String {
        guard self.displayWidth > width else { return self }
        guard width > 0 else { return "" }
        var used = 0
        var kept = ""
        for character in self {
            used += character.displayWidth
            if used > width - 1 { break }
            kept.append(character)
        }
        return kept + "…"
    }
}
