import HTTPTypes
import Logging
import TangoClient
import TangoCore

/// A control system: its database and its devices.
struct HostResource: Sendable {
    let request: ResourceRequest

    private var configuration: GatewayConfiguration { self.request.configuration }

    func database(_ host: TangoHost) async throws -> Answer {
        let database = try self.request.database(host)
        let (name, info) = try await upstream(.database) { () async throws(DevFailed) -> (String, [String]) in
            (try await database.deviceName(), try await database.info())
        }
        let url = self.request.url(of: host)
        return .json(
            [
                "id": .string(host.description), "host": .string(host.host), "port": .integer(host.port), "name": .string(name),
                "info": .strings(info), "devices": .string(url + "/devices"), "tree": .string(url + "/devices/tree"),
            ], lifetime: self.configuration.listLifetime)
    }

    func devices(_ host: TangoHost) async throws -> Answer {
        let database = try self.request.database(host)
        let selected = try DeviceSelection(self.request.query.all("wildcard")).select(from: try await self.allDevices(database))
        let aliases = try await self.aliases(database)
        let url = self.request.url(of: host) + "/devices/"
        let entities: [JSONValue] = selected.map { name in
            [
                "name": .string(name), "alias": aliases[name.tangoFolded].map { .string($0) } ?? .null,
                "href": .string(url + PercentEncoding.encode(device: name)),
            ]
        }
        return .json(.array(entities), lifetime: self.configuration.listLifetime)
    }

    /// Answers the names of families or members, without repetition.
    func names(_ host: TangoHost, below fields: [String]) async throws -> Answer {
        let pattern = NamePattern(self.request.query.first("wildcard") ?? "*")
        var known: Set<String> = []
        var names: [String] = []
        for device in try await self.allDevices(try self.request.database(host)) {
            let parts = device.split(separator: "/").map(String.init)
            guard parts.count == 3, zip(parts, fields).allSatisfy({ $0.tangoFolded == $1.tangoFolded }) else { continue }
            let name = parts[fields.count]
            if pattern.matches(name), known.insert(name.tangoFolded).inserted { names.append(name) }
        }
        return .json(.strings(names), lifetime: self.configuration.listLifetime)
    }

    func tree(_ host: TangoHost) async throws -> Answer {
        let selection = try DeviceSelection(self.request.query.all("wildcard"))
        return .json([await self.tree(host, selection)], lifetime: self.configuration.treeLifetime)
    }

    /// Answers the trees of the hosts of the query, or of the default host.
    func trees() async throws -> Answer {
        let selection = try DeviceSelection(self.request.query.all("wildcard"))
        var hosts: [TangoHost] = []
        for text in self.request.query.all("host") { hosts.append(try TangoHost(authority: text)) }
        if hosts.isEmpty { hosts = [try self.request.defaultHost()] }
        let requested = hosts
        let trees = await withTaskGroup(of: (Int, JSONValue).self) { group in
            for (index, host) in requested.enumerated() {
                group.addTask { (index, await self.tree(host, selection)) }
            }
            var trees = [JSONValue](repeating: .null, count: requested.count)
            for await (index, tree) in group { trees[index] = tree }
            return trees
        }
        return .json(.array(trees), lifetime: self.configuration.treeLifetime)
    }

    /// Returns the tree of a host; a host that does not answer in time has one that is not alive.
    private func tree(_ host: TangoHost, _ selection: DeviceSelection) async -> JSONValue {
        let contents = await withDeadline(self.request.partialTimeout, on: self.request.executor) {
            () async -> JSONValue? in
            do {
                let database = try self.request.database(host)
                let devices = selection.select(from: try await self.allDevices(database))
                return DeviceTree(host: host, devices: devices, aliases: try await self.aliases(database)).json
            } catch {
                self.request.services.logger.debug("No tree of \(host): \(error)")
                return nil
            }
        }
        return contents.flatMap { $0 } ?? DeviceTree.unreachable(host)
    }

    private func allDevices(_ database: DatabaseClient) async throws(HTTPFailure) -> [String] {
        try await upstream(.database) { () async throws(DevFailed) in try await database.devices(matching: "*", exportedOnly: false) }
    }

    /// Aliases by device name in lower case.
    private func aliases(_ database: DatabaseClient) async throws(HTTPFailure) -> [String: String] {
        try await upstream(.database) { () async throws(DevFailed) in
            try await self.request.services.aliases.value(database.host.folded, isFresh: self.request.isFresh) {
                () async throws(DevFailed) in
                Dictionary(try await database.aliasedDevices().map { ($0.device.tangoFolded, $0.alias) }) { first, _ in first }
            }
        }
    }
}
