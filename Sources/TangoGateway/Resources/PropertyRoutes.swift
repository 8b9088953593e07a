import TangoClient
import TangoCore

extension Exchange {
    /// The database of the device, and the device's name there.
    /// - Throws: 404 when the database does not know it: properties of unknown devices would read as empty.
    func owner(_ device: DeviceReference) async throws(HTTPFailure) -> (database: DatabaseClient, name: String) {
        let database = try self.database(device.host)
        let info = try await upstream(.database) { () async throws(DevFailed) in try await database.deviceInfo(device.name) }
        return (database, info.name)
    }

    private static func all(_ database: DatabaseClient, _ device: String, matching pattern: NamePattern = NamePattern("*")) async throws
        -> JSONValue
    {
        let names = try await database.propertyNames(ofDevice: device, matching: "*").filter(pattern.matches)
        let properties = names.isEmpty ? [] : try await database.properties(ofDevice: device, names: names)
        return .array(properties.compactMap { property in property.values.map { PropertyDocument.entity(property.name, $0) } })
    }

    private static func one(_ database: DatabaseClient, _ device: String, _ name: String) async throws -> JSONValue {
        guard let property = try await database.properties(ofDevice: device, names: [name]).first, let values = property.values else {
            throw HTTPFailure.notFound("\(TangoText.decode(device)) has no property \(TangoText.decode(name))")
        }
        return PropertyDocument.entity(property.name, values)
    }

    func propertyList(_ device: DeviceReference) async throws -> Answer {
        let pattern = NamePattern(self.query.first("wildcard").map(TangoText.encode) ?? "*")
        let (database, name) = try await self.owner(device)
        return .json(try await Self.all(database, name, matching: pattern), lifetime: self.configuration.listLifetime)
    }

    func property(_ device: DeviceReference, _ property: String) async throws -> Answer {
        let (database, name) = try await self.owner(device)
        return .json(try await Self.one(database, name, property), lifetime: self.configuration.listLifetime)
    }

    /// Several properties of the query or of a form. PUT with `replace` removes all others.
    func writeProperties(_ device: DeviceReference, replacing canReplace: Bool) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let isReplacing = canReplace ? try self.query.flag("replace") : false
        var named = self.query.named(except: Query.reservedNames.union(canReplace ? ["replace"] : []))
        if named.isEmpty, let form = try await self.formBody() { named = form.named(except: []) }
        guard !named.isEmpty || isReplacing else { throw HTTPFailure.badRequest("There is nothing to write: give {property}={value}") }
        let properties = named.map { (name: TangoText.encode($0.name), values: $0.values.map(TangoText.encode)) }
        let (database, name) = try await self.owner(device)
        return try await self.change(isAsync, [.device(device)]) {
            if !properties.isEmpty { try await database.putProperties(ofDevice: name, properties) }
            if isReplacing {
                let kept = Set(properties.map(\.name.tangoFolded))
                let others = try await database.propertyNames(ofDevice: name, matching: "*").filter { !kept.contains($0.tangoFolded) }
                if !others.isEmpty { try await database.deleteProperties(ofDevice: name, names: others) }
            }
            return .json(try await Self.all(database, name))
        }
    }

    func writeProperty(_ device: DeviceReference, _ property: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let values = try await self.propertyValues()
        let (database, name) = try await self.owner(device)
        return try await self.change(isAsync, [.device(device)]) {
            try await database.putProperties(ofDevice: name, [(name: property, values: values)])
            // Without values it is not there any more.
            if values.isEmpty { return .json(PropertyDocument.entity(property, [])) }
            return .json(try await Self.one(database, name, property))
        }
    }

    func deleteProperty(_ device: DeviceReference, _ property: String) async throws -> Answer {
        let (database, name) = try await self.owner(device)
        return try await self.change(false, [.device(device)]) {
            try await database.deleteProperties(ofDevice: name, names: [property])
            return .noContent
        }
    }

    /// Values of one property: `value` of the query or a form, or JSON: a text, a list, or an object with `values`.
    func propertyValues() async throws(HTTPFailure) -> [String] {
        let texts = self.query.all("value")
        if !texts.isEmpty { return texts.map(TangoText.encode) }
        if let form = try await self.formBody() {
            let texts = form.all("value")
            guard !texts.isEmpty else { throw HTTPFailure.badRequest("There is no value in the form") }
            return texts.map(TangoText.encode)
        }
        guard let body = try await self.jsonBody() else {
            throw HTTPFailure.badRequest("There is no value: give the parameter value or a body")
        }
        let value = body.object?["values"] ?? body
        var values: [String] = []
        for item in value.array ?? [value] {
            switch item {
            case .number(let literal): values.append(literal)
            case .bool(let flag): values.append(String(flag))
            default: values.append(try ValueReader.string(item))
            }
        }
        return values
    }
}
