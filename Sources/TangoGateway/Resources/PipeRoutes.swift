import TangoClient
import TangoCore

extension Exchange {
    /// Devices of old interfaces and servers built without pipes say so in these ways.
    private func hasNoPipes(_ failed: DevFailed) -> Bool {
        failed.errors.contains { error in
            error.reason.rawValue.hasPrefix("API_NotSupported")
                || (error.reason == .corbaException && error.description.contains("BAD_OPERATION"))
        }
    }

    /// The pipes of a device; none where there are no pipes at all.
    func allPipeConfigs(_ proxy: DeviceProxy) async throws(DevFailed) -> [PipeConfig] {
        do {
            return try await proxy.pipeConfigs(nil)
        } catch {
            if self.hasNoPipes(error) { return [] }
            throw error
        }
    }

    private func configs(_ proxy: DeviceProxy) async throws(HTTPFailure) -> [PipeConfig] {
        try await upstream(.resolving) { () async throws(DevFailed) in try await self.allPipeConfigs(proxy) }
    }

    private func config(_ name: String, _ proxy: DeviceProxy, _ links: DeviceLinks) async throws(HTTPFailure) -> PipeConfig {
        let configs = try await self.configs(proxy)
        guard let config = configs.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            let failed = DevFailed(.pipeNotFound, "Pipe \(name) is not found in \(links.device)", origin: "")
            throw HTTPFailure(failed, while: .resolving)
        }
        return config
    }

    func pipeList(_ device: DeviceReference) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        return .json(.array(try await self.configs(proxy).map { $0.entity(links) }), lifetime: self.configuration.listLifetime)
    }

    func pipe(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        return .json(try await self.config(name, proxy, links).entity(links, url: self.url), lifetime: self.configuration.listLifetime)
    }

    func readPipe(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(name, proxy, links)
        let value = try await upstream(.calling) { () async throws(DevFailed) in try await proxy.readPipe(config.name) }
        return .json(value.entity(links), lifetime: self.configuration.valueLifetime)
    }

    func writePipe(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        guard let body = try await self.jsonBody() else { throw HTTPFailure.badRequest("A list of pipe elements is expected in the body") }
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(name, proxy, links)
        let blob = try await self.converting { () throws(HTTPFailure) in try PipeBlob(name: config.name, writing: body) }
        return try await self.change(isAsync, [.device(device)]) {
            try await proxy.writePipe(config.name, blob)
            let value = try await readingBack(config.name) { () async throws(DevFailed) in try await proxy.readPipe(config.name) }
            return .json(value.entity(links))
        }
    }
}
