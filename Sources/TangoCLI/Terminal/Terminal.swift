#if canImport(Glibc)
    import Glibc
    import TangoCore
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The capabilities of standard output or standard error: aligned and colored on a terminal, plain when piped.
package struct Terminal: Sendable, Hashable {
    /// Whether it is a terminal.
    package var isTerminal: Bool
    package var usesColor: Bool
    /// Columns of a line; `nil` when unknown or not a terminal.
    package var width: Int?

    package init(isTerminal: Bool, usesColor: Bool, width: Int? = nil) {
        self.isTerminal = isTerminal
        self.usesColor = usesColor
        self.width = width
    }

    /// Output that is neither aligned nor colored.
    package static let plain = Terminal(isTerminal: false, usesColor: false)

    /// Returns the capabilities of standard output. Color requires a terminal, and no `NO_COLOR` (no-color.org) nor `TERM=dumb` in the environment.
    package static func standardOutput(allowsColor: Bool = true) -> Terminal {
        Self.of(descriptor: STDOUT_FILENO, allowsColor: allowsColor)
    }

    /// Returns the capabilities of standard error.
    package static func standardError(allowsColor: Bool = true) -> Terminal {
        Self.of(descriptor: STDERR_FILENO, allowsColor: allowsColor)
    }

    private static func of(descriptor: Int32, allowsColor: Bool) -> Terminal {
        guard isatty(descriptor) == 1 else { return .plain }
        let muted = !(Self.environment("NO_COLOR") ?? "").isEmpty || Self.environment("TERM") == "dumb"
        return Terminal(isTerminal: true, usesColor: allowsColor && !muted, width: Self.columns(descriptor))
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func columns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return Self.environment("COLUMNS").flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Returns the text in a style; unchanged without color.
    package func styled(_ text: String, _ style: Style?) -> String {
        guard self.usesColor, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.codes)m\(text)\u{1B}[0m"
    }

    /// Returns the lines of a table: on a terminal with headings, aligned and truncated to its width; otherwise tab-separated, without headings.
    package func text(_ table: Table) -> String {
        guard self.isTerminal else {
            return table.rows.map { row in row.map(\.text.printable).joined(separator: "\t") }.joined(separator: "\n")
        }
        let widths = table.widths(limit: self.width)
        var lines: [String] = []
        if table.columns.contains(where: { !$0.title.isEmpty }) {
            lines.append(self.line(table.columns.map { Table.Cell($0.title, style: .bold) }, table, widths))
        }
        lines += table.rows.map { self.line($0, table, widths) }
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: [Table.Cell], _ table: Table, _ widths: [Int]) -> String {
        var line = ""
        var owed = 0
        for (index, cell) in cells.enumerated() where index < widths.count {
            let text = cell.text.printable.truncated(toWidth: widths[index])
            let padding = widths[index] - text.displayWidth
            if !text.isEmpty {
                let before = owed + (table.columns[index].alignment == .right ? padding : 0)
                line += String(repeating: " ", count: before) + self.styled(text, cell.style)
                owed = table.columns[index].alignment == .right ? 0 : padding
            } else {
                owed += padding
            }
            owed += Table.gap
        }
        return line
    }

    /// Prints a line on standard output.
    package func print(_ text: String) {
        Swift.print(text)
    }

    /// Prints a table on standard output; nothing when it has no rows.
    package func print(_ table: Table) {
        if !table.rows.isEmpty { Swift.print(self.text(table)) }
    }

    /// Flushes the output, for programs that print over time.
    package static func flush() {
        fflush(nil)
    }

    /// Writes a line to standard error.
    package static func printError(_ line: String) {
        Self.flush()
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
