/// Rows and columns of text, printed aligned on a terminal and tab-separated elsewhere.
public struct Table: Sendable, Hashable {
    /// Where the text of a column stands.
    public enum Alignment: Sendable, Hashable {
        case left, right
    }

    /// Heading and layout of a column.
    public struct Column: Sendable, Hashable {
        public var title: String
        public var alignment: Alignment
        /// Whether the column may be cut when the terminal is too narrow.
        public var isFlexible: Bool

        public init(_ title: String, alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    /// Text of one field and how it looks. Control characters are made visible when printed.
    public struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
        public var text: String
        public var style: Style?

        public init(_ text: String, style: Style? = nil) {
            self.text = text
            self.style = style
        }

        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    public var columns: [Column]
    public var rows: [[Cell]]

    public init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// A table of two columns without headings: names and their values.
    public init(pairs: [(String, Cell)]) {
        self.columns = [Column(""), Column("", isFlexible: true)]
        self.rows = pairs.map { [Cell($0.0, style: .bold), $0.1] }
    }

    /// Columns between two fields.
    static let gap = 2
    /// A flexible column is not cut below this.
    static let minimumWidth = 8

    /// Width of every column, headings included, before anything is cut.
    var naturalWidths: [Int] {
        self.columns.indices.map { index in
            self.rows.reduce(self.columns[index].title.displayWidth) { widest, row in
                index < row.count ? max(widest, row[index].text.printable.displayWidth) : widest
            }
        }
    }

    /// Width of every column when the line may have `limit` columns: the widest flexible one is cut first.
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
