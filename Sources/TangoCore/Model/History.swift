/// Past values of a polled attribute (IDL `DevAttrHistory` to `DevAttrHistory_5`).
public struct AttributeHistory: Sendable, Hashable {
    /// Name of the attribute.
    public var name: String
    /// The values, oldest first; failed reads have their errors.
    public var values: [AttributeValue]

    /// Creates a history.
    public init(name: String, values: [AttributeValue]) {
        self.name = name
        self.values = values
    }
}

/// One past result of a polled command (IDL `DevCmdHistory`).
public struct CommandHistoryRecord: Sendable, Hashable {
    /// When the command was executed.
    public var time: Timestamp
    /// The result; `void` when it failed.
    public var result: CommandData
    /// The error stack when it failed, root cause first; empty otherwise.
    public var errors: [DevError]

    /// Creates a record.
    public init(time: Timestamp, result: CommandData, errors: [DevError] = []) {
        self.time = time
        self.result = result
        self.errors = errors
    }
}
