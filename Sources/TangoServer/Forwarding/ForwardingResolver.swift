import NIOCore
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// Finds the roots of a device's forwarded attributes, and follows their configuration.
struct ForwardingResolver: Sendable {
    let runtime: DeviceRuntime

    private var name: DeviceName { self.runtime.name }
    private var server: ServerContext { self.runtime.server }
    private var members: DeviceMembers { self.runtime.members }

    // MARK: - Finding the roots

    /// Interval between searches for root devices that have not started.
    private static let retryInterval = TimeAmount.seconds(3)

    /// Searches for the roots that were not found yet; again later while there are root devices that have not started.
    /// - Returns: whether one was found.
    @discardableResult
    func resolve() async -> Bool {
        let unresolved = self.members.forwarded.filter(\.isUnresolved)
        guard !unresolved.isEmpty, !self.runtime.isEnded else { return false }
        let hasFound = await InProcess.$target.withValue(self.runtime.handlerServer) {
            var hasFound = false
            // Devices that did not answer: none of them is waited for twice.
            var silent: Set<String> = []
            for member in unresolved where await self.resolve(member, &silent) { hasFound = true }
            return hasFound
        }
        self.retryLater()
        return hasFound
    }

    private func retryLater() {
        guard self.members.scheduleRetry(), !self.runtime.isEnded else { return }
        self.server.eventLoops.any().scheduleTask(in: Self.retryInterval) { [weak runtime = self.runtime] in
            guard let runtime, !runtime.isEnded else { return }
            runtime.members.beginRetry()
            Task { await runtime.forwarding.resolve() }
        }
    }

    private func resolve(_ member: ForwardedMember, _ silent: inout Set<String>) async -> Bool {
        var member = member
        let outcome = await self.findRoot(&member, &silent)
        let attribute: AttributeRuntime?
        switch outcome {
        case .success(let root):
            member.progress = .found
            attribute = self.runtime.interface.makeAttribute(ClassAttribute(member.definition.resolved(by: root), root: root))
        case .failure(let failure):
            if member.error != failure.error {
                self.runtime.kernelLogger.warning(
                    "forwarded attribute without root",
                    metadata: ["attribute": "\(member.name)", "root": "\(member.root)", "error": "\(failure.error)"])
            }
            member.progress = .failed(failure.error)
            attribute = nil
        }
        let isNew = self.members.resolve(member, as: attribute)
        if isNew, let attribute { self.runtime.announcement.changed(by: attribute.signature) }
        return isNew
    }

    private struct NotFound: Error {
        var error: ForwardingError

        init(_ error: ForwardingError) {
            self.error = error
        }
    }

    /// Finds the root that the database names, or else the code.
    private func findRoot(_ member: inout ForwardedMember, _ silent: inout Set<String>) async -> Result<ForwardedRoot, NotFound> {
        // Only a property of this device counts; cppTango 9.3.4 takes one of the class, or of another device, too.
        guard
            let text = self.runtime.database.properties(ofAttribute: member.name).device["__root_att"]?.first
                ?? member.definition.forwarding?.defaultRoot
        else { return .failure(NotFound(.missing)) }
        member.root = text
        guard var locator = try? TRL(parsing: text), !locator.isAlias, locator.property == nil, locator.attribute != nil,
            let system = self.server.controlSystem
        else { return .failure(NotFound(.wrongSyntax)) }
        let ownHost = try? system.defaultHost()
        var device = locator
        let address = self.address(of: locator, ownHost)
        if let address, !self.runtime.database.hasStorage || (locator.host ?? ownHost) == nil {
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
        let outcome = await self.connect(locator, at: device, member.name, system)
        if case .failure(let failure) = outcome {
            if failure.error == .notStarted { silent.insert(device.description.tangoFolded) }
            if !failure.error.isTransient { roots.release(self.name, member.name) }
        }
        return outcome
    }

    /// Returns the address of a device of this server; `nil` for other devices.
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

    /// Connects to the root device and reads the root's configuration.
    private func connect(
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

    /// Whether the root is a forwarded attribute itself that leads back to this one, over however many others.
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

    // MARK: - Configuration of the roots

    /// Reads the configuration of the roots of these attributes; of all forwarded ones, if one of the names means all attributes. Roots that
    /// do not answer keep the configuration of before.
    func refreshRoots(_ names: [String]) async {
        let isForAll = names.contains { $0.hasPrefix("All attributes") }
        let wanted = Set(names.map(\.tangoFolded))
        var devices: [String: [AttributeRuntime]] = [:]
        for attribute in self.members.resolvedForwarded where isForAll || wanted.contains(attribute.name.tangoFolded) {
            if let root = attribute.root { devices[root.device, default: []].append(attribute) }
        }
        await withTaskGroup(of: Void.self) { group in
            for attributes in devices.values { group.addTask { await self.refresh(attributes) } }
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
        guard let member = self.members.forwarded(old.name) else { return }
        let new = self.runtime.interface.makeAttribute(ClassAttribute(member.definition.resolved(by: root), root: root))
        guard self.members.replace(old, with: new) else { return }
        old.detach()
        self.server.changes.send(self.name, .attributeConfig(new.config))
        if old.signature != new.signature { self.runtime.announcement.changed(by: old.signature ^ new.signature) }
    }

    /// Changes the configuration of a forwarded attribute: the label here, all the rest on the root device.
    /// - Throws: the errors of the root device and of the database.
    func configure(_ name: String, _ new: AttributeConfig) async throws(DevFailed) {
        guard let attribute = self.members.attribute(name), let root = attribute.root else { throw DevFailed.attributeNotFound(name) }
        let old = attribute.config
        // The label first: it can be taken back if the root refuses the rest.
        let isRelabelled = new.label != old.label
        if isRelabelled { try await self.setLabel(new.label, of: attribute) }
        guard let config = root.wanted(new, old: old) else { return }
        do throws(DevFailed) {
            try await root.proxy.setAttributeConfigs([config])
        } catch {
            if isRelabelled, let planned = try? attribute.plan(label: old.label, device: self.name.text) {
                self.runtime.database.changeLater(.attribute(attribute.name), planned.changes)
                attribute.apply(planned)
                self.server.changes.send(self.name, .attributeConfig(attribute.config))
            }
            throw error
        }
        await self.refreshRoots([name])
    }

    private func setLabel(_ label: String, of attribute: AttributeRuntime) async throws(DevFailed) {
        let planned = try attribute.plan(label: label, device: self.name.text)
        try await self.runtime.database.change(.attribute(attribute.name), planned.changes)
        attribute.apply(planned)
        self.server.changes.send(self.name, .attributeConfig(attribute.config))
    }
}
