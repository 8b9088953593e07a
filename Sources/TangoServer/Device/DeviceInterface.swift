import TangoCore

/// Adds, replaces and removes the members of a device at run time, and keeps in step what depends on them: polling, the database, and the
/// announcement of the interface.
struct DeviceInterface: Sendable {
    let runtime: DeviceRuntime

    private var members: DeviceMembers { self.runtime.members }

    // MARK: - Attributes

    /// Adds the first members of a new device: those its class has now.
    func addClassMembers(
        _ attributes: OrderedTable<ClassAttribute>, _ commands: OrderedTable<ClassCommand>, _ pipes: OrderedTable<PipeDefinition>,
        _ forwarded: [AttributeDefinition]
    ) {
        self.members.set(
            attributes.map { self.makeAttribute($0) }, builtIn: BuiltInMembers.attributes.map { self.makeAttribute($0) }, commands, pipes,
            forwarded: forwarded)
    }

    /// Makes an attribute of the device, configured by its properties; it is not part of the device yet.
    func makeAttribute(_ shared: ClassAttribute) -> AttributeRuntime {
        var properties = self.runtime.database.properties(ofAttribute: shared.value.name)
        // Everything but the label belongs to the root.
        if shared.root != nil { properties = properties.filtered { $0 == AttributeSetting.label.rawValue } }
        return AttributeRuntime(
            shared, deviceName: self.runtime.name.text, properties: properties, activeAlarms: self.members.activeAlarms)
    }

    /// Adds an attribute. The same definition again changes nothing.
    /// - Returns: whether it is new.
    /// - Throws: `API_AttrNotFound`, the reason of cppTango, when another one has that name, State and Status included.
    @discardableResult
    func add(_ shared: ClassAttribute) throws(DevFailed) -> Bool {
        let definition = shared.value
        if definition.forwarding != nil { return try self.addForwarded(definition) }
        guard !self.members.hasForwarded(among: [definition.name]) else { throw self.otherDefinition(attribute: definition.name) }
        try definition.check()
        let new = self.makeAttribute(shared)
        if self.runtime.isStarted { new.markAddedAtRunTime() }
        if let existing = self.members.add(new) {
            guard existing.definition.isCompatible(with: definition) else { throw self.otherDefinition(attribute: definition.name) }
            return false
        }
        self.runtime.events.attach(new)
        self.runtime.pollConfiguration.memberAdded(.attribute, definition.name, pollingPeriod: definition.pollingPeriod)
        self.runtime.announcement.changed(by: shared.signature)
        guard self.runtime.isStarted else { return true }
        if self.runtime.database.hasStorage {
            self.readProperties(of: new)
        } else {
            self.writeMemorized(new)
        }
        return true
    }

    func add(_ definition: AttributeDefinition) throws(DevFailed) { try self.add(ClassAttribute(definition, isDeviceLevel: true)) }

    /// Reads the properties of an attribute that was added to the running device, and configures the attribute by them.
    private func readProperties(of attribute: AttributeRuntime) {
        let runtime = self.runtime
        runtime.database.readProperties(ofAttribute: attribute.name) { [weak runtime] properties, isRepeated in
            runtime?.interface.configure(attribute, properties, isRepeated: isRepeated)
        } completion: { [weak runtime] in
            runtime?.announcement.propertiesRead()
        }
    }

    /// Configures an added attribute by what the database says of it, and writes its memorized value where that is wanted.
    /// - Parameter isRepeated: the database did not answer at first: a set value that is there by now is not written again.
    private func configure(_ attribute: AttributeRuntime, _ properties: StoredAttributeProperties?, isRepeated: Bool) {
        guard self.members.attribute(attribute.name) === attribute else { return }
        let isWritten = isRepeated && attribute.writtenValue != nil
        if let properties, let new = self.runtime.database.keep(properties, ofAttribute: attribute.name) {
            attribute.reload(new, deviceName: self.runtime.name.text)
            self.members.updateAlarmIndex(for: attribute)
            self.runtime.server.changes.send(self.runtime.name, .attributeConfig(attribute.config))
        }
        if !isWritten { self.writeMemorized(attribute) }
    }

    private func writeMemorized(_ attribute: AttributeRuntime) {
        guard attribute.definition.memorization == .memorizedWriteAtInit, attribute.writtenValue != nil else { return }
        self.runtime.writeMemorizedLater([attribute])
    }

    /// Adds a forwarded attribute; it appears among the others when its root is found.
    private func addForwarded(_ definition: AttributeDefinition) throws(DevFailed) -> Bool {
        guard let isAdded = self.members.addForwarded(definition) else { return false }
        guard isAdded else { throw self.otherDefinition(attribute: definition.name) }
        guard self.runtime.isStarted else { return true }
        let (name, runtime) = (definition.name, self.runtime)
        guard runtime.database.hasStorage else {
            Task { await runtime.forwarding.resolve() }
            return true
        }
        runtime.database.readProperties(ofAttribute: name) { [weak runtime] properties, _ in
            guard let runtime, let properties, runtime.members.forwarded(name) != nil else { return }
            _ = runtime.database.keep(properties, ofAttribute: name)
        } completion: { [weak runtime] in
            runtime?.announcement.propertiesRead()
            await runtime?.forwarding.resolve()
        }
        return true
    }

    /// Removes an attribute: requests that arrive from now on do not find it, one that is reading it now ends as usual.
    /// - Parameter keepsProperties: leaves its properties and its polling in the database, for when it is added again.
    /// - Throws: `API_AttrNotFound`, also for State and Status.
    func removeAttribute(_ name: String, keepsProperties: Bool) throws(DevFailed) {
        let (removed, forwarded) = self.members.removeAttribute(name)
        if let forwarded { self.runtime.server.roots.release(self.runtime.name, forwarded.name) }
        guard let removed else {
            if let forwarded {
                if !keepsProperties { self.runtime.database.deleteProperties(ofAttribute: forwarded.name) }
                return
            }
            throw DevFailed(
                .attributeProperty, "Attribute \(name) not found in class attribute(s)", origin: "MultiClassAttribute::remove_attr"
            )
            .rethrowing(
                .attributeNotFound, "Attribute \(name) is not defined as attribute for your device.\nCan't remove it",
                origin: "DeviceImpl::remove_attribute")
        }
        removed.detach()
        self.runtime.pollConfiguration.memberRemoved(.attribute, removed.name, deletesProperties: !keepsProperties)
        self.runtime.events.removed(removed.name)
        if !keepsProperties { self.runtime.database.deleteProperties(ofAttribute: removed.name) }
        self.runtime.announcement.changed(by: removed.signature)
    }

    /// Puts an attribute in the place of the one with that name, of whatever definition, or adds it.
    /// - Throws: `API_AttrNotFound` for State and Status.
    func replace(_ definition: AttributeDefinition) throws(DevFailed) {
        guard !BuiltInMembers.isReserved(attribute: definition.name) else { throw self.otherDefinition(attribute: definition.name) }
        if definition.forwarding != nil {
            let isThere = self.members.attribute(definition.name) != nil || self.members.hasForwarded(among: [definition.name])
            if isThere { try self.removeAttribute(definition.name, keepsProperties: true) }
            try self.add(definition)
            return
        }
        try definition.check()
        let new = self.makeAttribute(ClassAttribute(definition, isDeviceLevel: true))
        let (old, forwarded) = self.members.replace(with: new)
        self.runtime.events.attach(new)
        if forwarded != nil { self.runtime.server.roots.release(self.runtime.name, definition.name) }
        old?.detach()
        self.runtime.announcement.changed(by: new.signature ^ (old?.signature ?? 0))
    }

    private func otherDefinition(attribute: String) -> DevFailed { Self.otherDefinition(attribute: attribute, of: self.runtime.name) }

    static func otherDefinition(attribute: String, of device: DeviceName) -> DevFailed {
        DevFailed(
            .attributeNotFound,
            "Device \(device.text) -> Attribute \(attribute) already exists for your device but with other definition\n(data type, data format or data write type)",
            origin: "DeviceImpl::add_attribute")
    }

    // MARK: - Commands

    /// Adds a command. The same definition again changes nothing.
    /// - Throws: `API_CommandNotFound`, the reason of cppTango, when another one has that name.
    func add(_ shared: ClassCommand) throws(DevFailed) {
        let info = shared.value.info
        if let existing = self.members.add(shared) {
            guard existing.value.info.hasSameTypes(as: info) else { throw Self.otherDefinition(command: info.name, of: self.runtime.name) }
            return
        }
        self.runtime.pollConfiguration.memberAdded(.command, info.name, pollingPeriod: shared.value.pollingPeriod)
        self.runtime.announcement.changed(by: shared.signature)
    }

    func add(_ definition: CommandDefinition) throws(DevFailed) { try self.add(ClassCommand(definition, isDeviceLevel: true)) }

    /// Removes a command.
    /// - Throws: `API_CommandNotFound`, also for Init, State and Status.
    func removeCommand(_ name: String) throws(DevFailed) {
        guard let removed = self.members.removeCommand(name) else {
            throw DevFailed(.commandNotFound, "\(name) command not found", origin: "DeviceClass::remove_command").rethrowing(
                .commandNotFound, "Command \(name) is not defined as a command for your device.\nCan't remove it",
                origin: "DeviceImpl::remove_command")
        }
        self.runtime.pollConfiguration.memberRemoved(.command, removed.value.info.name, deletesProperties: true)
        self.runtime.announcement.changed(by: removed.signature)
    }

    /// Puts a command in the place of the one with that name, of whatever definition, or adds it.
    /// - Throws: `API_CommandNotFound` for Init, State and Status.
    func replace(_ definition: CommandDefinition) throws(DevFailed) {
        guard !BuiltInMembers.isReserved(command: definition.info.name) else {
            throw Self.otherDefinition(command: definition.info.name, of: self.runtime.name)
        }
        let new = ClassCommand(definition, isDeviceLevel: true)
        let old = self.members.replace(with: new)
        self.runtime.announcement.changed(by: new.signature ^ (old?.signature ?? 0))
    }

    static func otherDefinition(command: String, of device: DeviceName) -> DevFailed {
        DevFailed(
            .commandNotFound,
            "Device \(device.text) -> Command \(command) already exists for your device but with other definition\n(command input data type or command output data type)",
            origin: "DeviceImpl::add_command")
    }

    // MARK: - Pipes

    /// Adds a pipe, or replaces the one of that name.
    func add(_ definition: PipeDefinition) { self.members.set(definition) }

    /// Removes a pipe.
    /// - Throws: `API_PipeNotFound`.
    func removePipe(_ name: String) throws(DevFailed) {
        guard self.members.removePipe(name) else {
            throw DevFailed.pipeNotFound(name, origin: "DeviceImpl::remove_pipe")
        }
        self.runtime.events.removed(name)
    }

    // MARK: - DevRestart

    /// Adopts the attributes that were added to and removed from the object this one replaces, as cppTango 9.3.4 does: a DevRestart keeps
    /// attributes and drops commands that were added to the device alone. Members that the new object has added itself come first.
    func adoptAttributes(of old: DeviceRuntime) {
        let former = old.members.attributeTable
        for attribute in former.members where attribute.isDeviceLevel && self.members.attribute(attribute.name) == nil {
            _ = try? self.add(attribute.shared)
        }
        for attribute in self.members.attributes
        where !attribute.isDeviceLevel && attribute.root == nil && former[attribute.name] == nil {
            try? self.removeAttribute(attribute.name, keepsProperties: true)
        }
    }
}

extension AttributeRuntime {
    /// State or Status.
    var isBuiltIn: Bool { self.role != .ordinary }
}

extension AttributeDefinition {
    /// Whether adding the other one under the same name means the same attribute.
    func isCompatible(with other: AttributeDefinition) -> Bool {
        self.type == other.type && self.format == other.format && self.access == other.access
    }

    /// Hash of the parts of the definition that clients see.
    var signature: Int {
        var hasher = Hasher()
        hasher.combine(self.name)
        hasher.combine(self.type)
        hasher.combine(self.format)
        hasher.combine(self.access)
        hasher.combine(self.maxDimX)
        hasher.combine(self.maxDimY)
        hasher.combine(self.level)
        hasher.combine(self.writeAttributeName)
        return hasher.finalize()
    }
}

extension CommandInfo {
    func hasSameTypes(as other: CommandInfo) -> Bool {
        self.inTypeNumber == other.inTypeNumber && self.outTypeNumber == other.outTypeNumber
    }
}
