import HTTPTypes
import TangoClient
import TangoCore

extension Exchange {
    func entryPoint() -> Answer {
        var object = JSONObject()
        for version in APIVersion.allCases { object[version.rawValue] = .string("\(self.url)/\(version.rawValue)") }
        return .json(.object(object), lifetime: self.configuration.listLifetime)
    }

    /// Tells too how clients may say who they are.
    func version() -> Answer {
        var answer = Answer.json(["hosts": .string(self.url + "/hosts")], lifetime: self.configuration.listLifetime)
        if self.configuration.authenticates { answer.headers = Authenticator.challenges(self.configuration) }
        return answer
    }

    func tangoHost(_ host: TangoHost) async throws -> Answer {
        let database = try self.database(host)
        let (name, info) = try await upstream(.database) { () async throws(DevFailed) -> (String, [String]) in
            (try await database.deviceName(), try await database.info())
        }
        let url = self.url(of: host)
        return .json(
            [
                "id": .string(host.description), "host": .string(host.host), "port": .integer(host.port), "name": .tango(name),
                "info": .tango(info), "devices": .string(url + "/devices"), "tree": .string(url + "/devices/tree"),
            ], lifetime: self.configuration.listLifetime)
    }

    func deviceList(_ host: TangoHost) async throws -> Answer {
        let database = try self.database(host)
        let selected = try DeviceSelection(self.query.all("wildcard")).select(from: try await self.allDevices(database))
        let aliases = try await self.aliases(database)
        let url = self.url(of: host) + "/devices/"
        let entities: [JSONValue] = selected.map { name in
            [
                "name": .tango(name), "alias": aliases[name.tangoFolded].map { .tango($0) } ?? .null,
                "href": .string(url + PercentEncoding.encode(device: TangoText.decode(name))),
            ]
        }
        return .json(.array(entities), lifetime: self.configuration.listLifetime)
    }

    /// Names of families or members, without repetition.
    func names(_ host: TangoHost, below fields: [String]) async throws -> Answer {
        let pattern = NamePattern(self.query.first("wildcard").map(TangoText.encode) ?? "*")
        var known: Set<String> = []
        var names: [String] = []
        for device in try await self.allDevices(try self.database(host)) {
            let parts = device.split(separator: "/").map(String.init)
            guard parts.count == 3, zip(parts, fields).allSatisfy({ $0.tangoFolded == $1.tangoFolded }) else { continue }
            let name = parts[fields.count]
            if pattern.matches(name), known.insert(name.tangoFolded).inserted { names.append(name) }
        }
        return .json(.tango(names), lifetime: self.configuration.listLifetime)
    }

    func tree(_ host: TangoHost) async throws -> Answer {
        let selection = try DeviceSelection(self.query.all("wildcard"))
        return .json([await self.tree(host, selection)], lifetime: self.configuration.treeLifetime)
    }

    /// The trees of the hosts of the query, or of the default host.
    func treeOfHosts() async throws -> Answer {
        let selection = try DeviceSelection(self.query.all("wildcard"))
        var hosts: [TangoHost] = []
        for text in self.query.all("host") { hosts.append(try TangoHost(authority: text)) }
        if hosts.isEmpty { hosts = [try self.defaultHost()] }
        let asked = hosts
        let trees = await withTaskGroup(of: (Int, JSONValue).self) { group in
            for (index, host) in asked.enumerated() {
                group.addTask { (index, await self.tree(host, selection)) }
            }
            var trees = [JSONValue](repeating: .null, count: asked.count)
            for await (index, tree) in group { trees[index] = tree }
            return trees
        }
        return .json(.array(trees), lifetime: self.configuration.treeLifetime)
    }

    /// One tree; a host that does not answer, or not in time, gives one that is not alive.
    private func tree(_ host: TangoHost, _ selection: DeviceSelection) async -> JSONValue {
        // A little less than the whole request may take.
        let contents = await withDeadline(self.configuration.timeout * 9 / 10, on: self.executor) {
            () async -> JSONValue? in
            do {
                let database = try self.database(host)
                let devices = selection.select(from: try await self.allDevices(database))
                return DeviceTree(host: host, devices: devices, aliases: try await self.aliases(database)).json
            } catch {
                self.services.logger.debug("No tree of \(host): \(error)")
                return nil
            }
        }
        return contents.flatMap { $0 } ?? DeviceTree.dead(host)
    }

    private func allDevices(_ database: DatabaseClient) async throws(HTTPFailure) -> [String] {
        try await upstream(.database) { () async throws(DevFailed) in try await database.devices(matching: "*", exportedOnly: false) }
    }

    /// Aliases by device name in lower case.
    private func aliases(_ database: DatabaseClient) async throws(HTTPFailure) -> [String: String] {
        try await upstream(.database) { () async throws(DevFailed) in
            try await self.services.aliases.value(database.host.folded, isFresh: self.isFresh) { () async throws(DevFailed) in
                Dictionary(try await database.aliasedDevices().map { ($0.device.tangoFolded, $0.alias) }) { first, _ in first }
            }
        }
    }
}

/// The `wildcard` parameters of a device list: a union.
struct DeviceSelection: Sendable {
    private let patterns: [[NamePattern]]

    /// - Throws: 400 for a pattern of more than three parts.
    init(_ wildcards: [String]) throws(HTTPFailure) {
        var patterns: [[NamePattern]] = []
        for wildcard in wildcards where !wildcard.isEmpty {
            var parts = wildcard.split(separator: "/", omittingEmptySubsequences: false).map { TangoText.encode(String($0)) }
            guard parts.count <= 3 else { throw HTTPFailure.badRequest("The wildcard \"\(wildcard)\" has more than three parts") }
            while parts.count < 3 { parts.append("*") }
            patterns.append(parts.map { NamePattern($0) })
        }
        self.patterns = patterns
    }

    /// The matching devices, those of the first pattern first.
    func select(from devices: [String]) -> [String] {
        if self.patterns.isEmpty { return devices }
        var known: Set<String> = []
        var selected: [String] = []
        for pattern in self.patterns {
            for device in devices {
                let parts = device.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 3, zip(pattern, parts).allSatisfy({ $0.matches(String($1)) }) else { continue }
                if known.insert(device.tangoFolded).inserted { selected.append(device) }
            }
        }
        return selected
    }
}

/// The tree of a host's devices.
struct DeviceTree {
    var host: TangoHost
    var devices: [String]
    /// By device name in lower case.
    var aliases: [String: String]

    /// The node of a host that does not answer.
    static func dead(_ host: TangoHost) -> JSONValue { Self.node(host, [], isAlive: false) }

    private static func node(_ host: TangoHost, _ data: [JSONValue], isAlive: Bool) -> JSONValue {
        [
            "id": .string(host.description), "value": .string(host.description), "$css": "tango_host", "data": .array(data),
            "isAlive": .bool(isAlive),
        ]
    }

    var json: JSONValue {
        var domains = Ordered()
        var aliasNodes: [JSONValue] = []
        for device in self.devices {
            let parts = device.split(separator: "/").map(String.init)
            guard parts.count == 3 else { continue }
            let member: JSONValue = [
                "id": .tango("\(self.host)/\(device)"), "value": .tango(parts[2]), "$css": "member", "isMember": true,
                "device_name": .tango(device),
            ]
            domains.add(member, domain: parts[0], family: parts[1])
            if let alias = self.aliases[device.tangoFolded] {
                aliasNodes.append(["value": .tango(alias), "$css": "member", "isAlias": true, "device_name": .tango(device)])
            }
        }
        let aliases: JSONValue = ["value": "aliases", "$css": "aliases", "data": .array(aliasNodes)]
        return Self.node(self.host, [aliases] + domains.json, isAlive: true)
    }

    /// Domains and families in order of first appearance.
    private struct Ordered {
        private var domains: [(name: String, families: [Int])] = []
        private var families: [(name: String, members: [JSONValue])] = []
        private var domainIndex: [String: Int] = [:]
        private var familyIndex: [String: Int] = [:]

        mutating func add(_ member: JSONValue, domain: String, family: String) {
            let domainKey = domain.tangoFolded
            let familyKey = "\(domainKey)/\(family.tangoFolded)"
            let domainPosition = self.domainIndex[domainKey] ?? self.domains.count
            if domainPosition == self.domains.count {
                self.domains.append((domain, []))
                self.domainIndex[domainKey] = domainPosition
            }
            let familyPosition = self.familyIndex[familyKey] ?? self.families.count
            if familyPosition == self.families.count {
                self.families.append((family, []))
                self.familyIndex[familyKey] = familyPosition
                self.domains[domainPosition].families.append(familyPosition)
            }
            self.families[familyPosition].members.append(member)
        }

        var json: [JSONValue] {
            self.domains.map { domain in
                let families: [JSONValue] = domain.families.map { index in
                    ["value": .tango(self.families[index].name), "$css": "tango_family", "data": .array(self.families[index].members)]
                }
                return ["value": .tango(domain.name), "$css": "tango_domain", "data": .array(families)]
            }
        }
    }
}
