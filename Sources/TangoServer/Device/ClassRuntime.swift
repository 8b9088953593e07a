import Synchronization
import TangoCore

/// A class in a running server: the members that its devices have in common, declared in the code or added at run time.
///
/// The declarations of a `DeviceClass` are added by the same methods as later additions.
final class ClassRuntime: Sendable {
    private struct State {
        var attributes = OrderedTable<ClassAttribute>()
        var commands = OrderedTable<ClassCommand>()
        var pipes = OrderedTable<PipeDefinition>()
        /// Forwarded attributes; `attributes` keeps their places.
        var forwarded: [AttributeDefinition] = []
        var devices: [ObjectIdentifier: WeakDevice] = [:]

        func hasAttribute(_ name: String) -> Bool {
            self.attributes[name] != nil || self.forwarded.contains { $0.name.tangoFolded == name.tangoFolded }
        }

        mutating func add(_ shared: ClassAttribute) {
            guard !self.hasAttribute(shared.value.name) else { return }
            guard shared.value.forwarding == nil else {
                self.attributes.reserve(shared.value.name)
                self.forwarded.append(shared.value)
                return
            }
            self.attributes.set(shared, for: shared.value.name)
        }
    }

    private struct WeakDevice {
        weak let runtime: DeviceRuntime?
    }

    let deviceClass: DeviceClass
    /// The gate that all devices of the class share; `nil` if they share none.
    let gate: Gate?
    private let state = Mutex(State())

    init(_ deviceClass: DeviceClass, processGate: Gate? = nil) {
        self.deviceClass = deviceClass
        self.gate =
            switch deviceClass.serialModel {
            case .byClass: Gate()
            case .byProcess: processGate ?? Gate()
            case .byDevice, .none: nil
            }
        self.declare()
    }

    private func declare() {
        let declared = self.deviceClass.commands.map(\.wireTexts)
        let own = Set(declared.map { $0.info.name.tangoFolded })
        let commands =
            declared.map {
                ClassCommand($0, role: BuiltInMembers.isReserved(command: $0.info.name) ? .initialize : .ordinary)
            }
            + BuiltInMembers.commands.filter { !own.contains($0.value.info.name.tangoFolded) }
        // As in cppTango 9.3.4, commands are listed by name, attributes as declared.
        let sorted = commands.sorted { $0.value.info.name.utf8.lexicographicallyPrecedes($1.value.info.name.utf8) }
        self.state.withLock { state in
            for command in sorted { state.commands.set(command, for: command.value.info.name) }
            for attribute in self.deviceClass.attributes { state.add(ClassAttribute(attribute.wireTexts)) }
            for pipe in self.deviceClass.pipes.map(\.wireTexts) { state.pipes.set(pipe, for: pipe.config.name) }
        }
    }

    /// Gives a new device the members of the class, and from now on those that are added.
    func attach(_ runtime: DeviceRuntime) {
        self.state.withLock { state in
            if state.devices.count > 16, state.devices.count.nonzeroBitCount == 1 {
                state.devices = state.devices.filter { $0.value.runtime != nil }
            }
            state.devices[ObjectIdentifier(runtime)] = WeakDevice(runtime: runtime)
            runtime.interface.addClassMembers(state.attributes, state.commands, state.pipes, state.forwarded)
        }
    }

    /// Ends what `attach` began: the device has ended.
    func detach(_ runtime: DeviceRuntime) {
        self.state.withLock { $0.devices[ObjectIdentifier(runtime)] = nil }
    }

    private var runtimes: [DeviceRuntime] { self.state.withLock { $0.devices.values.compactMap(\.runtime) } }

    // MARK: - At run time

    /// Adds an attribute to all devices, present and future. The same definition again changes nothing.
    /// - Throws: `API_AttrNotFound` when one of them has another attribute of that name; nothing is added then.
    func add(_ definition: AttributeDefinition) throws(DevFailed) {
        try definition.check()
        let shared = ClassAttribute(definition)
        for runtime in self.runtimes {
            guard let existing = runtime.attribute(definition.name) else { continue }
            let isSame =
                definition.forwarding == nil ? existing.definition.isCompatible(with: definition) : existing.root != nil
            guard isSame else {
                throw DeviceInterface.otherDefinition(attribute: definition.name, of: runtime.name)
            }
        }
        if !BuiltInMembers.isReserved(attribute: definition.name) { self.state.withLock { $0.add(shared) } }
        for runtime in self.runtimes { try runtime.interface.add(shared) }
    }

    /// Removes an attribute from all devices.
    /// - Throws: `API_AttrNotFound` when the class does not have it.
    func removeAttribute(_ name: String, keepsProperties: Bool) throws(DevFailed) {
        let isKnown = self.state.withLock { state in
            guard state.hasAttribute(name) else { return false }
            state.attributes.remove(name)
            state.forwarded.removeAll { $0.name.tangoFolded == name.tangoFolded }
            return true
        }
        guard isKnown else {
            throw DevFailed(
                .attributeProperty, "Attribute \(name) not found in class attribute(s)", origin: "MultiClassAttribute::remove_attr")
        }
        for runtime in self.runtimes where runtime.attribute(name) != nil || runtime.members.hasForwarded(among: [name]) {
            try runtime.interface.removeAttribute(name, keepsProperties: keepsProperties)
        }
    }

    /// Adds a command to all devices, present and future. The same definition again changes nothing.
    /// - Throws: `API_CommandNotFound` when one of them has another command of that name; nothing is added then.
    func add(_ definition: CommandDefinition) throws(DevFailed) {
        let shared = ClassCommand(definition)
        for runtime in self.runtimes {
            guard let existing = runtime.command(definition.info.name) else { continue }
            guard existing.value.info.hasSameTypes(as: definition.info) else {
                throw DeviceInterface.otherDefinition(command: definition.info.name, of: runtime.name)
            }
        }
        self.state.withLock { state in
            if state.commands[definition.info.name] == nil { state.commands.set(shared, for: definition.info.name) }
        }
        for runtime in self.runtimes { try runtime.interface.add(shared) }
    }

    /// Removes a command from all devices.
    /// - Throws: `API_CommandNotFound` when the class does not have it, also for Init, State and Status.
    func removeCommand(_ name: String) throws(DevFailed) {
        let isKnown = self.state.withLock { state in
            guard state.commands[name]?.role == .ordinary else { return false }
            state.commands.remove(name)
            return true
        }
        guard isKnown else {
            throw DevFailed(.commandNotFound, "\(name) command not found", origin: "DeviceClass::remove_command")
        }
        for runtime in self.runtimes where runtime.command(name) != nil { try runtime.interface.removeCommand(name) }
    }

    /// Adds a pipe to all devices, or replaces the one of that name.
    func add(_ definition: PipeDefinition) {
        self.state.withLock { $0.pipes.set(definition, for: definition.config.name) }
        for runtime in self.runtimes { runtime.interface.add(definition) }
    }

    /// Removes a pipe from all devices.
    /// - Throws: `API_PipeNotFound` when the class does not have it.
    func removePipe(_ name: String) throws(DevFailed) {
        guard self.state.withLock({ $0.pipes.remove(name) }) != nil else {
            throw DevFailed(.pipeNotFound, "\(name) pipe not found", origin: "DeviceClass::remove_pipe")
        }
        for runtime in self.runtimes where runtime.pipe(name) != nil { try runtime.interface.removePipe(name) }
    }
}
