import NIOCore
import TangoCore

extension DeviceRuntime {
    /// What a device has, by name.
    struct Members {
        var attributes = OrderedTable<AttributeRuntime>()
        var commands = OrderedTable<ClassCommand>()
        var pipes = OrderedTable<PipeDefinition>()
        /// State and Status, always last in lists.
        var last: [AttributeRuntime] = []
        /// Attributes whose values decide on the state.
        var alarmed: [ObjectIdentifier: AttributeRuntime] = [:]
        /// Attributes that make the device show ALARM whatever their values: wrongly configured, or not written at the start.
        var troubled: [ObjectIdentifier: AttributeRuntime] = [:]
        /// Attributes of other devices under names of this one, those included whose roots were not found.
        var forwarded = ForwardedMembers()
        /// Changes with the lists of commands and attributes, and is the same again when they are.
        var digest = 0

        func attribute(_ name: String) -> AttributeRuntime? {
            if let found = self.attributes[name] { return found }
            let key = name.tangoFolded
            return self.last.first { $0.name.tangoFolded == key }
        }

        /// The commands as lists show them: of the class by name, added to the class, added to the device.
        var commandInfos: [CommandInfo] {
            let all = self.commands.members
            return all.filter { !$0.isDeviceLevel }.map(\.value.info) + all.filter(\.isDeviceLevel).map(\.value.info)
        }

        /// Takes note of what the attribute's configuration and memorized value mean for the state.
        mutating func updateAlarmIndex(for attribute: AttributeRuntime) {
            let id = ObjectIdentifier(attribute)
            if attribute.hasAlarms { self.alarmed[id] = attribute } else if !self.alarmed.isEmpty { self.alarmed[id] = nil }
            if attribute.isTroubled { self.troubled[id] = attribute } else if !self.troubled.isEmpty { self.troubled[id] = nil }
        }

        mutating func forget(_ attribute: AttributeRuntime) {
            if !self.alarmed.isEmpty { self.alarmed[ObjectIdentifier(attribute)] = nil }
            if !self.troubled.isEmpty { self.troubled[ObjectIdentifier(attribute)] = nil }
        }
    }

    func attribute(_ name: String) -> AttributeRuntime? { self.members.withLock { $0.attribute(name) } }
    func command(_ name: String) -> ClassCommand? { self.members.withLock { $0.commands[name] } }
    func pipe(_ name: String) -> PipeDefinition? { self.members.withLock { $0.pipes[name] } }
    var allAttributes: [AttributeRuntime] { self.members.withLock { $0.attributes.members + $0.last } }

    // MARK: - Adding

    /// The first members of a new device: what its class has now. Devices of a class share the tables until one changes its own.
    func takeClassMembers(
        _ attributes: OrderedTable<ClassAttribute>, _ commands: OrderedTable<ClassCommand>, _ pipes: OrderedTable<PipeDefinition>,
        _ forwarded: [AttributeDefinition]
    ) {
        let own = attributes.map { self.makeAttribute($0) }
        let last = BuiltInMembers.attributes.map { self.makeAttribute($0) }
        self.members.withLock { members in
            members.attributes = own
            members.commands = commands
            members.pipes = pipes
            members.last = last
            for definition in forwarded { members.forwarded.set(ForwardedMember(definition: definition)) }
            for attribute in own.members {
                members.updateAlarmIndex(for: attribute)
                members.digest ^= attribute.signature
            }
            for attribute in last { members.updateAlarmIndex(for: attribute) }
            for command in commands.members { members.digest ^= command.signature }
        }
    }

    func makeAttribute(_ shared: ClassAttribute) -> AttributeRuntime {
        var properties = self.configuration(ofAttribute: shared.value.name)
        // All but the label is the root's.
        if shared.root != nil { properties = properties.filtered { $0 == AttributeSetting.label.rawValue } }
        return AttributeRuntime(shared, deviceName: self.name.text, properties: properties, activeAlarms: self.activeAlarms)
    }

    /// Adds an attribute, the only way one comes to a device. The same definition again changes nothing.
    /// - Returns: whether it is new.
    /// - Throws: `API_AttrNotFound` (the incumbents' reason) when another one has that name, State and Status included.
    @discardableResult
    func add(_ shared: ClassAttribute) throws(DevFailed) -> Bool {
        if shared.value.forwarding != nil { return try self.addForwarded(shared.value) }
        guard !self.hasForwarded(among: [shared.value.name]) else {
            throw Self.otherDefinition(attribute: shared.value.name, of: self.name)
        }
        try shared.value.check()
        let new = self.makeAttribute(shared)
        if self.isStarted { new.markAddedAtRunTime() }
        let existing: AttributeRuntime? = self.members.withLock { members in
            if let existing = members.attribute(shared.value.name) { return existing }
            members.attributes.set(new, for: shared.value.name)
            members.updateAlarmIndex(for: new)
            members.digest ^= shared.signature
            return nil
        }
        if let existing {
            guard existing.definition.isCompatible(with: shared.value) else {
                throw Self.otherDefinition(attribute: shared.value.name, of: self.name)
            }
            return false
        }
        self.memberAdded(.attribute, shared.value.name, pollingPeriod: shared.value.pollingPeriod)
        self.interfaceChanged(by: shared.signature)
        guard self.isStarted else { return true }
        if self.server.storage != nil {
            self.askForProperties(of: new)
        } else if shared.value.memorization == .memorizedWriteAtInit, new.writtenValue != nil {
            self.writeMemorizedLater([new])
        }
        return true
    }

    func add(_ definition: AttributeDefinition) throws(DevFailed) { try self.add(ClassAttribute(definition, isDeviceLevel: true)) }

    static func otherDefinition(attribute: String, of device: DeviceName) -> DevFailed {
        DevFailed(
            .attributeNotFound,
            "Device \(device.text) -> Attribute \(attribute) already exists for your device but with other definition\n(data type, data format or data write type)",
            origin: "DeviceImpl::add_attribute")
    }

    /// Adds a command, the only way one comes to a device. The same definition again changes nothing.
    /// - Throws: `API_CommandNotFound` (the incumbents' reason) when another one has that name.
    @discardableResult
    func add(_ shared: ClassCommand) throws(DevFailed) -> Bool {
        let info = shared.value.info
        let existing: ClassCommand? = self.members.withLock { members in
            if let existing = members.commands[info.name] { return existing }
            members.commands.set(shared, for: info.name)
            members.digest ^= shared.signature
            return nil
        }
        if let existing {
            guard existing.value.info.hasSameTypes(as: info) else {
                throw Self.otherDefinition(command: info.name, of: self.name)
            }
            return false
        }
        self.memberAdded(.command, info.name, pollingPeriod: shared.value.pollingPeriod)
        self.interfaceChanged(by: shared.signature)
        return true
    }

    func add(_ definition: CommandDefinition) throws(DevFailed) { try self.add(ClassCommand(definition, isDeviceLevel: true)) }

    static func otherDefinition(command: String, of device: DeviceName) -> DevFailed {
        DevFailed(
            .commandNotFound,
            "Device \(device.text) -> Command \(command) already exists for your device but with other definition\n(command input data type or command output data type)",
            origin: "DeviceImpl::add_command")
    }

    /// Adds a pipe, or replaces the one of that name.
    func add(_ definition: PipeDefinition) { self.members.withLock { $0.pipes.set(definition, for: definition.config.name) } }

    // MARK: - Removing

    /// Removes an attribute: requests that come from now on do not find it, one that is reading it now ends as usual.
    /// - Parameter keepsProperties: leaves its properties and its polling in the database, for when it is added again.
    /// - Throws: `API_AttrNotFound`, also for State and Status.
    func removeAttribute(_ name: String, keepsProperties: Bool) throws(DevFailed) {
        let (removed, forwarded) = self.members.withLock { members -> (AttributeRuntime?, ForwardedMember?) in
            let forwarded = members.forwarded.remove(name)
            guard let removed = members.attributes.remove(name) else { return (nil, forwarded) }
            members.forget(removed)
            members.digest ^= removed.signature
            return (removed, forwarded)
        }
        if let forwarded { self.server.roots.release(self.name, forwarded.name) }
        guard let removed else {
            if let forwarded {
                if !keepsProperties { self.forgetProperties(ofAttribute: forwarded.name) }
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
        self.memberRemoved(.attribute, removed.name, cleansDatabase: !keepsProperties)
        if !keepsProperties { self.forgetProperties(ofAttribute: removed.name) }
        self.interfaceChanged(by: removed.signature)
    }

    /// - Throws: `API_CommandNotFound`, also for Init, State and Status.
    func removeCommand(_ name: String) throws(DevFailed) {
        let removed = self.members.withLock { members -> ClassCommand? in
            guard let found = members.commands[name], found.role == .ordinary else { return nil }
            members.commands.remove(name)
            members.digest ^= found.signature
            return found
        }
        guard let removed else {
            throw DevFailed(.commandNotFound, "\(name) command not found", origin: "DeviceClass::remove_command").rethrowing(
                .commandNotFound, "Command \(name) is not defined as a command for your device.\nCan't remove it",
                origin: "DeviceImpl::remove_command")
        }
        self.memberRemoved(.command, removed.value.info.name, cleansDatabase: true)
        self.interfaceChanged(by: removed.signature)
    }

    /// - Throws: `API_PipeNotFound`.
    func removePipe(_ name: String) throws(DevFailed) {
        guard self.members.withLock({ $0.pipes.remove(name) }) != nil else {
            throw DevFailed.pipeNotFound(name, origin: "DeviceImpl::remove_pipe")
        }
    }

    /// What was added to and removed from the object this one replaces: a DevRestart keeps the attributes of a device as they were, and
    /// drops the commands that were added to it alone (measured). What the new object has made itself goes before.
    func takeMembers(from old: DeviceRuntime) {
        let former = old.members.withLock { $0.attributes }
        for attribute in former.members where attribute.isDeviceLevel && self.attribute(attribute.name) == nil {
            _ = try? self.add(attribute.shared)
        }
        for attribute in self.members.withLock({ $0.attributes.members })
        where !attribute.isDeviceLevel && attribute.root == nil && former[attribute.name] == nil {
            try? self.removeAttribute(attribute.name, keepsProperties: true)
        }
    }

    // MARK: - Replacing

    /// Puts an attribute in the place of the one with that name, of whatever definition, or adds it.
    /// - Throws: `API_AttrNotFound` for State and Status.
    func replace(_ definition: AttributeDefinition) throws(DevFailed) {
        guard !BuiltInMembers.isReserved(attribute: definition.name) else {
            throw Self.otherDefinition(attribute: definition.name, of: self.name)
        }
        if definition.forwarding != nil {
            let isThere = self.attribute(definition.name) != nil || self.hasForwarded(among: [definition.name])
            if isThere { try self.removeAttribute(definition.name, keepsProperties: true) }
            try self.add(definition)
            return
        }
        try definition.check()
        let new = self.makeAttribute(ClassAttribute(definition, isDeviceLevel: true))
        let old = self.members.withLock { members -> AttributeRuntime? in
            let old = members.attributes[definition.name]
            if let old { members.forget(old) }
            if members.forwarded.remove(definition.name) != nil { self.server.roots.release(self.name, definition.name) }
            members.attributes.set(new, for: definition.name)
            members.updateAlarmIndex(for: new)
            members.digest ^= new.signature ^ (old?.signature ?? 0)
            return old
        }
        old?.detach()
        self.interfaceChanged(by: new.signature ^ (old?.signature ?? 0))
    }

    /// Puts a command in the place of the one with that name, of whatever definition, or adds it.
    /// - Throws: `API_CommandNotFound` for Init, State and Status.
    func replace(_ definition: CommandDefinition) throws(DevFailed) {
        guard !BuiltInMembers.isReserved(command: definition.info.name) else {
            throw Self.otherDefinition(command: definition.info.name, of: self.name)
        }
        let new = ClassCommand(definition, isDeviceLevel: true)
        let difference = self.members.withLock { members -> Int in
            let difference = new.signature ^ (members.commands[definition.info.name]?.signature ?? 0)
            members.commands.set(new, for: definition.info.name)
            members.digest ^= difference
            return difference
        }
        self.interfaceChanged(by: difference)
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

    /// A number that stands for what the interface of a device shows of it.
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
