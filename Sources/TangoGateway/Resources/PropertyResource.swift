import TangoClient
import TangoCore

/// The properties of a device, which are in the database: they can be seen and set while the device does not run.
struct PropertyResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    private static func all(_ database: DatabaseClient, _ device: String, matching pattern: NamePattern = NamePattern("*")) async throws
        -> JSONValue
    {
        let names = try await database.propertyNames(ofDevice: device, matching: "*").filter(pattern.matches)
        let properties = names.isEmpty ? [] : try await database.properties(ofDevice: device, names: names)
        return .array(properties.compactMap { property in property.values.map { PropertyDocument.entity(property.name, $0) } })
    }

    private static func one(_ database: DatabaseClient, _ device: String, _ name: String) async throws -> JSONValue {
        guard let property = try await database.properties(ofDevice: device, names: [name]).first, let values = property.values else {
            throw HTTPFailure.notFound("\(device) has no property \(name)")
        }
        return PropertyDocument.entity(property.name, values)
    }

    func list() async throws -> Answer {
        let pattern = NamePattern(self.request.query.first("wildcard") ?? "*")
        let (database, name) = try await self.request.owner(self.device)
        return .json(try await Self.all(database, name, matching: pattern), lifetime: self.request.configuration.listLifetime)
    }

    func read(_ property: String) async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        return .json(try await Self.one(database, name, property), lifetime: self.request.configuration.listLifetime)
    }

    /// Writes the properties of the query or of a form. PUT with `replace` deletes all others.
    func writeSeveral(replacing canReplace: Bool) async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        let isReplacing = canReplace ? try self.request.query.flag("replace") : false
        var named = self.request.query.named(except: Query.reservedNames.union(canReplace ? ["replace"] : []))
        if named.isEmpty, let form = try await self.request.formBody() { named = form.named(except: []) }
        guard !named.isEmpty || isReplacing else { throw HTTPFailure.badRequest("There is nothing to write: give {property}={value}") }
        let properties = named.map { (name: $0.name, values: $0.values) }
        let (database, name) = try await self.request.owner(self.device)
        return try await self.request.change(isAsync, [.device(self.device)]) {
            if !properties.isEmpty { try await database.putProperties(ofDevice: name, properties) }
            if isReplacing {
                let kept = Set(properties.map(\.name.tangoFolded))
                let others = try await database.propertyNames(ofDevice: name, matching: "*").filter { !kept.contains($0.tangoFolded) }
                if !others.isEmpty { try await database.deleteProperties(ofDevice: name, names: others) }
            }
            return .json(try await Self.all(database, name))
        }
    }

    func write(_ property: String) async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        let values = try await Self.values(of: self.request)
        let (database, name) = try await self.request.owner(self.device)
        return try await self.request.change(isAsync, [.device(self.device)]) {
            try await database.putProperties(ofDevice: name, [(name: property, values: values)])
            // Writing no values deletes a property.
            if values.isEmpty { return .json(PropertyDocument.entity(property, [])) }
            return .json(try await Self.one(database, name, property))
        }
    }

    func delete(_ property: String) async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        return try await self.request.change(false, [.device(self.device)]) {
            try await database.deleteProperties(ofDevice: name, names: [property])
            return .noContent
        }
    }

    /// Returns the values to write of one property: `value` of the query or a form, or JSON: a text, a list, or an object with `values`.
    static func values(of request: ResourceRequest) async throws(HTTPFailure) -> [String] {
        let texts = request.query.all("value")
        if !texts.isEmpty { return texts }
        if let form = try await request.formBody() {
            let texts = form.all("value")
            guard !texts.isEmpty else { throw HTTPFailure.badRequest("There is no value in the form") }
            return texts
        }
        guard let body = try await request.jsonBody() else {
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
