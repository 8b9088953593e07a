import TangoClient
import TangoCore

/// The properties of an attribute, which are in the database: they can be seen and set while the device does not run.
struct AttributePropertyResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference
    let attribute: String

    /// Whether the device is known to have no such attribute; not, if it does not answer.
    private func isUnknown() async -> Bool {
        let failure = await withDeadline(self.request.configuration.timeout / 2, on: self.request.executor) { () async -> DevFailed? in
            do throws(DevFailed) {
                let proxy = try await self.request.proxy(self.device)
                _ = try await self.request.knownConfig(self.device, self.attribute, proxy)
                return nil
            } catch {
                return error
            }
        }
        return failure.flatMap { $0 }?.errors.contains { $0.reason == .attributeNotFound } ?? false
    }

    private func unknown(of device: String) -> HTTPFailure {
        HTTPFailure(DevFailed(.attributeNotFound, "Attribute \(self.attribute) is not found in \(device)", origin: ""), while: .resolving)
    }

    private static func one(
        _ database: DatabaseClient, _ device: String, _ attribute: String, _ name: String
    ) async throws -> JSONValue {
        let properties = try await database.attributeProperties(ofDevice: device, attribute: attribute)
        guard let property = properties.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            let names = [attribute, device, name]
            throw HTTPFailure.notFound("Attribute \(names[0]) of \(names[1]) has no property \(names[2])")
        }
        return PropertyDocument.entity(property.name, property.values ?? [])
    }

    func list() async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        let properties = try await upstream(.database) { () async throws(DevFailed) in
            try await database.attributeProperties(ofDevice: name, attribute: self.attribute)
        }
        if properties.isEmpty, await self.isUnknown() { throw self.unknown(of: name) }
        return .json(
            .array(properties.map { PropertyDocument.entity($0.name, $0.values ?? []) }), lifetime: self.request.configuration.listLifetime)
    }

    func read(_ property: String) async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        return .json(try await Self.one(database, name, self.attribute, property), lifetime: self.request.configuration.listLifetime)
    }

    func write(_ property: String) async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        let values = try await PropertyResource.values(of: self.request)
        let (database, name) = try await self.request.owner(self.device)
        if await self.isUnknown() { throw self.unknown(of: name) }
        return try await self.request.change(isAsync, [.attribute(self.device, self.attribute)]) {
            try await database.putAttributeProperties(ofDevice: name, attribute: self.attribute, [(name: property, values: values)])
            // Writing no values deletes a property.
            if values.isEmpty { return .json(PropertyDocument.entity(property, [])) }
            return .json(try await Self.one(database, name, self.attribute, property))
        }
    }

    func delete(_ property: String) async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        return try await self.request.change(false, [.attribute(self.device, self.attribute)]) {
            try await database.deleteAttributeProperties(ofDevice: name, attribute: self.attribute, names: [property])
            return .noContent
        }
    }
}
