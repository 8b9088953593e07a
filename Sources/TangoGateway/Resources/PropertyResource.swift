import HTTPTypes
import TangoClient
import TangoCore

/// The properties of a device, which are in the database: they can be seen and set while the device does not run.
struct PropertyResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    private static func all(
        _ database: DatabaseClient, _ device: String, matching patterns: [NamePattern] = [NamePattern("*")]
    ) async throws -> JSONValue {
        let properties = try await database.properties(ofDevice: device) { name in patterns.contains { $0.matches(name) } }
        return .array(properties.compactMap { property in property.values.map { PropertyDocument.entity(property.name, $0) } })
    }

    private static func one(_ database: DatabaseClient, _ device: String, _ name: String) async throws -> JSONValue {
        let found = try await database.properties(ofDevice: device) { $0.tangoFolded == name.tangoFolded }
        // Names that differ in composed letters only are equal as `String`.
        guard let property = found.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) ?? found.first, let values = property.values
        else {
            throw HTTPFailure.notFound("\(device) has no property \(name)")
        }
        return PropertyDocument.entity(property.name, values)
    }

    func list() async throws -> Answer {
        let wildcards = self.request.query.all("wildcard")
        let (database, name) = try await self.request.owner(self.device)
        let properties = try await Self.all(database, name, matching: (wildcards.isEmpty ? ["*"] : wildcards).map { NamePattern($0) })
        return .json(properties, lifetime: self.request.configuration.listLifetime)
    }

    func read(_ property: String) async throws -> Answer {
        let (database, name) = try await self.request.owner(self.device)
        return .json(try await Self.one(database, name, property), lifetime: self.request.configuration.listLifetime)
    }

    /// Writes the properties of the query and of a form. PUT with `replace` deletes all others.
    ///
    /// In the query, the options of the request are options and every other name is a property; a form has properties only.
    /// - Throws: 400 when a name can be either, or no property is given: `replace` alone would delete all of them; 415 for a body that is no form.
    func writeSeveral(replacing canReplace: Bool) async throws -> Answer {
        let query = self.request.query
        let options = ["async", "filter"] + (canReplace ? ["replace"] : [])
        let isAsync = try query.flag("async")
        let isReplacing = canReplace ? try query.flag("replace") : false
        var members = query.members(besides: Set(options))
        let form = try await self.request.formBody()
        guard form != nil || self.request.http.body.isEmpty else {
            let type = self.request.http.headers[.contentType] ?? "of no type"
            throw HTTPFailure(
                .unsupportedMediaType, .restUnsupportedMediaType, "The body must be application/x-www-form-urlencoded, not \(type)")
        }
        // A query that names no property beside a form has options only.
        let isOptionsOnly = form != nil && members.pairs.isEmpty
        if !isOptionsOnly, query.first("filter") != nil {
            throw Self.ambiguous("filter", "The name filter is an option of this request and can be a property")
        }
        members.pairs += form?.pairs ?? []
        let properties = members.grouped
        guard !properties.isEmpty else { throw HTTPFailure.badRequest("There is nothing to write: give {property}={value}") }
        let (database, name) = try await self.request.owner(self.device)
        if let option = isOptionsOnly ? nil : try await self.propertyCalled(query.used(options), database, name) {
            throw Self.ambiguous(option, "The name \(option) is an option of this request and a property of \(name)")
        }
        return try await self.request.change(isAsync, [.device(self.device)]) {
            try await database.putProperties(ofDevice: name, properties)
            if isReplacing {
                let kept = Set(properties.map { Array($0.name.tangoFolded.utf8) })
                let others = try await database.propertyNames(ofDevice: name, matching: "*").filter {
                    !kept.contains(Array($0.tangoFolded.utf8))
                }
                try await database.deleteProperties(ofDevice: name, exactly: others)
            }
            return .json(try await Self.all(database, name))
        }
    }

    private static func ambiguous(_ option: String, _ why: String) -> HTTPFailure {
        .badRequest("\(why): write properties in a form, or this one at …/properties/\(option)")
    }

    /// Returns the first of the options that is the name of a property, too.
    private func propertyCalled(_ options: [String], _ database: DatabaseClient, _ device: String) async throws -> String? {
        guard !options.isEmpty else { return nil }
        let names = Set(try await database.propertyNames(ofDevice: device, matching: "*").map(\.tangoFolded))
        return options.first(where: names.contains)
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
            try await database.deleteProperties(ofDevice: name, exactly: [property])
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
