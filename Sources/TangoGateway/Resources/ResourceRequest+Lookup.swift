import TangoClient
import TangoCore

/// Hosts, devices and members that the request names.
extension ResourceRequest {
    /// Checks that the gateway serves a control system.
    /// - Throws: `REST_Forbidden`.
    private func permit(_ host: TangoHost) throws(DevFailed) {
        guard let allowed = self.configuration.allowedTangoHosts else { return }
        func isSame(_ other: TangoHost) -> Bool { host.folded == other.folded }
        let standard = self.configuration.defaultTangoHost ?? (try? self.services.controlSystem.defaultHost())
        if standard.map(isSame) ?? false { return }
        if allowed.contains(where: { (try? TangoHost(authority: $0)).map(isSame) ?? false }) { return }
        throw DevFailed(.restForbidden, "The Tango host \(host) is not served here: see tango-hosts", origin: self.origin)
    }

    /// Returns the Tango host of requests that name none.
    func defaultHost() throws(HTTPFailure) -> TangoHost {
        if let host = self.configuration.defaultTangoHost { return host }
        do {
            return try self.services.controlSystem.defaultHost()
        } catch {
            throw HTTPFailure(error, while: .calling)
        }
    }

    /// Returns the database of a host.
    func database(_ host: TangoHost) throws(HTTPFailure) -> DatabaseClient {
        do {
            try self.permit(host)
            return try self.services.controlSystem.database(host)
        } catch {
            throw HTTPFailure(error, while: .database)
        }
    }

    /// Returns the database of a device and the device's name there.
    /// - Throws: 404 when the database does not know the device, whose properties would read as empty.
    func owner(_ device: DeviceReference) async throws(HTTPFailure) -> (database: DatabaseClient, name: String) {
        let database = try self.database(device.host)
        let info = try await upstream(.database) { () async throws(DevFailed) in try await database.deviceInfo(device.name) }
        return (database, info.name)
    }

    /// Returns the proxy of a device.
    func proxy(_ device: DeviceReference) async throws(DevFailed) -> DeviceProxy {
        try self.permit(device.host)
        return try await self.services.controlSystem.device(TRL(host: device.host, device: device.name))
    }

    /// Returns the proxy of the device of the URL, and its links.
    func open(_ device: DeviceReference) async throws(HTTPFailure) -> (proxy: DeviceProxy, links: DeviceLinks) {
        let proxy = try await upstream(.resolving) { () async throws(DevFailed) in try await self.proxy(device) }
        return (proxy, self.links(device, canonicalName: proxy.name))
    }

    /// Returns the configuration of an attribute, from the cache where it is there.
    func knownConfig(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> AttributeConfig {
        try await self.services.attributeConfigs.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.attributeConfig(name)
        }
    }

    /// Returns the configuration that a value cannot be written as JSON without: the labels of an enumeration, the format of a value of an
    /// old device. `nil` when it needs none.
    func neededConfig(of value: AttributeValue, _ device: DeviceReference, _ proxy: DeviceProxy) async -> AttributeConfig? {
        let isEnum = value.type == .enum || (value.type == nil && value.data.elementType == .short)
        guard isEnum || (value.format == .unknown && value.errors.isEmpty) else { return nil }
        return try? await self.knownConfig(device, value.name, proxy)
    }

    /// Returns the types of a command, from the cache where they are there.
    func knownInfo(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> CommandInfo {
        try await self.services.commandInfos.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.commandInfo(name)
        }
    }
}
