import TangoClient
import TangoCore

extension Exchange {
    /// The device entity: database data only, so that it is there for devices that do not run.
    func device(_ device: DeviceReference) async throws -> Answer {
        let database = try self.database(device.host)
        let (info, alias) = try await upstream(.database) { () async throws(DevFailed) in
            let info = try await database.deviceInfo(device.name)
            return (info, try await database.alias(ofDevice: info.name))
        }
        let links = self.links(device, canonicalName: info.name)
        var object: JSONObject = [
            "id": .tango("\(links.host)/\(info.name)"), "name": .tango(info.name), "alias": alias.map { .tango($0) } ?? .null,
            "host": .string(links.host.description), "info": info.json(isClassHidden: self.configuration.hidesDeviceClass),
        ]
        for field in ["attributes", "commands", "pipes", "properties", "state"] { object[field] = .string("\(self.url)/\(field)") }
        return .json(.object(object), lifetime: self.configuration.listLifetime)
    }

    func state(_ device: DeviceReference) async throws -> Answer {
        let (proxy, _) = try await self.open(device)
        let (state, status) = try await upstream(.calling) { () async throws(DevFailed) in
            (try await proxy.state(), try await proxy.status())
        }
        return .json(["state": .string(state.name), "status": .tango(status)], lifetime: self.configuration.valueLifetime)
    }
}
