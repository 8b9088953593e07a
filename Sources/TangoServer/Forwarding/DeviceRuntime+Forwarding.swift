import NIOCore
import TangoClient
import TangoCore
import TangoIIOP

/// Forwarded attributes: how their roots are found, and what is done on the roots with the device.
extension DeviceRuntime {
    // MARK: - Having them

    /// Gives the device a forwarded attribute; it appears among the others when its root is found.
    /// - Returns: whether it is new.
    /// - Throws: `API_AttrNotFound` when another attribute has that name.
    func addForwarded(_ definition: AttributeDefinition) throws(DevFailed) -> Bool {
        let existing: (isThere: Bool, isForwarded: Bool) = self.members.withLock { members in
            let isForwarded = members.forwarded[definition.name] != nil
            guard !isForwarded, members.attribute(definition.name) == nil else { return (true, isForwarded) }
            members.forwarded.set(ForwardedMember(definition: definition))
            members.attributes.reserve(definition.name)
            return (false, true)
        }
        guard existing.isForwarded else { throw Self.otherDefinition(attribute: definition.name, of: self.name) }
        guard !existing.isThere else { return false }
        guard self.isStarted else { return true }
        if self.server.storage != nil {
            self.askForProperties(ofForwarded: definition.name)
        } else {
            Task { await self.resolveForwarded() }
        }
        return true
    }

    /// Whether any of the names is that of a forwarded attribute.
    func hasForwarded(among names: [String]) -> Bool {
        self.members.withLock { members in
            guard !members.forwarded.isEmpty else { return false }
            return names.contains { $0.hasPrefix("All attributes") || members.forwarded[$0] != nil }
        }
    }

    /// Lines of the status about forwarded attributes that are not there.
    var forwardingErrorText: String {
        self.members.withLock { $0.forwarded.members }.map { $0.error?.statusText($0.name, root: $0.root) ?? "" }.joined()
    }

    // MARK: - Finding the roots

    /// Whether a root was not found that may be found soon: one of another device of this server, say.
    var hasOpenRoots: Bool { self.members.withLock { $0.forwarded.hasErrors && $0.forwarded.members.contains(where: \.isOpen) } }

    /// Looks for the roots that were not found yet; again later while there are root devices that did not start.
    /// - Returns: whether one was found.
    @discardableResult
    func resolveForwarded() async -> Bool {
        let open = self.members.withLock { $0.forwarded.members }.filter(\.isOpen)
        guard !open.isEmpty, !self.isEnded else { return false }
        let hasFound = await InProcess.$target.withValue(self.handlerServer) {
            var hasFound = false
            // A device that does not answer is not waited for again and again.
            var silent: Set<String> = []
            for member in open where await self.resolve(member, &silent) { hasFound = true }
            return hasFound
        }
        self.retryLater()
        return hasFound
    }

    /// How often root devices that did not start are looked for.
    private static let retryInterval = TimeAmount.seconds(3)

    private func retryLater() {
        let isNeeded = self.members.withLock { members -> Bool in
            guard !members.forwarded.isRetryScheduled, members.forwarded.members.contains(where: { $0.error == .notStarted }) else {
                return false
            }
            members.forwarded.isRetryScheduled = true
            return true
        }
        guard isNeeded, !self.isEnded else { return }
        self.server.eventLoops.any().scheduleTask(in: Self.retryInterval) { [weak self] in
            guard let self, !self.isEnded else { return }
            self.members.withLock { $0.forwarded.isRetryScheduled = false }
            Task { await self.resolveForwarded() }
        }
    }

    private func resolve(_ member: ForwardedMember, _ silent: inout Set<String>) async -> Bool {
        var member = member
        let outcome = await self.findRoot(&member, &silent)
        let resolved: AttributeRuntime?
        switch outcome {
        case .success(let root):
            member.progress = .found
            resolved = self.makeAttribute(ClassAttribute(member.definition.resolved(by: root), root: root))
        case .failure(let failure):
            if member.error != failure.error {
                self.kernelLogger.warning(
                    "forwarded attribute without root",
                    metadata: ["attribute": "\(member.name)", "root": "\(member.root)", "error": "\(failure.error)"])
            }
            member.progress = .failed(failure.error)
            resolved = nil
        }
        let settled = member
        let isNew = self.members.withLock { members -> Bool in
            // It may have been removed, or found, meanwhile.
            guard members.forwarded[settled.name]?.isOpen == true, members.attributes[settled.name] == nil else { return false }
            members.forwarded.set(settled)
            guard let resolved else { return false }
            members.attributes.set(resolved, for: settled.name)
            members.updateAlarmIndex(for: resolved)
            members.digest ^= resolved.signature
            return true
        }
        if isNew, let resolved { self.interfaceChanged(by: resolved.signature) }
        return isNew
    }

    private struct NotFound: Error {
        var error: ForwardingError

        init(_ error: ForwardingError) {
            self.error = error
        }
    }

    /// Finds the root the database names, or else the code.
    private func findRoot(_ member: inout ForwardedMember, _ silent: inout Set<String>) async -> Result<ForwardedRoot, NotFound> {
        // A value of the class, or of another device, is none (the incumbents take it).
        guard
            let text = self.configuration(ofAttribute: member.name).device["__root_att"]?.first ?? member.definition.forwarding?.defaultRoot
        else { return .failure(NotFound(.missing)) }
        member.root = text
        guard var locator = try? TRL(parsing: text), !locator.isAlias, locator.property == nil, locator.attribute != nil,
            let system = self.server.controlSystem
        else { return .failure(NotFound(.wrongSyntax)) }
        let ownHost = try? system.defaultHost()
        var device = locator
        let address = self.address(of: locator, ownHost)
        if let address, self.server.storage == nil || (locator.host ?? ownHost) == nil {
            (device.host, device.usesDatabase) = (address, false)
            if locator.host == nil { (locator.host, locator.usesDatabase) = (address, false) }
        } else {
            locator.host = locator.host ?? ownHost
            if let address { (device.host, device.usesDatabase) = (address, false) }
        }
        device.attribute = nil
        member.root = locator.description
        if address != nil, locator.device.tangoFolded == self.name.folded { return .failure(NotFound(.localDevice)) }
        let fullName = locator.description.tangoFolded
        let roots = self.server.roots
        if let other = roots.reserve(fullName, for: self.name, member.name) { return .failure(NotFound(.alreadyUsed(by: other))) }
        guard !silent.contains(device.description.tangoFolded) else { return .failure(NotFound(.notStarted)) }
        let outcome = await self.ask(locator, at: device, member.name, system)
        if case .failure(let failure) = outcome {
            if failure.error == .notStarted { silent.insert(device.description.tangoFolded) }
            if !failure.error.isTransient { roots.release(self.name, member.name) }
        }
        return outcome
    }

    /// Where the device is when it is one of this server.
    private func address(of locator: TRL, _ ownHost: TangoHost?) -> TangoHost? {
        guard let server = self.server.localServer, let address = server.address(ofDevice: locator.device.tangoFolded) else {
            return nil
        }
        if let host = locator.host {
            let isHere =
                locator.usesDatabase
                ? host == ownHost : server.serves(Endpoint(host: host.host, port: host.port, version: .v1_2))
            return isHere ? address : nil
        }
        return address
    }

    private func ask(
        _ locator: TRL, at device: TRL, _ name: String, _ system: ControlSystem
    ) async -> Result<ForwardedRoot, NotFound> {
        if locator.usesDatabase, await self.leadsBack(locator, to: name, system) { return .failure(NotFound(.loop)) }
        let proxy: DeviceProxy
        do {
            proxy = try await system.device(device.description)
        } catch {
            return .failure(NotFound(device.usesDatabase ? .wrongDevice : .notStarted))
        }
        do {
            guard try await proxy.interfaceVersion() >= 5 else { return .failure(NotFound(.deviceTooOld)) }
            let config = try await proxy.attributeConfig(locator.attribute ?? "")
            guard let root = ForwardedRoot(locator, proxy, config) else { return .failure(NotFound(.attributeNotFound)) }
            return .success(root)
        } catch {
            return .failure(NotFound(error.reason == .attributeNotFound ? .attributeNotFound : .notStarted))
        }
    }

    /// Whether the root is a forwarded attribute itself that leads, over however many others, to this one.
    private func leadsBack(_ root: TRL, to name: String, _ system: ControlSystem) async -> Bool {
        let ownHost = try? system.defaultHost()
        var next = root
        var seen: Set<String> = []
        while next.usesDatabase, let attribute = next.attribute, seen.insert(next.description.tangoFolded).inserted {
            if next.host == ownHost, next.device.tangoFolded == self.name.folded, attribute.tangoFolded == name.tangoFolded { return true }
            guard let database = try? system.database(next.host),
                let properties = try? await database.attributeProperties(ofDevice: next.device, attribute: attribute),
                let root = properties.first(where: { $0.name.tangoFolded == "__root_att" })?.values?.first,
                var further = try? TRL(parsing: root)
            else { return false }
            further.host = further.host ?? next.host
            next = further
        }
        return false
    }

    // MARK: - What roots say now

    /// Asks the roots of these attributes (all forwarded ones, if one of the names means all) for their configuration. Those that do not
    /// answer are taken to be as they were.
    func refreshRoots(_ names: [String]) async {
        let isForAll = names.contains { $0.hasPrefix("All attributes") }
        let wanted = Set(names.map(\.tangoFolded))
        var devices: [String: [AttributeRuntime]] = [:]
        for attribute in self.forwardedAttributes where isForAll || wanted.contains(attribute.name.tangoFolded) {
            if let root = attribute.root { devices[root.device, default: []].append(attribute) }
        }
        await withTaskGroup(of: Void.self) { group in
            for attributes in devices.values { group.addTask { await self.refresh(attributes) } }
        }
    }

    /// Forwarded attributes that are there.
    private var forwardedAttributes: [AttributeRuntime] {
        self.members.withLock { members in
            members.forwarded.isEmpty ? [] : members.attributes.members.filter { $0.root != nil }
        }
    }

    /// - Parameter attributes: with roots in one device.
    private func refresh(_ attributes: [AttributeRuntime]) async {
        let roots = attributes.compactMap(\.root)
        guard let proxy = roots.first?.proxy,
            let configs = try? await proxy.attributeConfigs(roots.map(\.attribute)), configs.count == attributes.count
        else { return }
        for (attribute, config) in zip(attributes, configs) {
            if let root = attribute.root?.updated(config) { self.update(attribute, root) }
        }
    }

    private func update(_ old: AttributeRuntime, _ root: ForwardedRoot) {
        let new = self.members.withLock { members -> AttributeRuntime? in
            guard let member = members.forwarded[old.name], members.attributes[old.name] === old else { return nil }
            let new = self.makeAttribute(ClassAttribute(member.definition.resolved(by: root), root: root))
            members.forget(old)
            members.attributes.set(new, for: old.name)
            members.updateAlarmIndex(for: new)
            members.digest ^= old.signature ^ new.signature
            return new
        }
        guard let new else { return }
        old.detach()
        self.server.changes.send(self.name, .attributeConfig(new.config))
        if old.signature != new.signature { self.interfaceChanged(by: old.signature ^ new.signature) }
    }

    /// Changes the configuration of a forwarded attribute: the label here, all the rest on the root device.
    /// - Throws: what the root device says; what the database says.
    func configureForwarded(_ name: String, _ new: AttributeConfig) async throws(DevFailed) {
        guard let attribute = self.attribute(name), let root = attribute.root else { throw DevFailed.attributeNotFound(name) }
        let old = attribute.config
        if let config = root.wanted(new, old: old) {
            try await root.proxy.setAttributeConfigs([config])
            await self.refreshRoots([name])
        }
        guard new.label != old.label, let attribute = self.attribute(name) else { return }
        let changes = try attribute.setLabel(new.label, device: self.name.text)
        self.server.changes.send(self.name, .attributeConfig(attribute.config))
        if !changes.isEmpty { try await self.changeProperties(ofAttribute: attribute.name, changes) }
    }

    // MARK: - Locks

    /// The root devices, once each.
    private var rootDevices: [DeviceProxy] {
        var proxies: [String: DeviceProxy] = [:]
        for root in self.forwardedAttributes.compactMap(\.root) { proxies[root.device] = root.proxy }
        return proxies.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether locking the device concerns others.
    var hasRoots: Bool { self.members.withLock { !$0.forwarded.isEmpty } }

    /// Locks the root devices in the name of this server; all or none.
    /// - Throws: `API_DeviceLocked` when another client holds one of them.
    func lockRoots(for validity: Int32) async throws(DevFailed) {
        var locked: [DeviceProxy] = []
        for proxy in self.rootDevices {
            do throws(DevFailed) {
                try await Self.lock(proxy, for: validity)
                locked.append(proxy)
            } catch {
                for proxy in locked { await Self.unlock(proxy) }
                throw error
            }
        }
    }

    private static func lock(_ proxy: DeviceProxy, for validity: Int32) async throws(DevFailed) {
        let admin = try await proxy.adminDevice()
        do {
            try await admin.command("LockDevice", .longStringArray(LongStringArray(longs: [validity], strings: [proxy.name])))
        } catch {
            throw error.rethrowing(
                "API_CommandFailed", "Failed to execute command_inout on device \(admin.name.tangoFolded), command LockDevice",
                origin: "Connection::command_inout")
        }
    }

    /// Makes the locks on the root devices last; a root device that is gone is not waited for.
    func relockRoots() async {
        for proxy in self.rootDevices {
            _ = try? await proxy.adminDevice().command("ReLockDevices", .stringArray([proxy.name]))
        }
    }

    func unlockRoots() async {
        for proxy in self.rootDevices { await Self.unlock(proxy) }
    }

    private static func unlock(_ proxy: DeviceProxy) async {
        let argument = LongStringArray(longs: [0], strings: [proxy.name])
        _ = try? await proxy.adminDevice().command("UnLockDevice", .longStringArray(argument))
    }
}
