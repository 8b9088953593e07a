import TangoClient
import TangoCore

/// A member of a device in a bulk answer.
struct BulkMember: Sendable {
    var name: String
    var item: JSONValue
    /// Whether the device has no such member. It is left out, unless the pattern names one device.
    var isUnknown = false
}

/// Reads members of many devices: from wildcards to one list of items.
struct BulkRead: Sendable {
    /// Reads the selected members of a device.
    typealias Fetch = @Sendable (DeviceReference, DeviceProxy, DeviceLinks, MemberSelection) async throws(DevFailed) -> [BulkMember]

    let request: ResourceRequest
    /// Makes the item of something that failed.
    let failing: @Sendable (String, [DevError], DeviceLinks) -> JSONValue
    /// Reason of a missing member: `API_AttrNotFound`, …
    let unknownReason: ErrorReason
    let fetch: Fetch

    private enum Listing: Sendable {
        case devices([String])
        /// The host's database does not answer.
        case noHost(HTTPFailure)
    }

    private struct Target: Sendable {
        var device: DeviceReference
        var key: MemberKey
        var selection = MemberSelection()
        /// Whether a wildcard names it: then it is waited for even if it did not answer before.
        var isNamed = false
    }

    private struct Outcome: Sendable {
        var links: DeviceLinks
        var members: Result<[BulkMember], DevFailed>

        /// Whether the device did not answer.
        var isTimeOut: Bool {
            guard case .failure(let failed) = self.members else { return false }
            return failed.errors.contains { [.deviceTimedOut, .connectTimedOut].contains($0.reason) }
        }
    }

    /// Returns all items, in the order of the wildcards, each once.
    /// - Throws: 400 without wildcards and for bad ones; with one wildcard, the failure of its host.
    func items() async throws -> [JSONValue] {
        let start = ContinuousClock.now
        let timeout = self.request.configuration.timeout
        var patterns: [BulkPattern] = []
        for text in self.request.query.all("wildcard") { patterns.append(try BulkPattern(text)) }
        guard !patterns.isEmpty else { throw HTTPFailure.badRequest("The parameter wildcard is missing") }

        let listings = await FanOut.run(patterns, on: self.request.executor, until: start + timeout * 6 / 10) { await self.listing($0) }
        var devices: [[DeviceReference]] = []
        var targets: [Target] = []
        var positions: [MemberKey: Int] = [:]
        for (pattern, listing) in zip(patterns, listings) {
            var found: [DeviceReference] = []
            switch listing {
            case .devices(let names)?: found = names.map { DeviceReference(host: pattern.host, name: $0) }
            case .noHost(let failure)?: if patterns.count == 1 { throw failure }
            case nil: if patterns.count == 1 { throw self.noAnswer(of: pattern.host) }
            }
            for device in found {
                let key = MemberKey(device)
                let position = positions[key] ?? targets.count
                if position == targets.count {
                    positions[key] = position
                    targets.append(Target(device: device, key: key))
                }
                targets[position].selection.add(pattern.name)
                if pattern.isOneDevice { targets[position].isNamed = true }
            }
            devices.append(found)
        }
        let unresponsive = self.request.services.unresponsiveDevices
        let deadline = start + timeout * 9 / 10
        let grace = timeout / 10
        let graceEnd = ContinuousClock.now + grace
        let outcomes = await FanOut.run(
            targets, on: self.request.executor, until: deadline, grace: grace, isAwaited: { $0.isNamed || !unresponsive.contains($0.key) }
        ) { target -> Outcome? in
            var probe = unresponsive.beginProbe(target.key, isNamed: target.isNamed)
            // Another request probes the device: its result counts here too, if it comes in time.
            while probe == nil {
                guard ContinuousClock.now < graceEnd, (try? await Task.sleep(for: .milliseconds(20))) != nil else { return nil }
                probe = unresponsive.beginProbe(target.key, isNamed: false)
            }
            let outcome = await self.outcome(of: target)
            unresponsive.endProbe(target.key, probe ?? .unmarked, isAnswered: Task.isCancelled ? nil : !outcome.isTimeOut)
            return outcome
        }.map { $0.flatMap { $0 } }
        if ContinuousClock.now >= deadline {
            for (target, outcome) in zip(targets, outcomes) where outcome == nil { unresponsive.mark(target.key) }
        }
        var answer = Union()
        for (pattern, devices) in zip(patterns, devices) {
            for device in devices {
                guard let position = positions[MemberKey(device)] else { continue }
                self.add(pattern, device, outcomes[position], to: &answer)
            }
        }
        return answer.items
    }

    private func noAnswer(of host: TangoHost) -> HTTPFailure {
        HTTPFailure(
            DevFailed(.deviceTimedOut, "The database at \(host) did not answer in time", origin: self.request.origin), while: .database)
    }

    /// Returns the devices of one pattern, as the database lists them.
    private func listing(_ pattern: BulkPattern) async -> Listing {
        do {
            let database = try self.request.database(pattern.host)
            return .devices(
                try await upstream(.database) { () async throws(DevFailed) in
                    // Checks that the database answers; cached after the first call.
                    _ = try await database.deviceName()
                    if pattern.isOneDevice { return [pattern.deviceText] }
                    return try await database.devices(matching: pattern.deviceText, exportedOnly: true).filter(pattern.matches)
                })
        } catch {
            return .noHost(error)
        }
    }

    private func outcome(of target: Target) async -> Outcome {
        var links = self.request.links(unreached: target.device)
        do throws(DevFailed) {
            let proxy = try await self.request.proxy(target.device)
            links = self.request.links(target.device, canonicalName: proxy.name)
            return Outcome(links: links, members: .success(try await self.fetch(target.device, proxy, links, target.selection)))
        } catch {
            return Outcome(links: links, members: .failure(error))
        }
    }

    /// Adds the items that one pattern selects of one device.
    private func add(_ pattern: BulkPattern, _ device: DeviceReference, _ outcome: Outcome?, to answer: inout Union) {
        let outcome =
            outcome
            ?? Outcome(
                links: self.request.links(unreached: device),
                members: .failure(DevFailed(.deviceTimedOut, "\(device.name) did not answer in time", origin: self.request.origin)))
        switch outcome.members {
        case .failure(let failed):
            guard pattern.isOneDevice else { return }
            answer.add(self.failing(pattern.name.text, failed.errors, outcome.links), device, pattern.name.text)
        case .success(let members):
            var isFound = false
            for member in members where pattern.name.matches(member.name) {
                isFound = true
                if !member.isUnknown || pattern.isOneDevice { answer.add(member.item, device, member.name) }
            }
            guard !isFound, pattern.isOneDevice, pattern.name.isLiteral else { return }
            let name = pattern.name.text
            let failed = DevFailed(self.unknownReason, "\(name) is not found in \(outcome.links.device)", origin: self.request.origin)
            answer.add(self.failing(name, failed.errors, outcome.links), device, name)
        }
    }

    /// Items in order, each once.
    private struct Union {
        private(set) var items: [JSONValue] = []
        private var known: Set<MemberKey> = []

        mutating func add(_ item: JSONValue, _ device: DeviceReference, _ name: String) {
            if self.known.insert(MemberKey(device, name)).inserted { self.items.append(item) }
        }
    }
}
