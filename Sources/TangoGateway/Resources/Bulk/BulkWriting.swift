import Synchronization
import TangoClient
import TangoCore

/// One element of the body of a bulk write.
struct BulkItem: Sendable {
    /// Its place in the body, and in the answer.
    var index: Int
    var device: DeviceReference
    var name: String
    var body: JSONObject

    /// The elements of a body.
    /// - Throws: 400 unless it is a list of objects with a device and a name.
    static func parse(_ body: JSONValue?, defaultHost: () throws(HTTPFailure) -> TangoHost) throws(HTTPFailure) -> [BulkItem] {
        guard let elements = body?.array else { throw HTTPFailure.badRequest("A list is expected in the body") }
        var items: [BulkItem] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.object, let device = object["device"]?.string, let name = object["name"]?.string else {
                throw HTTPFailure.badRequest("Element \(index) of the body is no object with a device and a name")
            }
            guard ![device, name].contains(where: { $0.isEmpty || $0.utf8.contains(0) }) else {
                throw HTTPFailure.badRequest("Element \(index) of the body has an empty name, or a NUL in it")
            }
            let host: TangoHost
            switch object["host"] {
            case nil, .null?: host = try defaultHost()
            case .string(let text)?: host = try TangoHost(authority: text)
            default: throw HTTPFailure.badRequest("The host of element \(index) of the body is no text")
            }
            items.append(
                BulkItem(
                    index: index, device: DeviceReference(host: host, name: TangoText.encode(device)), name: TangoText.encode(name),
                    body: object))
        }
        return items
    }
}

/// The items of an answer, filled in as they come.
final class BulkResults: Sendable {
    private let items: Mutex<[JSONValue?]>

    init(count: Int) {
        self.items = Mutex(Array(repeating: nil, count: count))
    }

    func set(_ index: Int, _ item: JSONValue) { self.items.withLock { $0[index] = item } }

    var all: [JSONValue?] { self.items.withLock { $0 } }
}

/// An element that is ready to be executed, or refused already.
struct BulkPlan<Work: Sendable>: Sendable {
    var item: BulkItem
    /// As the device spells it, where it is known.
    var name: String
    var work: Result<Work, HTTPFailure>
}

/// A bulk write: devices at the same time, the elements of each in order.
struct BulkWriting<Work: Sendable>: Sendable {
    let exchange: Exchange
    /// Whether the elements name commands, some of which everybody may execute.
    var namesCommands = false
    /// Checks the elements of a device.
    let prepare: @Sendable (DeviceProxy, [BulkItem]) async throws(DevFailed) -> [BulkPlan<Work>]
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

    /// - Throws: 400 for a bad body; with `async` also for what is refused before anything is executed.
    func answer() async throws -> Answer {
        let deadline = ContinuousClock.now + self.exchange.configuration.timeout * 9 / 10
        let isAsync = try self.exchange.query.flag("async")
        let body = try await self.exchange.jsonBody()
        let items = try BulkItem.parse(body) { () throws(HTTPFailure) in try self.exchange.defaultHost() }
        let groups = Self.groups(items)
        guard isAsync else {
            return try await self.exchange.change(false, []) {
                let results = BulkResults(count: items.count)
                _ = await FanOut.run(groups, on: self.exchange.executor, until: deadline) {
                    await self.execute(await self.prepared($0), results)
                }
                return .json(.array(self.completed(results, items)))
            }
        }
        var prepared: [Prepared] = []
        for group in await FanOut.run(groups, on: self.exchange.executor, until: deadline, { await self.prepared($0) }) {
            guard let group else {
                self.exchange.services.logger.warning("\(self.exchange.origin): a device did not answer in time, nothing is changed there")
                continue
            }
            prepared.append(group)
            if let failure = self.refusal(group) { throw failure }
        }
        let accepted = prepared
        return try await self.exchange.change(true, []) {
            let results = BulkResults(count: items.count)
            _ = await FanOut.run(accepted, on: self.exchange.executor, until: .now + .seconds(3600)) { await self.execute($0, results) }
            for case let item? in results.all where item.object?["errors"] != nil {
                self.exchange.services.logger.warning("\(self.exchange.origin) failed after its answer: \(item.text)")
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
            guard group.device.name.split(separator: "/").allSatisfy({ ResourcePath.canBeDeviceField(String($0)) }) else {
                throw DevFailed(
                    .databaseDeviceNotDefined, "device \(group.device.name) not defined in the database !", origin: self.exchange.origin)
            }
            let proxy = try await self.exchange.proxy(group.device)
            let plans = try await self.prepare(proxy, group.items)
            let device = DeviceReference(host: group.device.host, name: proxy.name)
            return Prepared(group: group, ready: .success((proxy, await self.authorized(plans, device))))
        } catch {
            return Prepared(group: group, ready: .failure(HTTPFailure(error, while: .resolving)))
        }
    }

    /// The plans, without those the user has no right to.
    /// - Parameter device: by its own name, whatever alias the elements call it.
    private func authorized(_ plans: [BulkPlan<Work>], _ device: DeviceReference) async -> [BulkPlan<Work>] {
        var plans = plans
        for index in plans.indices {
            guard case .success = plans[index].work else { continue }
            do throws(HTTPFailure) {
                try await self.exchange.authorize(device, command: self.namesCommands ? plans[index].name : nil)
            } catch {
                plans[index].work = .failure(error)
            }
        }
        return plans
    }

    /// What an asynchronous write is refused for: bad values and unknown names. Devices that do not answer are not known to be wrong.
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
            let links = self.exchange.links(group.group.device, canonicalName: group.group.device.name)
            for item in group.group.items { results.set(item.index, self.failing(item, item.name, failure, links)) }
        case .success(let (proxy, plans)):
            let links = self.exchange.links(group.group.device, canonicalName: proxy.name)
            await self.execute(proxy, links, plans, results)
            let device = DeviceReference(host: group.group.device.host, name: proxy.name)
            self.exchange.services.forget(
                self.namesCommands ? Change(commanding: device, isDatabase: proxy.isDatabase) : .device(device))
        }
    }

    /// Elements without a result are those of devices that did not answer.
    private func completed(_ results: BulkResults, _ items: [BulkItem]) -> [JSONValue] {
        zip(items, results.all).map { item, result in
            if let result { return result }
            let failed = DevFailed(.deviceTimedOut, "\(item.device.name) did not answer in time", origin: self.exchange.origin)
            let links = self.exchange.links(item.device, canonicalName: item.device.name)
            return self.failing(item, item.name, HTTPFailure(failed, while: .calling), links)
        }
    }
}
