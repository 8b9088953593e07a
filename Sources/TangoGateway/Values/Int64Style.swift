/// How integers of 64 bits are written in answers.
enum Int64Style: String, Sendable, Hashable {
    case number
    /// As a string, for clients that read every number as a double.
    case string

    /// The style of the request whose answer is being made.
    @TaskLocal static var current = Int64Style.number
}
