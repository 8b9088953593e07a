import TangoCore

/// The declaration of an attribute, command or pipe, and when it may be used. Several rules must all agree.
public protocol MemberDeclaration<D>: Sendable {
    associatedtype D: Device
    /// The declaration with one more rule.
    func restricted(by rule: @escaping AccessCheck) -> Self
}

extension MemberDeclaration {
    /// Allowed in these states of the device only.
    /// - Parameter kinds: what the rule is for; all when empty.
    public func allowed(in states: DevState..., for kinds: AccessKind...) -> Self {
        self.restricted { call, kind in
            (!kinds.isEmpty && !kinds.contains(kind)) || states.contains(call.context.state)
        }
    }

    /// Refused in these states of the device.
    /// - Parameter kinds: what the rule is for; all when empty.
    public func notAllowed(in states: DevState..., for kinds: AccessKind...) -> Self {
        self.restricted { call, kind in
            (!kinds.isEmpty && !kinds.contains(kind)) || !states.contains(call.context.state)
        }
    }

    /// Allowed when this code says so.
    public func allowed(when isAllowed: @escaping @Sendable (D, AccessKind) -> Bool) -> Self {
        self.restricted { call, kind in
            guard let device = try? call.device(as: D.self) else { return false }
            return isAllowed(device, kind)
        }
    }
}

extension Optional where Wrapped == AccessCheck {
    /// Both checks.
    func and(_ rule: @escaping AccessCheck) -> AccessCheck {
        guard let first = self else { return rule }
        return { call, kind in first(call, kind) && rule(call, kind) }
    }
}

extension MemberCall {
    /// The device as its own class; the kernel made it by that class, so this fails only for a handler added to another class's device.
    /// - Throws: `API_WrongDeviceClass`.
    public func device<D: Device>(as type: D.Type) throws(DevFailed) -> D {
        guard let device = self.device as? D else {
            throw DevFailed("API_WrongDeviceClass", "\(self.name) is served by code of \(D.self), but the device is of another class")
        }
        return device
    }
}

/// One declaration of a device class.
public enum Member: Sendable {
    case attribute(AttributeDefinition)
    case command(CommandDefinition)
    case pipe(PipeDefinition)
    case property(PropertyDefinition)
    case classProperty(PropertyDefinition)
}

/// Collects the declarations of a device class; loops and conditions make sets of members natural.
@resultBuilder
public enum MemberBuilder<D: Device> {
    public static func buildExpression<V>(_ attribute: Attribute<D, V>) -> [Member] { [.attribute(attribute.definition)] }
    public static func buildExpression(_ command: Command<D>) -> [Member] { [.command(command.definition)] }
    public static func buildExpression(_ pipe: DevicePipe<D>) -> [Member] { [.pipe(pipe.definition)] }
    public static func buildExpression<V>(_ property: DeviceProperty<V>) -> [Member] { [.property(property.definition)] }
    public static func buildExpression<V>(_ property: ClassProperty<V>) -> [Member] { [.classProperty(property.definition)] }
    public static func buildExpression(_ member: Member) -> [Member] { [member] }
    public static func buildExpression(_ members: [Member]) -> [Member] { members }
    public static func buildExpression(_ attribute: AttributeDefinition) -> [Member] { [.attribute(attribute)] }
    public static func buildExpression(_ command: CommandDefinition) -> [Member] { [.command(command)] }
    public static func buildExpression(_ pipe: PipeDefinition) -> [Member] { [.pipe(pipe)] }
    public static func buildExpression(_ property: PropertyDefinition) -> [Member] { [.property(property)] }
    public static func buildExpression(_ attributes: [AttributeDefinition]) -> [Member] { attributes.map { .attribute($0) } }
    public static func buildExpression(_ commands: [CommandDefinition]) -> [Member] { commands.map { .command($0) } }
    public static func buildBlock(_ members: [Member]...) -> [Member] { members.flatMap { $0 } }
    public static func buildArray(_ members: [[Member]]) -> [Member] { members.flatMap { $0 } }
    public static func buildOptional(_ members: [Member]?) -> [Member] { members ?? [] }
    public static func buildEither(first members: [Member]) -> [Member] { members }
    public static func buildEither(second members: [Member]) -> [Member] { members }
}

extension DeviceContext {
    /// Adds an attribute; visible at once. The same declaration again changes nothing.
    /// - Throws: `API_AttrNotFound` when an attribute of another definition has that name.
    public func addAttribute<D: Device, V>(_ attribute: Attribute<D, V>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addAttribute(attribute.definition, to: scope)
    }

    /// Adds a command; visible at once.
    /// - Throws: `API_CommandNotFound` when a command of another definition has that name.
    public func addCommand<D: Device>(_ command: Command<D>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addCommand(command.definition, to: scope)
    }

    /// Adds a pipe, or replaces the one of that name.
    public func addPipe<D: Device>(_ pipe: DevicePipe<D>, to scope: MemberScope = .device) { self.addPipe(pipe.definition, to: scope) }

    /// Adds everything declared; what comes before a refused declaration stays.
    ///
    /// `try context.add(of: Detector.self) { Attribute("Cooling", Double.self).read { $0.cooling } … }`. Properties are not added.
    /// - Throws: as `addAttribute` and `addCommand`.
    public func add<D: Device>(
        of device: D.Type, to scope: MemberScope = .device, @MemberBuilder<D> _ members: () -> [Member]
    ) throws(DevFailed) {
        for member in members() {
            switch member {
            case .attribute(let attribute): try self.addAttribute(attribute, to: scope)
            case .command(let command): try self.addCommand(command, to: scope)
            case .pipe(let pipe): self.addPipe(pipe, to: scope)
            case .property, .classProperty: break
            }
        }
    }
}
