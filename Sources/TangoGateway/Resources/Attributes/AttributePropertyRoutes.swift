import TangoClient
import TangoCore

/// Properties of attributes are the database's: they can be seen and set while the device does not run.
extension Exchange {
    /// Whether the device says that it has no such attribute. One that does not answer says nothing.
    private func isUnknown(_ attribute: String, of device: DeviceReference) async -> Bool {
        let failure = await withDeadline(self.configuration.timeout / 2, on: self.executor) { () async -> DevFailed? in
            do throws(DevFailed) {
                let proxy = try await self.proxy(device)
                _ = try await self.knownConfig(device, attribute, proxy)
                return nil
            } catch {
                return error
            }
        }
        return failure.flatMap { $0 }?.errors.contains { $0.reason == .attributeNotFound } ?? false
    }

    private func unknown(_ attribute: String, of device: String) -> HTTPFailure {
        HTTPFailure(DevFailed(.attributeNotFound, "Attribute \(attribute) is not found in \(device)", origin: ""), while: .resolving)
    }

    private static func one(
        _ database: DatabaseClient, _ device: String, _ attribute: String, _ name: String
    ) async throws -> JSONValue {
        let properties = try await database.attributeProperties(ofDevice: device, attribute: attribute)
        guard let property = properties.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            let names = [attribute, device, name].map(TangoText.decode)
            throw HTTPFailure.notFound("Attribute \(names[0]) of \(names[1]) has no property \(names[2])")
        }
        return PropertyDocument.entity(property.name, property.values)
    }

    func attributeProperties(_ device: DeviceReference, _ attribute: String) async throws -> Answer {
        let (database, name) = try await self.owner(device)
        let properties = try await upstream(.database) { () async throws(DevFailed) in
            try await database.attributeProperties(ofDevice: name, attribute: attribute)
        }
        if properties.isEmpty, await self.isUnknown(attribute, of: device) { throw self.unknown(attribute, of: name) }
        return .json(
            .array(properties.map { PropertyDocument.entity($0.name, $0.values) }), lifetime: self.configuration.listLifetime)
    }

    func attributeProperty(_ device: DeviceReference, _ attribute: String, _ property: String) async throws -> Answer {
        let (database, name) = try await self.owner(device)
        return .json(try await Self.one(database, name, attribute, property), lifetime: self.configuration.listLifetime)
    }

    func writeAttributeProperty(_ device: DeviceReference, _ attribute: String, _ property: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let values = try await self.propertyValues()
        let (database, name) = try await self.owner(device)
        if await self.isUnknown(attribute, of: device) { throw self.unknown(attribute, of: name) }
        return try await self.change(isAsync, [.attribute(device, attribute)]) {
            try await database.putAttributeProperties(ofDevice: name, attribute: attribute, [(name: property, values: values)])
            // Without values it is not there any more.
            if values.isEmpty { return .json(PropertyDocument.entity(property, [])) }
            return .json(try await Self.one(database, name, attribute, property))
        }
    }

    func deleteAttributeProperty(_ device: DeviceReference, _ attribute: String, _ property: String) async throws -> Answer {
        let (database, name) = try await self.owner(device)
        return try await self.change(false, [.attribute(device, attribute)]) {
            try await database.deleteAttributeProperties(ofDevice: name, attribute: attribute, names: [property])
            return .noContent
        }
    }
}
