import TangoCore

/// The tree of a host's devices.
struct DeviceTree {
    var host: TangoHost
    var devices: [String]
    /// Aliases by device name in lower case.
    var aliases: [String: String]

    /// Returns the node of a host that does not answer.
    static func unreachable(_ host: TangoHost) -> JSONValue { Self.node(host, [], isAlive: false) }

    private static func node(_ host: TangoHost, _ data: [JSONValue], isAlive: Bool) -> JSONValue {
        [
            "id": .string(host.description), "value": .string(host.description), "$css": "tango_host", "data": .array(data),
            "isAlive": .bool(isAlive),
        ]
    }

    var json: JSONValue {
        var domains = Domains()
        var aliasNodes: [JSONValue] = []
        for device in self.devices {
            let parts = device.split(separator: "/").map(String.init)
            guard parts.count == 3 else { continue }
            let member: JSONValue = [
                "id": .string("\(self.host)/\(device)"), "value": .string(parts[2]), "$css": "member", "isMember": true,
                "device_name": .string(device),
            ]
            domains.add(member, domain: parts[0], family: parts[1])
            if let alias = self.aliases[device.tangoFolded] {
                aliasNodes.append(["value": .string(alias), "$css": "member", "isAlias": true, "device_name": .string(device)])
            }
        }
        let aliases: JSONValue = ["value": "aliases", "$css": "aliases", "data": .array(aliasNodes)]
        return Self.node(self.host, [aliases] + domains.json, isAlive: true)
    }

    /// Domains and families in order of first appearance.
    private struct Domains {
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
                    ["value": .string(self.families[index].name), "$css": "tango_family", "data": .array(self.families[index].members)]
                }
                return ["value": .string(domain.name), "$css": "tango_domain", "data": .array(families)]
            }
        }
    }
}
