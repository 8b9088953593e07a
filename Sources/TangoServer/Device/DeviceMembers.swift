import Synchronization
import TangoCore

/// The attributes, commands and pipes of a device, by name, and what follows from them: which attributes decide on the state, and a
/// digest of the interface.
///
/// Adding and removing at run time is `DeviceInterface`: it changes this table and everything that depends on it.
final class DeviceMembers: Sendable {
    private struct Table {
        var attributes = OrderedTable<AttributeRuntime>()
        var commands = OrderedTable<ClassCommand>()
        var pipes = OrderedTable<PipeDefinition>()
        /// State and Status, always last in lists.
        var builtIn: [AttributeRuntime] = []
        /// Attributes with alarm limits: their values decide on the state.
        var withAlarms: [ObjectIdentifier: AttributeRuntime] = [:]
        /// Attributes that force the state to ALARM whatever their values: wrongly configured, or not written at the start.
        var faulty: [ObjectIdentifier: AttributeRuntime] = [:]
        /// Forwarded attributes, including those whose roots were not found.
        var forwarded = ForwardedMembers()
        /// Hash of the lists of commands and attributes as clients see them.
        var digest = 0

        var forceAlarm: Bool { !self.faulty.isEmpty || self.forwarded.hasErrors }

        func attribute(_ name: String) -> AttributeRuntime? {
            if let found = self.attributes[name] { return found }
            let key = name.tangoFolded
            return self.builtIn.first { $0.name.tangoFolded == key }
        }

        /// Puts an attribute into its place, and takes out the one that was there.
        @discardableResult
        mutating func set(_ attribute: AttributeRuntime) -> AttributeRuntime? {
            let old = self.attributes[attribute.name]
            if let old { self.removeFromAlarmIndex(old) }
            self.attributes.set(attribute, for: attribute.name)
            self.updateAlarmIndex(for: attribute)
            self.digest ^= attribute.signature ^ (old?.signature ?? 0)
            return old
        }

        mutating func updateAlarmIndex(for attribute: AttributeRuntime) {
            let id = ObjectIdentifier(attribute)
            if attribute.hasAlarms { self.withAlarms[id] = attribute } else if !self.withAlarms.isEmpty { self.withAlarms[id] = nil }
            if attribute.forcesAlarm { self.faulty[id] = attribute } else if !self.faulty.isEmpty { self.faulty[id] = nil }
        }

        mutating func removeFromAlarmIndex(_ attribute: AttributeRuntime) {
            if !self.withAlarms.isEmpty { self.withAlarms[ObjectIdentifier(attribute)] = nil }
            if !self.faulty.isEmpty { self.faulty[ObjectIdentifier(attribute)] = nil }
        }
    }

    private let table = Mutex(Table())
    /// Number of attributes whose quality is ALARM or WARNING.
    let activeAlarms = ActiveAlarmCount()

    init() {}

    // MARK: - Look-up

    /// Returns the attribute of that name, in any case; State and Status are attributes too.
    func attribute(_ name: String) -> AttributeRuntime? { self.table.withLock { $0.attribute(name) } }

    /// Returns the command of that name, in any case.
    func command(_ name: String) -> ClassCommand? { self.table.withLock { $0.commands[name] } }

    /// Returns the pipe of that name, in any case.
    func pipe(_ name: String) -> PipeDefinition? { self.table.withLock { $0.pipes[name] } }

    /// The attributes in order, without State and Status.
    var attributes: [AttributeRuntime] { self.table.withLock { $0.attributes.members } }

    /// The attributes in order, State and Status last.
    var allAttributes: [AttributeRuntime] { self.table.withLock { $0.attributes.members + $0.builtIn } }

    /// The attributes in order, by name, without State and Status.
    var attributeTable: OrderedTable<AttributeRuntime> { self.table.withLock { $0.attributes } }

    var commands: [ClassCommand] { self.table.withLock { $0.commands.members } }

    /// The commands as lists show them: those of the class by name, then those added to the class, then those added to the device.
    var commandInfos: [CommandInfo] {
        let all = self.commands
        return all.filter { !$0.isDeviceLevel }.map(\.value.info) + all.filter(\.isDeviceLevel).map(\.value.info)
    }

    var pipes: [PipeDefinition] { self.table.withLock { $0.pipes.members } }

    /// Hash of the lists of commands and attributes as clients see them: equal lists have equal digests.
    var digest: Int { self.table.withLock { $0.digest } }

    // MARK: - State

    /// Whether the state is ALARM whatever the device's code sets, unless it is FAULT.
    var forceAlarm: Bool { self.table.withLock { $0.forceAlarm } }

    /// Attributes with alarm limits; none while the state is ALARM anyway.
    var attributesTheStateDependsOn: [AttributeRuntime] {
        self.table.withLock { $0.withAlarms.isEmpty || $0.forceAlarm ? [] : Array($0.withAlarms.values) }
    }

    /// Notes that the limits or errors of an attribute have changed.
    func updateAlarmIndex(for attribute: AttributeRuntime) {
        self.table.withLock { table in
            guard table.attribute(attribute.name) === attribute else { return }
            table.updateAlarmIndex(for: attribute)
        }
    }

    // MARK: - Changing

    /// Sets the first members of a new device: those of its class. Devices of a class share the tables until one changes its own.
    func set(
        _ attributes: OrderedTable<AttributeRuntime>, builtIn: [AttributeRuntime], _ commands: OrderedTable<ClassCommand>,
        _ pipes: OrderedTable<PipeDefinition>, forwarded: [AttributeDefinition]
    ) {
        self.table.withLock { table in
            table.attributes = attributes
            table.commands = commands
            table.pipes = pipes
            table.builtIn = builtIn
            for definition in forwarded { table.forwarded.set(ForwardedMember(definition: definition)) }
            for attribute in attributes.members {
                table.updateAlarmIndex(for: attribute)
                table.digest ^= attribute.signature
            }
            for attribute in builtIn { table.updateAlarmIndex(for: attribute) }
            for command in commands.members { table.digest ^= command.signature }
        }
    }

    /// Adds an attribute.
    /// - Returns: the attribute that has that name already; nothing is added then.
    func add(_ attribute: AttributeRuntime) -> AttributeRuntime? {
        self.table.withLock { table in
            if let existing = table.attribute(attribute.name) { return existing }
            table.set(attribute)
            return nil
        }
    }

    /// Adds a command.
    /// - Returns: the command that has that name already; nothing is added then.
    func add(_ command: ClassCommand) -> ClassCommand? {
        self.table.withLock { table in
            let name = command.value.info.name
            if let existing = table.commands[name] { return existing }
            table.commands.set(command, for: name)
            table.digest ^= command.signature
            return nil
        }
    }

    /// Adds a pipe, or replaces the one of that name.
    func set(_ pipe: PipeDefinition) { self.table.withLock { $0.pipes.set(pipe, for: pipe.config.name) } }

    /// Adds an attribute in the place of the one of that name, a forwarded one included.
    /// - Returns: the attribute that had the name, and the forwarded one.
    func replace(with attribute: AttributeRuntime) -> (old: AttributeRuntime?, forwarded: ForwardedMember?) {
        self.table.withLock { table in
            let forwarded = table.forwarded.remove(attribute.name)
            return (table.set(attribute), forwarded)
        }
    }

    /// Replaces one attribute object by another of the same name.
    /// - Returns: `false` if it is not part of the device any more.
    func replace(_ old: AttributeRuntime, with new: AttributeRuntime) -> Bool {
        self.table.withLock { table in
            guard table.attributes[old.name] === old else { return false }
            table.set(new)
            return true
        }
    }

    /// Adds a command in the place of the one of that name.
    /// - Returns: the command that had the name.
    func replace(with command: ClassCommand) -> ClassCommand? {
        self.table.withLock { table in
            let name = command.value.info.name
            let old = table.commands[name]
            table.commands.set(command, for: name)
            table.digest ^= command.signature ^ (old?.signature ?? 0)
            return old
        }
    }

    /// Removes an attribute, a forwarded one included; State and Status stay.
    func removeAttribute(_ name: String) -> (attribute: AttributeRuntime?, forwarded: ForwardedMember?) {
        self.table.withLock { table in
            let forwarded = table.forwarded.remove(name)
            guard let removed = table.attributes.remove(name) else { return (nil, forwarded) }
            table.removeFromAlarmIndex(removed)
            table.digest ^= removed.signature
            return (removed, forwarded)
        }
    }

    /// Removes a command; Init, State and Status stay.
    func removeCommand(_ name: String) -> ClassCommand? {
        self.table.withLock { table in
            guard let found = table.commands[name], found.role == .ordinary else { return nil }
            table.commands.remove(name)
            table.digest ^= found.signature
            return found
        }
    }

    /// Removes a pipe.
    /// - Returns: whether there was one.
    func removePipe(_ name: String) -> Bool { self.table.withLock { $0.pipes.remove(name) != nil } }

    // MARK: - Forwarded attributes

    /// The forwarded attributes, including those whose roots were not found.
    var forwarded: [ForwardedMember] { self.table.withLock { $0.forwarded.members } }

    var hasForwarded: Bool { self.table.withLock { !$0.forwarded.isEmpty } }

    /// Whether one of the names is that of a forwarded attribute, or means all attributes and there are forwarded ones.
    func hasForwarded(among names: [String]) -> Bool {
        self.table.withLock { table in
            guard !table.forwarded.isEmpty else { return false }
            return names.contains { $0.hasPrefix("All attributes") || table.forwarded[$0] != nil }
        }
    }

    func forwarded(_ name: String) -> ForwardedMember? { self.table.withLock { $0.forwarded[name] } }

    /// Forwarded attributes whose roots were found.
    var resolvedForwarded: [AttributeRuntime] {
        self.table.withLock { table in table.forwarded.isEmpty ? [] : table.attributes.members.filter { $0.root != nil } }
    }

    /// Whether a root was not found that may be found soon: one on another device of this server, for example.
    var hasUnresolvedForwarded: Bool {
        self.table.withLock { $0.forwarded.hasErrors && $0.forwarded.members.contains(where: \.isUnresolved) }
    }

    /// Lines of the status about forwarded attributes without a root.
    var forwardingErrorText: String { self.forwarded.map { $0.error?.statusText($0.name, root: $0.root) ?? "" }.joined() }

    /// Adds a forwarded attribute without a root, and keeps a place in the order for it.
    /// - Returns: `false` if another attribute has that name, `nil` if it is there already.
    func addForwarded(_ definition: AttributeDefinition) -> Bool? {
        self.table.withLock { table in
            guard table.forwarded[definition.name] == nil else { return nil }
            guard table.attribute(definition.name) == nil else { return false }
            table.forwarded.set(ForwardedMember(definition: definition))
            table.attributes.reserve(definition.name)
            return true
        }
    }

    /// Sets the result of the search for the root of a forwarded attribute.
    /// - Parameter attribute: the attribute as the root describes it; `nil` without a root.
    /// - Returns: whether the attribute is new; it may have been removed or found meanwhile.
    func resolve(_ member: ForwardedMember, as attribute: AttributeRuntime?) -> Bool {
        self.table.withLock { table in
            guard table.forwarded[member.name]?.isUnresolved == true, table.attributes[member.name] == nil else { return false }
            table.forwarded.set(member)
            guard let attribute else { return false }
            table.set(attribute)
            return true
        }
    }

    /// Takes the duty to look again later for root devices that did not start.
    /// - Returns: `false` if nothing is to be looked for, or a search is scheduled already.
    func scheduleRetry() -> Bool {
        self.table.withLock { table in
            guard !table.forwarded.isRetryScheduled, table.forwarded.members.contains(where: { $0.error == .notStarted }) else {
                return false
            }
            table.forwarded.isRetryScheduled = true
            return true
        }
    }

    /// The scheduled search begins.
    func beginRetry() { self.table.withLock { $0.forwarded.isRetryScheduled = false } }
}
