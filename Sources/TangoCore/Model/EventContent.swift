/// The announcement that data of an attribute are ready to be read (IDL `AttDataReady`).
public struct DataReady: Sendable, Hashable {
    /// Name of the attribute.
    public var attribute: String
    /// Number of the Tango type of the attribute.
    public var typeNumber: Int32
    /// A number that the device's code gives, such as that of the measurement.
    public var counter: Int32

    /// Creates an announcement.
    public init(attribute: String, typeNumber: Int32, counter: Int32) {
        self.attribute = attribute
        self.typeNumber = typeNumber
        self.counter = counter
    }
}

/// The commands and attributes that a device has after a change of them (IDL `DevIntrChange`).
public struct InterfaceChange: Sendable, Hashable {
    /// Whether the device was made anew rather than changed while it ran.
    public var isDeviceStarted: Bool
    /// All its commands.
    public var commands: [CommandInfo]
    /// The configurations of all its attributes.
    public var attributes: [AttributeConfig]

    /// Creates a description of a device's members.
    public init(isDeviceStarted: Bool, commands: [CommandInfo], attributes: [AttributeConfig]) {
        self.isDeviceStarted = isDeviceStarted
        self.commands = commands
        self.attributes = attributes
    }
}
