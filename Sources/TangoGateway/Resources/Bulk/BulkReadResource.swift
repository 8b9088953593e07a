import TangoClient
import TangoCore

/// Reads members of many devices.
struct BulkReadResource: Sendable {
    let request: ResourceRequest

    private func bulk(
        unknown: ErrorReason, failing: @escaping @Sendable (String, [DevError], DeviceLinks) -> JSONValue, lifetime: Duration,
        _ fetch: @escaping BulkRead.Fetch
    ) async throws -> Answer {
        let reading = BulkRead(request: self.request, failing: failing, unknownReason: unknown, fetch: fetch)
        return .json(.array(try await reading.items()), lifetime: lifetime)
    }

    /// Returns the configurations of the selected attributes. Unknown names are left out.
    private func configs(_ proxy: DeviceProxy, _ selection: MemberSelection) async throws(DevFailed) -> [AttributeConfig] {
        if let names = selection.names, names.count == 1 {
            do {
                return try await proxy.attributeConfigs(names)
            } catch {
                if error.errors.contains(where: { $0.reason == .attributeNotFound }) { return [] }
                throw error
            }
        }
        return try await proxy.attributeConfigs(nil).filter { selection.matches($0.name) }
    }

    func attributes() async throws -> Answer {
        try await self.bulk(
            unknown: .attributeNotFound, failing: FailureDocument.item, lifetime: self.request.configuration.listLifetime
        ) { (_, proxy, links, selection) async throws(DevFailed) in
            let configs = try await self.configs(proxy, selection)
            let interface = try await proxy.interfaceVersion()
            return configs.map { BulkMember(name: $0.name, item: $0.entity(links, interface: interface)) }
        }
    }

    func attributeValues() async throws -> Answer {
        try await self.bulk(
            unknown: .attributeNotFound, failing: FailureDocument.bulkNow, lifetime: self.request.configuration.valueLifetime
        ) { (device, proxy, links, selection) async throws(DevFailed) in
            var configs: [String: AttributeConfig] = [:]
            var names = selection.names ?? []
            if selection.names == nil {
                let selected = try await self.configs(proxy, selection)
                names = selected.map(\.name)
                configs = Dictionary(selected.map { ($0.name.tangoFolded, $0) }) { first, _ in first }
            }
            var members: [BulkMember] = []
            for value in names.isEmpty ? [] : try await proxy.readAttributes(names) {
                let isUnknown = value.errors.contains { $0.reason == .attributeNotFound }
                var config = configs[value.name.tangoFolded]
                if config == nil {
                    config = await self.request.namingConfig(of: value, device, proxy)
                }
                let name = config?.name ?? value.name
                let item =
                    value.errors.isEmpty
                    ? value.entity(links, config: config) : FailureDocument.bulk(name, value.errors, of: links, time: value.time)
                members.append(BulkMember(name: name, item: item, isUnknown: isUnknown))
            }
            return members
        }
    }

    func commands() async throws -> Answer {
        try await self.bulk(
            unknown: .commandNotFound, failing: FailureDocument.item, lifetime: self.request.configuration.listLifetime
        ) { (_, proxy, links, selection) async throws(DevFailed) in
            try await proxy.commandList().filter { selection.matches($0.name) }.map {
                BulkMember(name: $0.name, item: $0.entity(links))
            }
        }
    }

    func pipes() async throws -> Answer {
        try await self.bulk(
            unknown: .pipeNotFound, failing: FailureDocument.item, lifetime: self.request.configuration.listLifetime
        ) { (_, proxy, links, selection) async throws(DevFailed) in
            try await PipeResource.configs(proxy).filter { selection.matches($0.name) }.map {
                BulkMember(name: $0.name, item: $0.entity(links))
            }
        }
    }

    func pipeValues() async throws -> Answer {
        try await self.bulk(
            unknown: .pipeNotFound, failing: FailureDocument.item, lifetime: self.request.configuration.valueLifetime
        ) { (_, proxy, links, selection) async throws(DevFailed) in
            var members: [BulkMember] = []
            for config in try await PipeResource.configs(proxy) where selection.matches(config.name) {
                do throws(DevFailed) {
                    members.append(BulkMember(name: config.name, item: try await proxy.readPipe(config.name).entity(links)))
                } catch {
                    members.append(BulkMember(name: config.name, item: FailureDocument.item(config.name, error.errors, of: links)))
                }
            }
            return members
        }
    }
}
