/// One row of a result; valid only while it is decoded.
protocol SQLRow {
    /// Number of columns.
    var count: Int { get }

    /// Returns the text of a column; `nil` for NULL.
    func optionalText(_ column: Int) -> String?

    /// Returns the number in a column; 0 for NULL.
    func number(_ column: Int) -> Int64
}

extension SQLRow {
    /// Returns the text of a column; empty for NULL.
    func text(_ column: Int) -> String { self.optionalText(column) ?? "" }
}
