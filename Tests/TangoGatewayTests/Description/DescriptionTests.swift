import HTTPTypes
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

/// The description of the interface against the code it describes.
@Suite struct DescriptionTests {
    private static let methods: [HTTPRequest.Method] = [.get, .put, .post, .delete, .patch]
    private static let links = DeviceLinks(host: TangoHost(host: "h", port: 1), device: "a/b/c", url: "http://s/d")

    /// A path of a route.
    private func path(_ route: Route, version: String = "v11") -> String {
        let values = ["version": version, "host": "h", "port": "1"]
        return route.pathParameters.reduce(route.template) { $0.replacing("{\($1)}", with: values[$1] ?? "x") }
    }

    @Test(arguments: Route.allCases)
    func aTemplateLeadsToItsResource(route: Route) throws {
        for version in APIVersion.allCases {
            let resource = try ResourcePath(method: .get, path: self.path(route, version: version.rawValue)).resource
            #expect(resource.route == route)
        }
    }

    @Test(arguments: Route.allCases)
    func theMethodsOfAResourceAreDescribed(route: Route) throws {
        let resource = try ResourcePath(method: .get, path: self.path(route)).resource
        for method in Self.methods {
            #expect((route.operation(method) != nil) == resource.methods.contains(method), "\(method)")
        }
    }

    @Test func allReferencesResolve() throws {
        let document = OpenAPI.document
        var references: Set<String> = []
        func collect(_ value: JSONValue) {
            switch value {
            case .array(let values): for value in values { collect(value) }
            case .object(let object):
                if let reference = object["$ref"]?.string { references.insert(reference) }
                for member in object.members { collect(member.value) }
            default: break
            }
        }
        collect(document)
        #expect(references.count > 30)
        for reference in references {
            let found = reference.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?.object?[String($1)] }
            #expect(found != nil, "\(reference)")
        }
    }

    @Test func allComponentsAreReferenced() throws {
        let text = OpenAPI.document.text
        for name in Schemas.all.members.map(\.name) { #expect(text.contains("\"#/components/schemas/\(name)\""), "\(name)") }
        let ids = Route.allCases.flatMap { route in Self.methods.filter { route.operation($0) != nil }.map { "\($0)_\(route)" } }
        #expect(Set(ids).count == ids.count)
    }

    // MARK: - Entities

    /// The members a schema knows, and those of the schemas within.
    private func names(_ schema: JSONValue?, _ value: JSONValue, _ place: String) {
        guard let object = value.object else { return }
        let known = schema?.object?["properties"]?.object
        let missing = Set(known?.members.map(\.name) ?? []).subtracting(object.members.map(\.name))
        let further = Set(object.members.map(\.name)).subtracting(known?.members.map(\.name) ?? [])
        #expect(missing.isEmpty && further.isEmpty, "\(place): missing \(missing), not described \(further)")
        for member in object.members {
            guard let inner = known?[member.name], inner.object?["properties"] != nil || inner.object?["$ref"] != nil else { continue }
            let name = inner.object?["$ref"]?.string?.split(separator: "/").last.map(String.init)
            if name == "Value" { continue }
            self.names(name.map { Schemas.all[$0] } ?? inner, member.value, "\(place).\(member.name)")
        }
    }

    private func check(_ name: String, _ value: JSONValue) { self.names(Schemas.all[name], value, name) }

    @Test func entitiesHaveTheDescribedMembers() {
        let config = AttributeConfig(name: "x", writable: .read, format: .scalar, typeNumber: 5)
        self.check("Attribute", config.entity(Self.links, interface: 6))
        self.check("AttributeInfo", config.info(interface: 5))
        self.check("AttributeInfo", config.info(interface: 4))
        let value = AttributeValue(
            name: "x", data: .double([1]), format: .scalar, type: .double, time: .now, readDimension: AttributeDimension(x: 1),
            writeDimension: .zero)
        self.check("AttributeValue", value.entity(Self.links, config: config))
        let errors = [DevError("A", "b", origin: "c")]
        self.check("FailingItem", FailureDocument.attribute("x", errors, of: Self.links))
        self.check("Failure", FailureDocument.whole(errors))
        self.check("FailingMember", FailureDocument.item("x", errors, of: Self.links))
        self.check("FailingRead", FailureDocument.bulkNow("x", errors, of: Self.links))
        self.check("FailingCommand", CommandInfo.failure("c", errors, input: .integer(1), Self.links))
        self.check("Problem", ProblemDetails.document(.badRequest, errors, path: "/x"))
        self.check("Error", errors[0].json(.whole))
        self.check("ItemError", errors[0].json(.item))
        let pipe = PipeConfig(name: "p")
        self.check("Pipe", pipe.entity(Self.links))
        self.check("PipeValue", PipeValue(name: "p", time: .now, blob: PipeBlob(name: "b", elements: [])).entity(Self.links))
        self.check("Property", PropertyDocument.entity("p", ["v"]))
        self.check(
            "DeviceInfo",
            DatabaseDeviceInfo(
                name: "a/b/c", isExported: true, ior: "", version: "5", pid: 1, server: "S/i", host: "h", deviceClass: "C", started: "",
                stopped: ""
            ).json(isClassHidden: false))
        let command = CommandInfo(name: "c", level: .operator, tag: 0, inType: .void, outType: .void)
        self.check("Command", command.entity(Self.links))
        self.check("CommandInOut", command.result(.long(1), input: .integer(1), Self.links))
    }
}
