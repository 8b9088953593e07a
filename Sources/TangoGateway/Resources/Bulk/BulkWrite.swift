import HTTPTypes
import Logging
import TangoClient
import TangoCore

/// Writes to many devices, or executes commands on them: devices concurrently, the elements of each in order.
struct BulkWrite<Work: Sendable>: Sendable {
    var request: ResourceRequest
    /// Whether the elements name commands, some of which are allowed to every user.
    var namesCommands = false
    /// Checks the elements of a device.
    var prepare: @Sendable (DeviceProxy, [BulkItem]) async throws(DevFailed) -> [BulkPlan<Work>]
    /// Executes the elements of a device.
    let execute: @Sendable (DeviceProxy, DeviceLinks, [BulkPlan<Work>], BulkResults) async -> Void
    /// Makes the item of an element that failed.
    let failing: @Sendable (BulkItem, String, HTTPFailure, DeviceLinks) -> JSONValue

    private struct Group: Sendable {
        var device: DeviceReference
        var items: [BulkItem]
    }

    private struct Prepared: Sendable {
        var group: Group
        var ready: Result<(proxy: DeviceProxy, plans: [BulkPlan<Work>]), HTTPFailure>
    }

    /// Answers one item per element of the body.
    /// - Throws: 400 for a bad body; with `async` also the first refusal, before anything is executed.
    func answer() async throws -> Answer {
        let deadline = ContinuousClock.now + self.request.partialTimeout
        let isAsync = try self.request.query.flag("async")
        let body = try await self.request.jsonBody()
        let items = try BulkItem.parse(body) { () throws(HTTPFailure) in try self.request.defaultHost() }
        let groups = Self.groups(items)
        guard isAsync else {
            return try await self.request.change(false, []) {
                let results = BulkResults(count: items.count)
                _ = await FanOut.run(groups, on: self.request.executor, until: deadline) {
                    await self.execute(await self.prepared($0), results)
                }
                return .json(.array(self.completed(results, items)))
            }
        }
        var prepared: [Prepared] = []
        for group in await FanOut.run(groups, on: self.request.executor, until: deadline, { await self.prepared($0) }) {
            guard let group else {
                self.request.services.logger.warning("\(self.request.origin): a device did not answer in time, nothing is changed there")
                continue
            }
            prepared.append(group)
            if let failure = self.refusal(group) { throw failure }
        }
        let (accepted, count) = (prepared, items.count)
        // The devices take their time, and other requests need the room of the body.
        var background = self
        background.request.http = background.request.http.withoutBody
        // What has been checked already holds the request as it came.
        background.prepare = { _, _ in [] }
        return try await self.request.change(true, []) { [background] in
            let request = background.request
            let results = BulkResults(count: count)
            _ = await FanOut.run(accepted, on: request.executor, until: .now + .seconds(3600)) { await background.execute($0, results) }
            for case let item? in results.all where item.object?["errors"] != nil {
                request.services.logger.warning("\(request.origin) failed after its answer: \(item.text)")
            }
            return .noContent
        }
    }

    private static func groups(_ items: [BulkItem]) -> [Group] {
        var groups: [Group] = []
        var positions: [MemberKey: Int] = [:]
        for item in items {
            let position = positions[MemberKey(item.device)] ?? groups.count
            if position == groups.count {
                positions[MemberKey(item.device)] = position
                groups.append(Group(device: item.device, items: []))
            }
            groups[position].items.append(item)
        }
        return groups
    }

    private func prepared(_ group: Group) async -> Prepared {
        do throws(DevFailed) {
            let proxy = try await self.request.proxy(group.device)
            let plans = try await self.prepare(proxy, group.items)
            let device = DeviceReference(host: group.device.host, name: proxy.name)
            return Prepared(group: group, ready: .success((proxy, await self.authorized(plans, device))))
        } catch {
            return Prepared(group: group, ready: .failure(HTTPFailure(error, while: .resolving)))
        }
    }

    /// Returns the plans; those the user has no right to fail.
    /// - Parameter device: by its own name, not by an alias.
    private func authorized(_ plans: [BulkPlan<Work>], _ device: DeviceReference) async -> [BulkPlan<Work>] {
        var plans = plans
        for index in plans.indices {
            guard case .success = plans[index].work else { continue }
            do throws(HTTPFailure) {
                try await self.request.authorize(device, command: self.namesCommands ? plans[index].name : nil)
            } catch {
                plans[index].work = .failure(error)
            }
        }
        return plans
    }

    /// Returns why an asynchronous write is refused: bad values and unknown names. A device that does not answer is no reason.
    private func refusal(_ group: Prepared) -> HTTPFailure? {
        let failures: [HTTPFailure] =
            switch group.ready {
            case .failure(let failure): [failure]
            case .success(let (_, plans)):
                plans.compactMap { plan in if case .failure(let failure) = plan.work { failure } else { nil } }
            }
        return failures.first { $0.status != .serviceUnavailable }
    }

    private func execute(_ group: Prepared, _ results: BulkResults) async {
        switch group.ready {
        case .failure(let failure):
            let links = self.request.links(unreached: group.group.device)
            for item in group.group.items { results.set(item.index, self.failing(item, item.name, failure, links)) }
        case .success(let (proxy, plans)):
            let links = self.request.links(group.group.device, canonicalName: proxy.name)
            await self.execute(proxy, links, plans, results)
            let device = DeviceReference(host: group.group.device.host, name: proxy.name)
            self.request.services.invalidate(
                self.namesCommands ? CacheInvalidation(commanding: device, isDatabase: proxy.isDatabase) : .device(device))
        }
    }

    /// Returns all items. Elements without a result are those of devices that did not answer.
    private func completed(_ results: BulkResults, _ items: [BulkItem]) -> [JSONValue] {
        zip(items, results.all).map { item, result in
            if let result { return result }
            let failed = DevFailed(.deviceTimedOut, "\(item.device.name) did not answer in time", origin: self.request.origin)
            let links = self.request.links(unreached: item.device)
            return self.failing(item, item.name, HTTPFailure(failed, while: .calling), links)
        }
    }
}
