import NIOCore
import TangoCore

/// Which attributes and commands of a device are polled: the checks, the polling itself, and the properties that record it.
struct PollConfiguration: Sendable {
    let runtime: DeviceRuntime

    private var members: DeviceMembers { self.runtime.members }
    private var polling: DevicePolling? { self.runtime.persistentState.polling }

    /// Whether anything of the device is polled.
    var isPolled: Bool { self.polling.map { !$0.isEmpty } ?? false }

    /// Returns the polled object of that name; State and Status are polled as attributes.
    func object(_ kind: PollKind, _ name: String) -> PolledObject? {
        guard let polling = self.polling, !polling.isEmpty else { return nil }
        return polling.object(kind.forPolling(name), name)
    }

    // MARK: - Changing it

    /// Starts to poll an attribute or command.
    /// - Parameter period: milliseconds; 0 is polled only when the device's code triggers it.
    /// - Throws: `API_AttrNotFound`, `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_NotSupported`, `API_AlreadyPolled`,
    ///   `API_MethodArgument`, `API_NotSupportedFeature`; the error of the database.
    func add(_ kind: PollKind, _ name: String, period: Int) async throws(DevFailed) {
        let target = try self.target(kind, name)
        let polling = self.runtime.persistentState.makePolling()
        if polling.object(target.kind, target.name) != nil { throw Self.alreadyPolled(target) }
        guard period == 0 || period >= PollSettings.smallestPeriod else { throw Self.tooShort(period, "DServer::add_obj_polling") }
        if period != 0 { try self.checkMinimum(target.kind, name, period) }
        try self.refuseForwarded(target)
        try await self.store(.polled(target, period: period), polling)
        // Also where it was changed meanwhile: the properties say then what is polled.
        defer { self.storeLater(polling) }
        guard self.begin(target, period, polling) else { throw Self.alreadyPolled(target) }
    }

    /// Changes the period of a polled attribute or command.
    /// - Throws: `API_PollObjNotFound`, `API_MethodArgument`, `API_NotSupported`; the error of the database.
    func update(_ kind: PollKind, _ name: String, period: Int) async throws(DevFailed) {
        let kind = kind.forPolling(name)
        guard let polling = self.polling, let object = polling.object(kind, name) else { throw Self.notFound(name) }
        // As in cppTango 9.3.4, the configured minimum refuses even the 0 of triggered polling here.
        try self.checkMinimum(kind, name, period)
        guard period == 0 || period >= PollSettings.smallestPeriod else { throw Self.tooShort(period, "DServer::upd_obj_polling") }
        try await self.store(.polled(PollTarget(kind: kind, name: object.name), period: period), polling)
        defer { self.storeLater(polling) }
        guard polling.setPeriod(kind, name, period) else { throw Self.notFound(name) }
        if period != object.period { self.runtime.server.polling.add(self.runtime, kind, object.name, period: period) }
    }

    /// Stops to poll an attribute or command; the next start does not poll it either.
    /// - Throws: `API_PollObjNotFound`; the error of the database.
    func remove(_ kind: PollKind, _ name: String) async throws(DevFailed) {
        let kind = kind.forPolling(name)
        guard let polling = self.polling, let object = polling.object(kind, name) else { throw Self.notFound(name) }
        let isDeclaredInCode = self.isDeclaredInCode(kind, name)
        try await self.store(.stopped(PollTarget(kind: kind, name: object.name), isDeclaredInCode: isDeclaredInCode), polling)
        defer { self.storeLater(polling) }
        guard self.end(kind, name, isForgotten: true, isDeclaredInCode: isDeclaredInCode) else { throw Self.notFound(name) }
    }

    /// Returns an object that is polled only when the device's code triggers it.
    /// - Throws: `API_AttrNotFound`, `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_PollObjNotFound`; `API_NotSupported`
    ///   when it has a period.
    func triggered(_ kind: PollKind, _ name: String) throws(DevFailed) -> PolledObject {
        let target = try self.target(kind, name)
        guard let object = self.object(target.kind, target.name) else { throw Self.notFound(name) }
        guard object.period == 0 else {
            throw DevFailed(
                .notSupported,
                "Polling for \(target.kind.label) \(target.name) (device \(self.runtime.name))  is not externally triggered.",
                origin: "Util::trigger_polling")
        }
        return object
    }

    // MARK: - Checks

    /// Checks that an attribute or command can be polled.
    private func target(_ kind: PollKind, _ name: String) throws(DevFailed) -> PollTarget {
        switch kind {
        case .attribute:
            guard let attribute = self.members.attribute(name) else { throw DevFailed.attributeNotFound(name) }
            return PollTarget(kind: .attribute, name: attribute.name)
        case .command:
            let command = try self.pollableCommand(name)
            guard command.value.info.name != "Init" else {
                throw DevFailed(.notSupported, "It's not possible to poll the Init command!", origin: "DServer::add_obj_polling")
            }
            return PollTarget(kind: PollKind.command.forPolling(name), name: command.value.info.name)
        }
    }

    /// Returns a command that exists and takes no argument.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`.
    func pollableCommand(_ name: String) throws(DevFailed) -> ClassCommand {
        guard let command = self.members.command(name) else {
            throw DevFailed.commandNotFound(name.tangoFolded, origin: "DeviceImpl::check_command_exists")
        }
        guard command.value.info.inType == .void else {
            throw DevFailed(
                .incompatibleCommandArgument, "Command \(name.tangoFolded) cannot be polled because it needs input value",
                origin: "DeviceImpl::check_command_exists")
        }
        return command
    }

    private func checkMinimum(_ kind: PollKind, _ name: String, _ period: Int) throws(DevFailed) {
        guard let minimum = PollSettings(self.runtime.configuration).minimumPeriod(kind, name), period < minimum else { return }
        throw DevFailed(
            .methodArgument,
            "Polling period for \(kind.label) \(name.tangoFolded) is below the min authorized (\(minimum))",
            origin: "DServer::check_upd_authorized")
    }

    private func refuseForwarded(_ target: PollTarget) throws(DevFailed) {
        guard target.kind == .attribute, let root = self.members.attribute(target.name)?.root else { return }
        throw DevFailed(
            .notSupportedFeature,
            "Attribute \(target.name.tangoFolded) is a forwarded attribute.\nIt's not supported to poll a forwarded attribute.\nPolling has to be done on the root attribute (\(root.name))",
            origin: "DServer::add_obj_polling")
    }

    private static func alreadyPolled(_ target: PollTarget) -> DevFailed {
        DevFailed(
            "API_AlreadyPolled", "\(target.kind == .attribute ? "Attribute" : "Command") \(target.name.tangoFolded) already polled",
            origin: "DServer::add_obj_polling")
    }

    private static func tooShort(_ period: Int, _ origin: String) -> DevFailed {
        DevFailed(
            .notSupported, "\(period) is below the min authorized period (\(PollSettings.smallestPeriod) mS)", origin: origin)
    }

    private static func notFound(_ name: String) -> DevFailed {
        DevFailed(
            "API_PollObjNotFound", "\(name.tangoFolded) not found in list of polled object",
            origin: "DeviceImpl::get_polled_obj_by_type_name")
    }

    // MARK: - Polling

    /// - Returns: `false` when it is polled already, or cannot be.
    private func begin(_ target: PollTarget, _ period: Int, _ polling: DevicePolling) -> Bool {
        guard target.kind == .command || self.members.attribute(target.name)?.root == nil else { return false }
        let depth = PollSettings(self.runtime.configuration).depth(target.kind, target.name)
        guard polling.add(PolledObject(name: target.name, kind: target.kind, period: period, depth: depth)) else { return false }
        self.runtime.server.polling.add(self.runtime, target.kind, target.name, period: period)
        return true
    }

    private func end(_ kind: PollKind, _ name: String, isForgotten: Bool, isDeclaredInCode: Bool) -> Bool {
        guard let polling = self.polling, let object = polling.object(kind, name) else { return false }
        guard polling.remove(kind, name, isForgotten: isForgotten, isDeclaredInCode: isDeclaredInCode) else { return false }
        self.runtime.server.polling.remove(self.runtime, kind, name)
        if kind == .attribute {
            self.runtime.events.pollingStopped(object.name)
            self.runtime.server.changes.send(self.runtime.name, .pollingStopped(attribute: object.name))
        }
        return true
    }

    private func isDeclaredInCode(_ kind: PollKind, _ name: String) -> Bool {
        switch kind {
        case .attribute: self.members.attribute(name)?.definition.pollingPeriod != nil
        case .command: self.members.command(name)?.value.pollingPeriod != nil
        }
    }

    /// Stores what the device's properties will say after a change, where that differs from what they say.
    /// - Throws: the error of the database.
    private func store(_ change: PollChange, _ polling: DevicePolling) async throws(DevFailed) {
        try await self.runtime.database.change(.device, self.changes(to: polling.properties(after: change)))
    }

    /// Stores what is polled, where the properties differ, as soon as the database can be reached.
    private func storeLater(_ polling: DevicePolling) {
        self.runtime.database.changeLater(.device, self.changes(to: polling.properties))
    }

    private func changes(to properties: [(name: String, values: [String])]) -> [PropertyChange] {
        let known = self.runtime.configuration.properties
        return properties.filter { (known[$0.name] ?? []) != $0.values }.map { ($0.name, $0.values.isEmpty ? nil : $0.values) }
    }

    // MARK: - Life

    /// Polls what the properties and the class's code say, or, when the object of the device was replaced, what was polled before.
    /// - Parameter readsProperties: properties count, not what was polled before.
    func configure(readsProperties: Bool) async {
        let settings = PollSettings(self.runtime.configuration)
        if let polling = self.polling, !readsProperties {
            polling.restart(settings)
        } else if self.polling != nil || settings.namesAny || self.codeNamesAny {
            self.runtime.persistentState.makePolling().read(settings)
        }
        self.runtime.markPollingConfigured()
        guard let polling = self.polling else { return }
        self.tellUnusable(polling)
        let former = readsProperties ? nil : polling.properties
        for kind in [PollKind.attribute, .command] {
            for (name, period) in polling.wanted(kind) {
                do throws(DevFailed) {
                    _ = self.begin(try self.target(kind, name), period, polling)
                } catch {
                    self.runtime.kernelLogger.warning("not polled", metadata: ["name": "\(name)", "error": "\(error)"])
                }
            }
        }
        for attribute in self.members.allAttributes {
            self.pollByCode(.attribute, attribute.name, attribute.definition.pollingPeriod, polling)
        }
        for command in self.members.commands {
            self.pollByCode(.command, command.value.info.name, command.value.pollingPeriod, polling)
        }
        // A restart of the device alone stores nothing that was not there before (Compatibility 4.4).
        let properties = polling.properties
        guard former.map({ !zip($0, properties).allSatisfy { $0.values == $1.values } }) ?? true else { return }
        self.storeLater(polling)
        await self.runtime.database.waitForPendingWrites()
    }

    private func tellUnusable(_ polling: DevicePolling) {
        for (property, entry) in polling.unusable {
            self.runtime.kernelLogger.error(
                "entry of a polling property cannot be used",
                metadata: ["property": "\(property)", "entry": "\(entry.joined(separator: ", "))"])
        }
    }

    /// Whether the class's code asks for polling.
    private var codeNamesAny: Bool {
        self.members.allAttributes.contains { $0.definition.pollingPeriod != nil }
            || self.members.commands.contains { $0.value.pollingPeriod != nil }
    }

    private func pollByCode(_ kind: PollKind, _ name: String, _ period: Duration?, _ polling: DevicePolling) {
        guard let period, !polling.isStopped(kind, name), polling.wantedPeriod(kind, name) == nil,
            let target = try? self.target(kind, name)
        else { return }
        let milliseconds = period.pollingPeriod
        _ = self.begin(target, milliseconds == 0 ? 0 : max(PollSettings.smallestPeriod, milliseconds), polling)
    }

    // MARK: - Members at run time

    /// Polls a member that was added at run time, if the properties or its definition say so.
    func memberAdded(_ kind: PollKind, _ name: String, pollingPeriod: Duration?) {
        guard self.runtime.isPollingConfigured else { return }
        if let polling = self.polling, let period = polling.wantedPeriod(kind, name) {
            if let target = try? self.target(kind, name) { _ = self.begin(target, period, polling) }
        } else if pollingPeriod != nil {
            let polling = self.runtime.persistentState.makePolling()
            self.pollByCode(kind, name, pollingPeriod, polling)
            self.storeLater(polling)
        }
    }

    /// Stops to poll a member that was removed at run time.
    /// - Parameter deletesProperties: the properties forget that it was polled; else it is polled again when it is added again.
    func memberRemoved(_ kind: PollKind, _ name: String, deletesProperties: Bool) {
        guard let polling = self.polling, self.end(kind, name, isForgotten: deletesProperties, isDeclaredInCode: false) else { return }
        if deletesProperties { self.storeLater(polling) }
    }
}
