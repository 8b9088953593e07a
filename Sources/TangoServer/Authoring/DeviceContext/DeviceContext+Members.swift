public import TangoCore

/// Whether a member belongs to one device or to its class.
public enum MemberScope: Sendable, Hashable {
    /// This device. Attributes stay when the device is restarted, commands and pipes do not.
    case device
    /// All devices of its class, later ones included, until the server is restarted.
    case deviceClass
}

/// Attributes, commands and pipes that come and go at run time (RFC-15). Any task may add and remove them, before, during and after
/// `initialize()`. Names are compared without regard to case.
///
/// A new member can be used at once; its configuration and memorized value are read from the database. Requests under way when a member is
/// removed finish as usual. The change of the interface is announced once per burst of changes.
extension DeviceContext {
    /// Adds an attribute. Adding the same definition (type, format, access) again changes nothing.
    /// - Parameter definition: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_AttrNotFound` (the reason of cppTango) when an attribute of another definition has that name;
    ///   `API_AttrWrongDefined`, `API_IncompatibleAttrDataType` or `API_IncoherentValues` for a definition that cannot be.
    public func addAttribute(_ definition: AttributeDefinition, to scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.interface.add(definition.wireTexts)
        case .deviceClass: try self.runtime.classRuntime.add(definition.wireTexts)
        }
    }

    /// Adds an attribute to this device, in place of the one with that name if there is one; the type may differ.
    /// - Throws: `API_AttrNotFound` for State and Status; what `addAttribute` throws for a definition that cannot be.
    public func replaceAttribute(_ definition: AttributeDefinition) throws(DevFailed) {
        try self.runtime.interface.replace(definition.wireTexts)
    }

    /// Removes an attribute, which may be one declared by the class.
    /// - Parameters:
    ///   - name: name of the member, in any case.
    ///   - scope: the device, or all devices of its class.
    ///   - keepsProperties: leaves its properties in the database, for when it is added again.
    /// - Throws: `API_AttrNotFound`, also for State and Status.
    public func removeAttribute(_ name: String, from scope: MemberScope = .device, keepsProperties: Bool = false) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.interface.removeAttribute(name.wireMetadata, keepsProperties: keepsProperties)
        case .deviceClass: try self.runtime.classRuntime.removeAttribute(name.wireMetadata, keepsProperties: keepsProperties)
        }
    }

    /// Adds a command. Adding the same definition (types of argument and result) again changes nothing.
    /// - Parameter definition: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_CommandNotFound` (the reason of cppTango) when a command of another definition has that name.
    public func addCommand(_ definition: CommandDefinition, to scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.interface.add(definition.wireTexts)
        case .deviceClass: try self.runtime.classRuntime.add(definition.wireTexts)
        }
    }

    /// Adds a command to this device, in place of the one with that name if there is one.
    /// - Throws: `API_CommandNotFound` for Init, State and Status.
    public func replaceCommand(_ definition: CommandDefinition) throws(DevFailed) {
        try self.runtime.interface.replace(definition.wireTexts)
    }

    /// Removes a command, which may be one declared by the class.
    /// - Parameter name: name of the member, in any case.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_CommandNotFound`, also for Init, State and Status.
    public func removeCommand(_ name: String, from scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.interface.removeCommand(name.wireMetadata)
        case .deviceClass: try self.runtime.classRuntime.removeCommand(name.wireMetadata)
        }
    }

    /// Adds a pipe, in place of the one with that name if there is one.
    /// - Parameter definition: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    public func addPipe(_ definition: PipeDefinition, to scope: MemberScope = .device) {
        switch scope {
        case .device: self.runtime.interface.add(definition.wireTexts)
        case .deviceClass: self.runtime.classRuntime.add(definition.wireTexts)
        }
    }

    /// Removes a pipe, which may be one declared by the class.
    /// - Parameter name: name of the member, in any case.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_PipeNotFound`.
    public func removePipe(_ name: String, from scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.interface.removePipe(name.wireMetadata)
        case .deviceClass: try self.runtime.classRuntime.removePipe(name.wireMetadata)
        }
    }

    /// Names of the attributes as clients list them, State and Status last.
    public var attributeNames: [String] { self.runtime.allAttributes.map { TangoText.readable($0.name) } }

    /// Names of the commands as clients list them.
    public var commandNames: [String] { self.runtime.members.commandInfos.map { TangoText.readable($0.name) } }
}

// MARK: - Typed declarations

extension DeviceContext {
    /// Adds an attribute. Adding the same declaration again changes nothing.
    /// - Parameter attribute: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: as `addAttribute(_:to:)` for a definition.
    public func addAttribute<D: Device, V>(_ attribute: Attribute<D, V>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addAttribute(attribute.definition, to: scope)
    }

    /// Adds a forwarded attribute; clients see it as soon as its root is found.
    /// - Parameter attribute: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_AttrNotFound` when another attribute has that name.
    public func addAttribute<D: Device>(_ attribute: ForwardedAttribute<D>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addAttribute(attribute.definition, to: scope)
    }

    /// Adds a command. Adding the same declaration again changes nothing.
    /// - Parameter command: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    /// - Throws: `API_CommandNotFound` when a command of another definition has that name.
    public func addCommand<D: Device>(_ command: Command<D>, to scope: MemberScope = .device) throws(DevFailed) {
        try self.addCommand(command.definition, to: scope)
    }

    /// Adds a pipe, in place of the one with that name if there is one.
    /// - Parameter pipe: what to add.
    /// - Parameter scope: the device, or all devices of its class.
    public func addPipe<D: Device>(_ pipe: DevicePipe<D>, to scope: MemberScope = .device) { self.addPipe(pipe.definition, to: scope) }

    /// Adds a list of declarations: `try context.add(of: Detector.self) { Attribute("Cooling", Double.self).read { $0.cooling } … }`.
    ///
    /// Properties are not added. Declarations before one that is refused stay.
    /// - Parameters:
    ///   - device: the class whose code serves them.
    ///   - scope: the device, or all devices of its class.
    ///   - members: attributes, commands and pipes.
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
