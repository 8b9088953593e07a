import TangoCore

/// The type of a missing argument or result.
struct NoValue: CommandConvertible {
    /// The description of a missing argument or result.
    static let text = "Uninitialised"
    static let commandType = DataType.void

    init() {}

    init?(_ data: CommandData) {
        guard case .void = data else { return nil }
    }

    var commandData: CommandData { .void }
}
