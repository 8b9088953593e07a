/// A parameter of an SQL statement.
enum SQLValue: Sendable, Hashable {
    case null
    case text(String)
    case integer(Int64)

    /// Creates a number of any integer type, clamped to 64 bits.
    static func number(_ number: some BinaryInteger) -> SQLValue { .integer(Int64(clamping: number)) }
}
