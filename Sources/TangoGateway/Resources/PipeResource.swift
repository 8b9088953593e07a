import TangoClient
import TangoCore

/// The pipes of a device.
struct PipeResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    /// Whether a device has no pipes at all: its interface is too old, or its server was built without them.
    private static func hasNoPipes(_ failed: DevFailed) -> Bool {
        failed.errors.contains { error in
            error.reason.rawValue.hasPrefix(ErrorReason.notSupported.rawValue)
                || (error.reason == .corbaException && error.description.contains("BAD_OPERATION"))
        }
    }

    /// Returns the pipes of a device; none where its server has no pipes at all.
    static func configs(_ proxy: DeviceProxy) async throws(DevFailed) -> [PipeConfig] {
        do {
            return try await proxy.pipeConfigs(nil)
        } catch {
            if Self.hasNoPipes(error) { return [] }
            throw error
        }
    }

    private func configs(_ proxy: DeviceProxy) async throws(HTTPFailure) -> [PipeConfig] {
        try await upstream(.resolving) { () async throws(DevFailed) in try await Self.configs(proxy) }
    }

    private func config(_ name: String, _ proxy: DeviceProxy, _ links: DeviceLinks) async throws(HTTPFailure) -> PipeConfig {
        let configs = try await self.configs(proxy)
        guard let config = configs.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            let failed = DevFailed(.pipeNotFound, "Pipe \(name) is not found in \(links.device)", origin: "")
            throw HTTPFailure(failed, while: .resolving)
        }
        return config
    }

    func list() async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        return .json(.array(try await self.configs(proxy).map { $0.entity(links) }), lifetime: self.request.configuration.listLifetime)
    }

    func entity(_ name: String) async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        return .json(
            try await self.config(name, proxy, links).entity(links, url: self.request.url),
            lifetime: self.request.configuration.listLifetime)
    }

    func read(_ name: String) async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        let config = try await self.config(name, proxy, links)
        let value = try await upstream(.calling) { () async throws(DevFailed) in try await proxy.readPipe(config.name) }
        return .json(value.entity(links), lifetime: self.request.configuration.valueLifetime)
    }

    func write(_ name: String) async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        guard let body = try await self.request.jsonBody() else {
            throw HTTPFailure.badRequest("A list of pipe elements is expected in the body")
        }
        let (proxy, links) = try await self.request.open(self.device)
        let config = try await self.config(name, proxy, links)
        let blob = try await self.request.converting(cancellation: .cancelled) { () throws(HTTPFailure) in
            try PipeBlob(name: config.name, elements: body)
        }
        return try await self.request.change(isAsync, [.device(self.device)]) {
            try await proxy.writePipe(config.name, blob)
            let value = try await readingBack(config.name) { () async throws(DevFailed) in try await proxy.readPipe(config.name) }
            return .json(value.entity(links))
        }
    }
}
