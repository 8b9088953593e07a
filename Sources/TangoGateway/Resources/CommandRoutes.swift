import TangoClient
import TangoCore

extension Exchange {
    private func info(_ name: String, _ proxy: DeviceProxy) async throws(HTTPFailure) -> CommandInfo {
        try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.commandInfo(name) }
    }

    func commandList(_ device: DeviceReference) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let commands = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.commandList() }
        return .json(.array(commands.map { $0.entity(links) }), lifetime: self.configuration.listLifetime)
    }

    func command(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        return .json(try await self.info(name, proxy).entity(links, url: self.url), lifetime: self.configuration.listLifetime)
    }

    /// What is needed to execute a command; not fetched for each execution.
    func knownInfo(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> CommandInfo {
        try await self.services.commandInfos.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.commandInfo(name)
        }
    }

    func executeCommand(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let input = CommandEnvelope.input(of: try await self.jsonBody())
        let (proxy, links) = try await self.open(device)
        let info = try await upstream(.resolving) { () async throws(DevFailed) in try await self.knownInfo(device, name, proxy) }
        let argument = try await self.converting { () throws(HTTPFailure) in try info.argument(input) }
        let change = Change(commanding: DeviceReference(host: device.host, name: proxy.name), isDatabase: proxy.isDatabase)
        return try await self.change(isAsync, [change]) {
            .json(info.result(try await proxy.command(info.name, argument), input: input, links))
        }
    }

    func commandHistory(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let count = try self.query.count("n", default: 10, limit: 1000)
        let (proxy, links) = try await self.open(device)
        let info = try await self.info(name, proxy)
        let records = try await upstream(.calling) { () async throws(DevFailed) in try await proxy.commandHistory(info.name, count: count) }
        return .json(.array(records.map { info.historyEntity($0, links) }), lifetime: self.configuration.valueLifetime)
    }
}

/// The body of a command: an envelope with the input inside, or the bare input.
enum CommandEnvelope {
    private static let members: Set<String> = ["host", "device", "name", "input", "output", "errors"]

    static func input(of body: JSONValue?) -> JSONValue? {
        guard let object = body?.object, object.members.allSatisfy({ Self.members.contains($0.name) }) else { return body }
        return object["input"]
    }
}
