/// A change of what is polled, as the properties record it.
enum PollChange: Sendable {
    /// Polled with a period in milliseconds.
    case polled(PollTarget, period: Int)
    /// Not polled any more.
    /// - isDeclaredInCode: the class's code polls it: the properties have to record that it is stopped.
    case stopped(PollTarget, isDeclaredInCode: Bool)
}
