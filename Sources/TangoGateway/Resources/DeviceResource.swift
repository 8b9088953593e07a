import TangoClient
import TangoCore

/// A device, and its state.
struct DeviceResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    /// Answers the device entity, which is made of database data only: it exists for devices that do not run.
    func entity() async throws -> Answer {
        let database = try self.request.database(self.device.host)
        let (info, alias) = try await upstream(.database) { () async throws(DevFailed) in
            let info = try await database.deviceInfo(self.device.name)
            return (info, try await database.alias(ofDevice: info.name))
        }
        let links = self.request.links(self.device, canonicalName: info.name)
        var object: JSONObject = [
            "id": .string("\(links.host)/\(info.name)"), "name": .string(info.name), "alias": alias.map { .string($0) } ?? .null,
            "host": .string(links.host.description), "info": info.json(isClassHidden: self.request.configuration.hidesDeviceClass),
        ]
        for field in ["attributes", "commands", "pipes", "properties", "state"] { object[field] = .string("\(self.request.url)/\(field)") }
        return .json(.object(object), lifetime: self.request.configuration.listLifetime)
    }

    func state() async throws -> Answer {
        let (proxy, _) = try await self.request.open(self.device)
        let (state, status) = try await upstream(.calling) { () async throws(DevFailed) in
            (try await proxy.state(), try await proxy.status())
        }
        return .json(["state": .string(state.name), "status": .string(status)], lifetime: self.request.configuration.valueLifetime)
    }
}
