import NIOCore
import TangoCore
import TangoIIOP
import TangoWire

/// What AddObjPolling and the like are asked to poll.
struct PollTarget: Sendable {
    var kind: PollKind
    /// As declared.
    var name: String
    /// Polled by the class's code.
    var isDeclaredInCode: Bool
}

extension DeviceRuntime {
    // MARK: - What is polled

    /// Whether anything of the device is polled.
    var isPolled: Bool { self.persistentState.polling.map { !$0.isEmpty } ?? false }

    /// The polled object of that name. State and Status are polled as attributes, whatever they are asked for as.
    private func polled(_ kind: PollKind, _ name: String) -> PolledObject? {
        guard let polling = self.persistentState.polling, !polling.isEmpty else { return nil }
        return polling.object(Self.polledKind(kind, name), name)
    }

    static func polledKind(_ kind: PollKind, _ name: String) -> PollKind {
        let folded = name.tangoFolded
        return folded == "state" || folded == "status" ? .attribute : kind
    }

    /// Starts to poll an attribute or command.
    /// - Parameter period: milliseconds; 0 is polled only when the device's code says so.
    /// - Throws: `API_AttrNotFound`, `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_NotSupported`, `API_AlreadyPolled`,
    ///   `API_MethodArgument`, `API_NotSupportedFeature`; what the database says.
    func addPolling(_ kind: PollKind, _ name: String, period: Int) async throws(DevFailed) {
        let target = try self.pollTarget(kind, name)
        let origin = "DServer::add_obj_polling"
        let polling = self.persistentState.makePolling()
        if polling.object(target.kind, target.name) != nil { throw Self.alreadyPolled(target) }
        guard period == 0 || period >= PollSettings.smallestPeriod else { throw Self.tooShort(period, origin) }
        if period != 0 { try self.checkMinimum(target.kind, name, period) }
        try self.refuseForwarded(target)
        guard self.beginPolling(target, period, polling) else { throw Self.alreadyPolled(target) }
        try await self.tellPolling(polling)
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

    /// Checks that something can be polled.
    private func pollTarget(_ kind: PollKind, _ name: String) throws(DevFailed) -> PollTarget {
        switch kind {
        case .attribute:
            guard let attribute = self.attribute(name) else { throw DevFailed.attributeNotFound(name) }
            return PollTarget(kind: .attribute, name: attribute.name, isDeclaredInCode: attribute.definition.pollingPeriod != nil)
        case .command:
            let command = try self.pollableCommand(name)
            guard command.value.info.name != "Init" else {
                throw DevFailed(.notSupported, "It's not possible to poll the Init command!", origin: "DServer::add_obj_polling")
            }
            return PollTarget(
                kind: Self.polledKind(.command, name), name: command.value.info.name, isDeclaredInCode: command.value.pollingPeriod != nil)
        }
    }

    /// A command that exists and takes no argument.
    private func pollableCommand(_ name: String) throws(DevFailed) -> ClassCommand {
        guard let command = self.command(name) else {
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
        guard let minimum = PollSettings(self.configuration).minimumPeriod(kind, name), period < minimum else { return }
        throw DevFailed(
            .methodArgument,
            "Polling period for \(kind == .attribute ? "attribute" : "command") \(name.tangoFolded) is below the min authorized (\(minimum))",
            origin: "DServer::check_upd_authorized")
    }

    private func refuseForwarded(_ target: PollTarget) throws(DevFailed) {
        guard target.kind == .attribute, let root = self.attribute(target.name)?.root else { return }
        throw DevFailed(
            .notSupportedFeature,
            "Attribute \(target.name.tangoFolded) is a forwarded attribute.\nIt's not supported to poll a forwarded attribute.\nPolling has to be done on the root attribute (\(root.name))",
            origin: "DServer::add_obj_polling")
    }

    private func beginPolling(_ target: PollTarget, _ period: Int, _ polling: DevicePolling) -> Bool {
        guard target.kind == .command || self.attribute(target.name)?.root == nil else { return false }
        let depth = PollSettings(self.configuration).depth(target.kind, target.name)
        guard polling.add(PolledObject(name: target.name, kind: target.kind, period: period, depth: depth)) else { return false }
        self.server.polling.add(self, target.kind, target.name, period: period)
        return true
    }

    /// Changes the period of something polled.
    /// - Throws: `API_DeviceNotPolled`, `API_PollObjNotFound`, `API_MethodArgument`, `API_NotSupported`; what the database says.
    func updatePolling(_ kind: PollKind, _ name: String, period: Int) async throws(DevFailed) {
        let kind = Self.polledKind(kind, name)
        guard let polling = self.persistentState.polling, let object = polling.object(kind, name) else { throw Self.notFound(name) }
        // Measured: the configured minimum refuses even the 0 of triggered polling here.
        try self.checkMinimum(kind, name, period)
        guard period == 0 || period >= PollSettings.smallestPeriod else { throw Self.tooShort(period, "DServer::upd_obj_polling") }
        guard polling.setPeriod(kind, name, period) else { throw Self.notFound(name) }
        if period != object.period { self.server.polling.add(self, kind, object.name, period: period) }
        try await self.tellPolling(polling)
    }

    /// Stops to poll something; the next start does not poll it either.
    /// - Throws: `API_PollObjNotFound`; what the database says.
    func removePolling(_ kind: PollKind, _ name: String) async throws(DevFailed) {
        let kind = Self.polledKind(kind, name)
        guard let polling = self.persistentState.polling,
            self.endPolling(kind, name, isForgotten: true, isDeclaredInCode: self.isPolledByCode(kind, name))
        else { throw Self.notFound(name) }
        try await self.tellPolling(polling)
    }

    private func isPolledByCode(_ kind: PollKind, _ name: String) -> Bool {
        switch kind {
        case .attribute: self.attribute(name)?.definition.pollingPeriod != nil
        case .command: self.command(name)?.value.pollingPeriod != nil
        }
    }

    private func endPolling(_ kind: PollKind, _ name: String, isForgotten: Bool, isDeclaredInCode: Bool) -> Bool {
        guard let polling = self.persistentState.polling, let object = polling.object(kind, name) else { return false }
        guard polling.remove(kind, name, isForgotten: isForgotten, isDeclaredInCode: isDeclaredInCode) else { return false }
        self.server.polling.remove(self, kind, name)
        if kind == .attribute { self.server.changes.send(self.name, .pollingStopped(attribute: object.name)) }
        return true
    }

    /// Writes what is polled to the properties of the device that say so, where they say something else.
    private func tellPolling(_ polling: DevicePolling) async throws(DevFailed) {
        _ = await polling.telling.acquire(within: .hours(1), on: self.server.eventLoops.any())
        defer { polling.telling.release() }
        let known = self.configuration.properties
        let changed = polling.properties.filter { (known[$0.name] ?? []) != $0.values }
        let put = changed.filter { !$0.values.isEmpty }
        let deleted = changed.filter(\.values.isEmpty).map(\.name)
        if !put.isEmpty { try await self.putProperties(put) }
        if !deleted.isEmpty { try await self.deleteProperties(deleted) }
    }

    // MARK: - Life

    /// Polls what the properties and the class's code say, or, when the object of the device was replaced, what was polled before.
    /// - Parameter readsProperties: properties count, not what was polled before.
    func configurePolling(readsProperties: Bool) async {
        let settings = PollSettings(self.configuration)
        if let polling = self.persistentState.polling, !readsProperties {
            polling.restart(settings)
        } else if self.persistentState.polling != nil
            || [PollKind.attribute, .command].contains(where: {
                !settings.polled($0).isEmpty || !settings.notPolled($0).isEmpty
            }) || self.hasCodedPolling
        {
            self.persistentState.makePolling().read(settings)
        }
        self.isPollingConfigured.store(true, ordering: .releasing)
        guard let polling = self.persistentState.polling else { return }
        for kind in [PollKind.attribute, .command] {
            for (name, period) in polling.wanted(kind) {
                guard let target = try? self.pollTarget(kind, name) else { continue }
                _ = self.beginPolling(target, period, polling)
            }
        }
        for attribute in self.allAttributes { self.pollByCode(.attribute, attribute.name, attribute.definition.pollingPeriod, polling) }
        for command in self.members.withLock({ $0.commands.members }) {
            self.pollByCode(.command, command.value.info.name, command.value.pollingPeriod, polling)
        }
        do {
            try await self.tellPolling(polling)
        } catch {
            self.server.logger.warning("polling not stored", metadata: ["device": "\(self.name)", "error": "\(error)"])
        }
    }

    private var hasCodedPolling: Bool {
        self.allAttributes.contains { $0.definition.pollingPeriod != nil }
            || self.members.withLock { $0.commands.members.contains { $0.value.pollingPeriod != nil } }
    }

    private func pollByCode(_ kind: PollKind, _ name: String, _ period: Duration?, _ polling: DevicePolling) {
        guard let period, !polling.isStopped(kind, name), polling.wantedPeriod(kind, name) == nil,
            let target = try? self.pollTarget(kind, name)
        else { return }
        let milliseconds = period.pollingPeriod
        _ = self.beginPolling(target, milliseconds == 0 ? 0 : max(PollSettings.smallestPeriod, milliseconds), polling)
    }

    /// Polls a member that was added at run time, if the properties or its definition say so.
    func memberAdded(_ kind: PollKind, _ name: String, pollingPeriod: Duration?) {
        guard self.isPollingConfigured.load(ordering: .acquiring) else { return }
        if let polling = self.persistentState.polling, let period = polling.wantedPeriod(kind, name) {
            if let target = try? self.pollTarget(kind, name) { _ = self.beginPolling(target, period, polling) }
        } else if pollingPeriod != nil {
            let polling = self.persistentState.makePolling()
            self.pollByCode(kind, name, pollingPeriod, polling)
            self.tellDatabase("polling not stored", name) { try await self.tellPolling(polling) }
        }
    }

    /// Stops to poll a member that was removed at run time.
    /// - Parameter cleansDatabase: forget that it was polled; else it is polled again when it is added again.
    func memberRemoved(_ kind: PollKind, _ name: String, cleansDatabase: Bool) {
        guard let polling = self.persistentState.polling, self.endPolling(kind, name, isForgotten: cleansDatabase, isDeclaredInCode: false)
        else { return }
        if cleansDatabase { self.tellDatabase("polling not stored", name) { try await self.tellPolling(polling) } }
    }

    // MARK: - Polls

    /// Writes a poll into the black box.
    func recordPolling(_ kind: PollKind, _ names: [String]) {
        let names = names.map(\.tangoFolded)
        switch kind {
        case .attribute:
            let call = DeviceCall.readAttributes(names, source: .device, identity: nil, version: 5)
            self.blackBox.record(Request(call: call, operation: .readAttributes5, requester: .polling))
        case .command:
            let call = DeviceCall.command(names.first ?? "", .void, source: .device, identity: nil, version: 2)
            self.blackBox.record(Request(call: call, operation: .commandInout, requester: .polling))
        }
    }

    /// Keeps what a poll gave, failures included, and tells those who make events of it.
    func keep(
        _ outcome: Result<DeviceResult, any Error>, of kind: PollKind, _ names: [String], date: Timestamp, began: NIODeadline,
        duration: TimeAmount?
    ) {
        guard let polling = self.persistentState.polling else { return }
        switch kind {
        case .attribute:
            var values: [AttributeValue]
            switch outcome {
            case .success(.attributeValues(let read)): values = read
            case .success: values = []
            case .failure(let error):
                let failure = DevFailed(wrapping: error)
                values = names.map { AttributeValue(name: $0, failure: failure, time: date) }
            }
            polling.record(values, date: date, began: began, duration: duration)
            guard self.server.changes.hasObservers else { return }
            for value in values { self.server.changes.send(self.name, .polled(value)) }
        case .command:
            let record: PollRecord
            switch outcome {
            case .success(.command(let result)): record = .command(result, errors: [])
            case .success: record = .command(.void, errors: [])
            case .failure(let error): record = .command(.void, errors: DevFailed(wrapping: error).errors)
            }
            polling.record(command: names.first ?? "", record, date: date, began: began, duration: duration)
        }
    }

    /// Polls something now and keeps what it gave; its failure too.
    /// - Throws: `API_AttrNotFound`, `API_CommandNotFound`, `API_PollObjNotFound`, `API_NotSupported` when it is polled by the clock.
    func triggerPolling(_ kind: PollKind, _ name: String) async throws(DevFailed) {
        let object = try self.triggered(kind, name)
        let (date, began) = (Timestamp.now, NIODeadline.now())
        self.recordPolling(object.kind, [object.name])
        let outcome: Result<DeviceResult, any Error> =
            switch object.kind {
            case .attribute: await OperationRunner.run(ReadOperation(polling: [object.name]), on: self)
            case .command: await OperationRunner.run(CommandOperation(name: object.name, argument: .void), on: self)
            }
        self.keep(outcome, of: object.kind, [object.name], date: date, began: began, duration: .now() - began)
    }

    /// Something polled that is not polled by the clock.
    func triggered(_ kind: PollKind, _ name: String) throws(DevFailed) -> PolledObject {
        let target = try self.pollTarget(kind, name)
        guard let object = self.polled(target.kind, target.name) else { throw Self.notFound(name) }
        guard object.period == 0 else {
            throw DevFailed(
                .notSupported,
                "Polling for \(target.kind == .attribute ? "attribute" : "command") \(target.name) (device \(self.name))  is not externally triggered.",
                origin: "Util::trigger_polling")
        }
        return object
    }

    // MARK: - Cache

    /// What the poll cache has of these attributes; `nil` when it is not consulted, since only the device can answer.
    func cachedAttributes(_ names: [String], _ source: DevSource) -> CachedAttributes? {
        guard source == .cache || self.isPolled else { return nil }
        let names = names.count == 1 && names[0] == AttributeRuntime.allNames ? self.allAttributes.map(\.name) : names
        var cached = CachedAttributes(names: names)
        let now = NIODeadline.now()
        for name in names where !cached.isFull { cached.append(self.cachedValue(name, source, now: now)) }
        return cached
    }

    /// The last polled value or, where only the cache may be read, why there is none; `nil` when the device has to be read.
    private func cachedValue(_ name: String, _ source: DevSource, now: NIODeadline) -> AttributeValue? {
        guard let attribute = self.attribute(name) else {
            guard source == .cache, !self.hasForwarded(among: [name]) else { return nil }
            return AttributeValue(name: name, failure: .attributeNotFound(name), time: .now)
        }
        guard attribute.root == nil else { return nil }
        do {
            return try self.cachedValue(of: attribute, source, now: now)
        } catch {
            return attribute.failed(error, name: name)
        }
    }

    /// The last polled value; `nil` when the device has to be read.
    /// - Throws: where only the cache may be read: `API_AttrNotPolled`, `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    private func cachedValue(
        of attribute: AttributeRuntime, _ source: DevSource, now: NIODeadline
    ) throws(DevFailed) -> AttributeValue? {
        do {
            if let polling = self.persistentState.polling, let record = try polling.fresh(.attribute, attribute.name, now: now),
                case .attribute(let value) = record.value
            {
                return value
            }
        } catch {
            guard source == .cache else { return nil }
            throw error
        }
        guard source == .cache else { return nil }
        throw DevFailed.attributeNotPolled(attribute.name, origin: "Device::read_attributes_from_cache")
    }

    /// The last polled result of a command; `nil` when the device has to execute it.
    func cachedCommand(_ name: String, _ source: DevSource) throws(DevFailed) -> CommandData? {
        guard source == .cache || self.isPolled else { return nil }
        if source == .cache { _ = try self.pollableCommand(name) }
        guard let command = self.command(name) else { return nil }
        do throws(DevFailed) {
            let kind = Self.polledKind(.command, name)
            if let polling = self.persistentState.polling, let record = try polling.fresh(kind, command.value.info.name, now: .now()) {
                guard record.value.errors.isEmpty else { throw DevFailed(errors: record.value.errors) }
                return record.value.commandResult
            }
        } catch {
            // A failed poll is an answer, a missing or old one is none.
            if source != .cache, error.reason == "API_NoDataYet" || error.reason == "API_NotUpdatedAnyMore" { return nil }
            throw error
        }
        guard source == .cache else { return nil }
        throw DevFailed.commandNotPolled(command.value.info.name, origin: "Device::command_inout")
    }

    /// Quality of the last polled value of an attribute; `nil` when it is not polled or has none. For the computed state, which does not
    /// read polled attributes.
    func polledQuality(ofAttribute name: String) -> AttributeQuality? {
        guard let record = self.polled(.attribute, name)?.ring.newest, case .attribute(let value) = record.value else { return nil }
        return value.quality
    }

    // MARK: - History

    /// - Throws: `API_AttrNotFound`, `API_AttrNotPolled`, `API_NoDataYet`, `API_MemoryAllocation` for a negative count.
    func attributeHistory(_ name: String, _ count: Int) throws(DevFailed) -> AttributeHistory {
        let origin = "Device::read_attribute_history"
        guard let attribute = self.attribute(name) else { throw DevFailed.attributeNotFound(name) }
        guard let object = self.polled(.attribute, name) else {
            throw DevFailed.attributeNotPolled(attribute.name, origin: origin)
        }
        try Self.checkHistory(object, count, origin)
        let values = object.ring.newest(count).compactMap { record -> AttributeValue? in
            guard case .attribute(var value) = record.value else { return nil }
            // Failed reads are sent without a type, their history with it.
            value.type = attribute.definition.type
            value.format = attribute.definition.format
            return value
        }
        return AttributeHistory(name: attribute.name, values: values)
    }

    private static func checkHistory(_ object: PolledObject, _ count: Int, _ origin: String) throws(DevFailed) {
        guard !object.ring.isEmpty else { throw object.noData(origin) }
        // Measured: the incumbents fail so when they try to make room for it.
        guard count >= 0 else { throw DevFailed("API_MemoryAllocation", "Can't allocate memory in server", origin: origin) }
    }

    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_CmdNotPolled`, `API_NoDataYet`, `API_MemoryAllocation`
    ///   for a negative count.
    func commandHistory(_ name: String, _ count: Int) throws(DevFailed) -> CommandHistory {
        let origin = "Device::command_inout_history"
        let command = try self.pollableCommand(name)
        guard let object = self.polled(.command, name) else {
            throw DevFailed.commandNotPolled(name.tangoFolded, origin: origin)
        }
        try Self.checkHistory(object, count, origin)
        let records = object.ring.newest(count).map { record in
            CommandHistoryRecord(
                time: record.date, result: record.value.errors.isEmpty ? record.value.commandResult : .void, errors: record.value.errors)
        }
        return CommandHistory(type: command.value.info.outType ?? .void, records: records)
    }

    // MARK: - Status

    /// What DevPollStatus answers: commands, then attributes.
    var pollingStatus: [String] {
        guard let polling = self.persistentState.polling, !polling.isEmpty else { return [] }
        let now = NIODeadline.now()
        let attributes = polling.objects(.attribute)
        var together: [Int: [String]] = [:]
        for attribute in attributes { together[attribute.period, default: []].append(attribute.name) }
        func text(_ object: PolledObject, asCommand: Bool = false) -> String {
            object.statusText(
                together: object.kind == .attribute ? together[object.period] ?? [] : [], asCommand: asCommand, now: now)
        }
        let builtIn = attributes.filter { $0.name == "State" || $0.name == "Status" }
        return polling.objects(.command).map { text($0) } + builtIn.map { text($0, asCommand: true) } + attributes.map { text($0) }
    }
}
