import TangoCore

/// One declaration of a device class.
public enum Member: Sendable {
    /// An attribute, forwarded ones included.
    case attribute(AttributeDefinition)
    /// A command.
    case command(CommandDefinition)
    /// A pipe.
    case pipe(PipeDefinition)
    /// A property of the devices.
    case property(PropertyDefinition)
    /// A property of the class.
    case classProperty(PropertyDefinition)
}

/// Collects the declarations of a device class. It takes typed declarations, definitions and lists of them, with `if`, `switch` and `for`.
@resultBuilder
public enum MemberBuilder<D: Device> {
    /// Takes an attribute.
    public static func buildExpression<V>(_ attribute: Attribute<D, V>) -> [Member] { [.attribute(attribute.definition)] }
    /// Takes a forwarded attribute.
    public static func buildExpression(_ attribute: ForwardedAttribute<D>) -> [Member] { [.attribute(attribute.definition)] }
    /// Takes a command.
    public static func buildExpression(_ command: Command<D>) -> [Member] { [.command(command.definition)] }
    /// Takes a pipe.
    public static func buildExpression(_ pipe: DevicePipe<D>) -> [Member] { [.pipe(pipe.definition)] }
    /// Takes a property of the devices.
    public static func buildExpression<V>(_ property: DeviceProperty<V>) -> [Member] { [.property(property.definition)] }
    /// Takes a property of the class.
    public static func buildExpression<V>(_ property: ClassProperty<V>) -> [Member] { [.classProperty(property.definition)] }
    /// Takes a member of any kind.
    public static func buildExpression(_ member: Member) -> [Member] { [member] }
    /// Takes members of any kind.
    public static func buildExpression(_ members: [Member]) -> [Member] { members }
    /// Takes the definition of an attribute.
    public static func buildExpression(_ attribute: AttributeDefinition) -> [Member] { [.attribute(attribute)] }
    /// Takes the definition of a command.
    public static func buildExpression(_ command: CommandDefinition) -> [Member] { [.command(command)] }
    /// Takes the definition of a pipe.
    public static func buildExpression(_ pipe: PipeDefinition) -> [Member] { [.pipe(pipe)] }
    /// Takes the definition of a property of the devices.
    public static func buildExpression(_ property: PropertyDefinition) -> [Member] { [.property(property)] }
    /// Takes definitions of attributes.
    public static func buildExpression(_ attributes: [AttributeDefinition]) -> [Member] { attributes.map { .attribute($0) } }
    /// Takes definitions of commands.
    public static func buildExpression(_ commands: [CommandDefinition]) -> [Member] { commands.map { .command($0) } }
    /// Joins the declarations of a block.
    public static func buildBlock(_ members: [Member]...) -> [Member] { members.flatMap { $0 } }
    /// Joins the declarations of a loop.
    public static func buildArray(_ members: [[Member]]) -> [Member] { members.flatMap { $0 } }
    /// Takes the declarations of an `if` without `else`.
    public static func buildOptional(_ members: [Member]?) -> [Member] { members ?? [] }
    /// Takes the declarations of the first branch.
    public static func buildEither(first members: [Member]) -> [Member] { members }
    /// Takes the declarations of the second branch.
    public static func buildEither(second members: [Member]) -> [Member] { members }
}
