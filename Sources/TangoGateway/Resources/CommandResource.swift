import TangoClient
import TangoCore

/// The commands of a device.
struct CommandResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    private func info(_ name: String, _ proxy: DeviceProxy) async throws(HTTPFailure) -> CommandInfo {
        try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.commandInfo(name) }
    }

    func list() async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        let commands = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.commandList() }
        return .json(.array(commands.map { $0.entity(links) }), lifetime: self.request.configuration.listLifetime)
    }

    func entity(_ name: String) async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        return .json(
            try await self.info(name, proxy).entity(links, url: self.request.url), lifetime: self.request.configuration.listLifetime)
    }

    func execute(_ name: String) async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        let input = Self.input(of: try await self.request.jsonBody())
        let (proxy, links) = try await self.request.open(self.device)
        let info = try await upstream(.resolving) { () async throws(DevFailed) in try await self.request.knownInfo(self.device, name, proxy)
        }
        let argument = try await self.request.converting(cancellation: .cancelled) { () throws(HTTPFailure) in
            try CommandData(input, for: info)
        }
        let stale = CacheInvalidation(commanding: DeviceReference(host: self.device.host, name: proxy.name), isDatabase: proxy.isDatabase)
        return try await self.request.change(isAsync, [stale]) {
            .json(info.result(try await proxy.command(info.name, argument), input: input, links))
        }
    }

    func history(_ name: String) async throws -> Answer {
        let count = try self.request.query.count("n", default: 10, limit: 1000)
        let (proxy, links) = try await self.request.open(self.device)
        let info = try await self.info(name, proxy)
        let records = try await upstream(.calling) { () async throws(DevFailed) in try await proxy.commandHistory(info.name, count: count) }
        return .json(.array(records.map { info.historyEntity($0, links) }), lifetime: self.request.configuration.valueLifetime)
    }

    /// Members of CommandInOut: clients may send all of it.
    private static let envelope: Set<String> = ["host", "device", "name", "input", "output", "errors"]

    /// Returns the input in the body of a command: a member of an envelope, or the body itself.
    static func input(of body: JSONValue?) -> JSONValue? {
        guard let object = body?.object, object.members.allSatisfy({ Self.envelope.contains($0.name) }) else { return body }
        return object["input"]
    }
}
