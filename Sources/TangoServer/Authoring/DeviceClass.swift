import TangoCore

/// A device class: its name, its properties and the members its devices have from the start.
///
/// `DeviceServer` checks the declarations when it starts (see `ServerStartError`): a server with a class that declares a member twice, an
/// attribute without a handler, or the like, does not start.
public struct DeviceClass: Sendable {
    /// Name of the class as the database and clients know it.
    public var name: String
    /// Where handlers run.
    public var execution: Execution
    /// Which requests are serialized.
    public var serialModel: SerialModel
    /// Properties of the devices.
    public var properties: [PropertyDefinition]
    /// Properties of the class.
    public var classProperties: [PropertyDefinition]
    /// Class properties that document the class. At start-up those that the database does not have are written to it.
    public var documentation: [String: [String]]
    /// Text of the device attribute `description`.
    public var deviceDescription: String
    /// Attributes in the order in which clients list them; State and Status come last and are not declared.
    public var attributes: [AttributeDefinition]
    /// Commands; clients list them by name. Init, State and Status are not declared.
    public var commands: [CommandDefinition]
    /// Pipes in the order in which clients list them.
    public var pipes: [PipeDefinition]
    /// Whether handlers of commands receive the caller (`MemberCall.caller`).
    package var passesCaller = false
    /// Whether the members are declared in code, and thus checked when the server starts; not so for a twin of another device.
    package var isDeclaredInCode = true
    let make: @Sendable (DeviceContext) throws -> any Device

    /// Describes a class whose devices are made by `init(context:)`.
    /// - Parameters:
    ///   - name: name of the class in the database.
    ///   - type: the Swift class.
    ///   - execution: where handlers run.
    ///   - serialModel: which requests are serialized.
    ///   - deviceDescription: text of the device attribute `description`.
    ///   - documentation: class properties to write at start-up where the database has none.
    ///   - members: attributes, commands, pipes and properties.
    public init<D: Device>(
        _ name: String, _ type: D.Type, execution: Execution = .blocking, serialModel: SerialModel = .byDevice,
        deviceDescription: String = "A TANGO device", documentation: [String: [String]] = [:],
        @MemberBuilder<D> members: () -> [Member] = { [] }
    ) {
        self.init(
            name, execution: execution, serialModel: serialModel, deviceDescription: deviceDescription, documentation: documentation,
            make: { try D(context: $0) }, members: members)
    }

    /// Describes a class whose devices are made by a closure, for devices that need more than their context.
    /// - Parameters:
    ///   - name: name of the class in the database.
    ///   - execution: where handlers run.
    ///   - serialModel: which requests are serialized.
    ///   - deviceDescription: text of the device attribute `description`.
    ///   - documentation: class properties to write at start-up where the database has none.
    ///   - make: makes the object of a device; an error leaves the device in `FAULT`.
    ///   - members: attributes, commands, pipes and properties.
    public init<D: Device>(
        _ name: String, execution: Execution = .blocking, serialModel: SerialModel = .byDevice,
        deviceDescription: String = "A TANGO device", documentation: [String: [String]] = [:],
        make: @escaping @Sendable (DeviceContext) throws -> D, @MemberBuilder<D> members: () -> [Member] = { [] }
    ) {
        self.name = name
        self.execution = execution
        self.serialModel = serialModel
        self.deviceDescription = deviceDescription
        self.documentation = documentation
        self.properties = []
        self.classProperties = []
        self.attributes = []
        self.commands = []
        self.pipes = []
        for member in members() {
            switch member {
            case .attribute(let attribute): self.attributes.append(attribute)
            case .command(let command): self.commands.append(command)
            case .pipe(let pipe): self.pipes.append(pipe)
            case .property(let property): self.properties.append(property)
            case .classProperty(let property): self.classProperties.append(property)
            }
        }
        let mandatory = self.properties.filter(\.isMandatory)
        self.make = { context in
            try context.checkMandatory(mandatory)
            return try make(context)
        }
    }
}
