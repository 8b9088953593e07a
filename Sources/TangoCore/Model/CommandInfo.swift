/// The description of a command (IDL `DevCmdInfo_2`).
public struct CommandInfo: Sendable, Hashable {
    /// Name of the command.
    public var name: String
    /// Whether tools show it to operators or to experts only.
    public var level: DisplayLevel
    /// A number of the device's own; 0 without.
    public var tag: Int32
    /// Number of the argument's Tango type; see `inType`.
    public var inTypeNumber: Int32
    /// Number of the result's Tango type; see `outType`.
    public var outTypeNumber: Int32
    /// Text about the argument; `Uninitialised` when the device has none.
    public var inDescription: String
    /// Text about the result; `Uninitialised` when the device has none.
    public var outDescription: String

    /// Creates a description.
    public init(
        name: String, level: DisplayLevel = .operator, tag: Int32 = 0, inType: DataType, outType: DataType,
        inDescription: String = "Uninitialised", outDescription: String = "Uninitialised"
    ) {
        self.name = name
        self.level = level
        self.tag = tag
        self.inTypeNumber = inType.rawValue
        self.outTypeNumber = outType.rawValue
        self.inDescription = inDescription
        self.outDescription = outDescription
    }

    /// Type of the argument; `nil` for a number this library does not know.
    public var inType: DataType? { DataType(rawValue: self.inTypeNumber) }
    /// Type of the result; `nil` for a number this library does not know.
    public var outType: DataType? { DataType(rawValue: self.outTypeNumber) }
}
