/// The configuration of a pipe (IDL `PipeConfig`).
public struct PipeConfig: Sendable, Hashable {
    /// Name of the pipe.
    public var name: String
    /// Text for people.
    public var description: String
    /// Name for people; the pipe's name unless set.
    public var label: String
    /// Whether tools show it to operators or to experts only.
    public var level: DisplayLevel
    /// Whether clients may write it.
    public var writable: PipeWriteType
    /// Reserved by the IDL; empty.
    public var extensions: [String]

    /// Creates a configuration.
    public init(
        name: String, description: String = "No description",
        label: String? = nil,
        level: DisplayLevel = .operator,
        writable: PipeWriteType = .read,
        extensions: [String] = []
    ) {
        self.name = name
        self.description = description
        self.label = label ?? name
        self.level = level
        self.writable = writable
        self.extensions = extensions
    }
}
