import TangoCore

/// Rows and columns of text, printed aligned on a terminal and tab-separated elsewhere.
package struct Table: Sendable, Hashable {
    /// The alignment of a column.
    package enum Alignment: Sendable, Hashable {
        case left, right
    }

    /// Heading and layout of a column.
    package struct Column: Sendable, Hashable {
        package var title: String
        package var alignment: Alignment
        /// Whether the column may be truncated when the terminal is too narrow.
        package var isFlexible: Bool

        package init(_ title: String, alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    /// The text and style of one field. Control characters are made visible when printed.
    package struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
        package var text: String
        package var style: Style?

        package init(_ text: String, style: Style? = nil) {
            self.text = text
            self.style = style
        }

        package init(stringLiteral value: String) {
            self.init(value)
        }
    }

    package var columns: [Column]
    package var rows: [[Cell]]

    package init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Creates a table of two columns without headings: names and their values.
    package init(pairs: [(String, Cell)]) {
        self.columns = [Column(""), Column("", isFlexible: true)]
        self.rows = pairs.map { [Cell($0.0, style: .bold), $0.1] }
    }

    /// Columns between two fields.
    static let gap = 2
    /// Smallest width of a truncated column.
    static let minimumWidth = 8

    /// Width of every column including its heading, before truncation.
    var naturalWidths: [Int] {
        self.columns.indices.map { index in
            self.rows.reduce(self.columns[index].title.displayWidth) { widest, row in
                index < row.count ? max(widest, row[index].text.printable.displayWidth) : widest
            }
        }
    }

    /// Returns the width of every column on a line of `limit` columns: the widest flexible one is truncated first.
    func widths(limit: Int?) -> [Int] {
        var widths = self.naturalWidths
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) - limit
        while excess > 0 {
            let flexible = self.columns.indices.filter { self.columns[$0].isFlexible && widths[$0] > Self.minimumWidth }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            let next = flexible.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? Self.minimumWidth
            let cut = min(excess, max(1, widths[widest] - max(next, Self.minimumWidth)))
            widths[widest] -= cut
            excess -= cut
        }
        return widths
    }
}
