import TangoCore

/// A device: an object of a device class. The kernel calls it from one request at a time (its gate), so it needs no locks.
public protocol Device: AnyObject, SendableMetatype {
    /// Makes the object; it does its work in `initialize()`.
    init(context: DeviceContext) throws

    /// Brings the device to its initial state: at start-up and by the Init command. Default: nothing.
    func initialize() async throws

    /// Releases what `initialize()` took: before the Init command initializes anew, and at the end. Default: nothing.
    func release() async

    /// Runs before each command, read and write request. Default: nothing.
    func alwaysExecuted() throws
}

extension Device {
    public func initialize() async throws {}
    public func release() async {}
    public func alwaysExecuted() throws {}
}

/// Where the handlers of a class run.
public enum Execution: Sendable, Hashable {
    /// On a pool of threads: handlers may block. The safe default; costs a thread hop per request.
    case blocking
    /// On the event loop that read the request: for handlers that never block.
    case inline
}

/// What is serialized: requests of one unit never overlap, not even where a handler awaits (RFC-8).
public enum SerialModel: Sendable, Hashable {
    case byDevice
    case byClass
    case byProcess
    /// Reads and commands are not serialized; the device does its own locking.
    case none
}

/// Description of a device class: its name, its properties and what its devices have from the start.
public struct DeviceClass: Sendable {
    public var name: String
    public var execution: Execution
    public var serialModel: SerialModel
    public var properties: [PropertyDefinition]
    public var classProperties: [PropertyDefinition]
    /// Class properties written to the database at start-up where it has none (documentation of the class).
    public var documentation: [String: [String]]
    /// What `description` answers.
    public var deviceDescription: String
    public var attributes: [AttributeDefinition]
    public var commands: [CommandDefinition]
    public var pipes: [PipeDefinition]
    /// Whether handlers of commands are told who calls (`MemberCall.caller`).
    package var tellsCaller = false
    let make: @Sendable (DeviceContext) throws -> any Device

    /// - Parameter members: declarations of attributes, commands, pipes and properties; each lowers to the kernel's definition.
    public init<D: Device>(
        _ name: String, _ type: D.Type, execution: Execution = .blocking, serialModel: SerialModel = .byDevice,
        deviceDescription: String = "A TANGO device", documentation: [String: [String]] = [:],
        @MemberBuilder<D> members: () -> [Member] = { [] }
    ) {
        self.init(
            name, execution: execution, serialModel: serialModel, deviceDescription: deviceDescription, documentation: documentation,
            make: { try D(context: $0) }, members: members)
    }

    /// A class whose devices are made by this code: for those that need more than their context.
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
