import TangoCore

/// On what an attribute, command or pipe is added or removed.
public enum MemberScope: Sendable, Hashable {
    /// On this device. Attributes stay when the device is restarted, commands and pipes do not.
    case device
    /// On all devices of its class, those to come included, until the server is restarted.
    case deviceClass
}

/// Attributes, commands and pipes at run time (RFC-15): any task may add and remove them, before, in and after `initialize()`.
///
/// What is added is complete at once: configuration and memorized value from the database, alarms, lists. Requests that are under way
/// when something is removed end as usual. Clients are told of the new interface once per burst of changes.
extension DeviceContext {
    /// Adds an attribute. The same definition (type, format, writable kind) again changes nothing.
    /// - Throws: `API_AttrNotFound` (the incumbents' reason) when an attribute of another definition has that name.
    public func addAttribute(_ definition: AttributeDefinition, to scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.add(definition)
        case .deviceClass: try self.runtime.classRuntime.add(definition)
        }
    }

    /// Adds an attribute to this device in the place of the one with that name, if there is one: of another type, say.
    /// - Throws: `API_AttrNotFound` for State and Status.
    public func replaceAttribute(_ definition: AttributeDefinition) throws(DevFailed) { try self.runtime.replace(definition) }

    /// Removes an attribute, one declared by the class included.
    /// - Parameter keepsProperties: leaves its properties in the database, for when it is added again.
    /// - Throws: `API_AttrNotFound`, also for State and Status.
    public func removeAttribute(_ name: String, from scope: MemberScope = .device, keepsProperties: Bool = false) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.removeAttribute(name, keepsProperties: keepsProperties)
        case .deviceClass: try self.runtime.classRuntime.removeAttribute(name, keepsProperties: keepsProperties)
        }
    }

    /// Adds a command. The same definition (types of argument and result) again changes nothing.
    /// - Throws: `API_CommandNotFound` (the incumbents' reason) when a command of another definition has that name.
    public func addCommand(_ definition: CommandDefinition, to scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.add(definition)
        case .deviceClass: try self.runtime.classRuntime.add(definition)
        }
    }

    /// Adds a command to this device in the place of the one with that name, if there is one.
    /// - Throws: `API_CommandNotFound` for Init, State and Status.
    public func replaceCommand(_ definition: CommandDefinition) throws(DevFailed) { try self.runtime.replace(definition) }

    /// Removes a command, one declared by the class included.
    /// - Throws: `API_CommandNotFound`, also for Init, State and Status.
    public func removeCommand(_ name: String, from scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.removeCommand(name)
        case .deviceClass: try self.runtime.classRuntime.removeCommand(name)
        }
    }

    /// Adds a pipe, or replaces the one of that name.
    public func addPipe(_ definition: PipeDefinition, to scope: MemberScope = .device) {
        switch scope {
        case .device: self.runtime.add(definition)
        case .deviceClass: self.runtime.classRuntime.add(definition)
        }
    }

    /// - Throws: `API_PipeNotFound`.
    public func removePipe(_ name: String, from scope: MemberScope = .device) throws(DevFailed) {
        switch scope {
        case .device: try self.runtime.removePipe(name)
        case .deviceClass: try self.runtime.classRuntime.removePipe(name)
        }
    }

    /// Names of the attributes, in order, State and Status last.
    public var attributeNames: [String] { self.runtime.allAttributes.map(\.name) }

    /// Names of the commands as lists show them.
    public var commandNames: [String] { self.runtime.members.withLock { $0.commandInfos.map(\.name) } }
}
