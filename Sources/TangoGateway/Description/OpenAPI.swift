import HTTPTypes
import TangoCore

/// The description of the interface (OpenAPI 3.1), generated from the routes.
enum OpenAPI {
    /// The serialized document; its links are relative, so it is the same for all requests.
    static let bytes = Self.document.serialized()

    static var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Tango REST API", "version": "1.1",
                "description":
                    "Devices of Tango control systems over HTTP. The versions v1.0, v1.1, v10 and v11 are equal. HEAD is allowed where GET is, OPTIONS everywhere. Answers to GET have an ETag for If-None-Match.",
            ],
            "servers": [["url": "/"]],
            "tags": .array(Tag.allCases.map { ["name": .string($0.rawValue)] }),
            "paths": .object(JSONObject(members: Route.allCases.map { .init(name: $0.template, value: Self.pathItem($0)) })),
            "components": [
                "schemas": .object(Schemas.all), "parameters": .object(Self.pathParameters), "responses": .object(Self.responses),
                "securitySchemes": [
                    "basic": ["type": "http", "scheme": "basic"], "bearer": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private enum Tag: String, CaseIterable {
        case gateway, hosts, devices, attributes, commands, pipes, properties
    }

    private static func tag(_ route: Route) -> Tag {
        switch route {
        case .page, .description, .health, .liveness, .readiness, .metrics, .entryPoint, .version: .gateway
        case .hosts, .defaultTree, .host: .hosts
        case .devices, .tree, .families, .members, .device, .state: .devices
        case .attributes, .attributesInfo, .attributesValue, .attribute, .attributeInfo, .attributeValue, .attributeHistory,
            .attributeProperties, .attributeProperty, .bulkAttributes, .bulkAttributeValues, .stream:
            .attributes
        case .commands, .command, .commandHistory, .bulkCommands: .commands
        case .pipes, .pipe, .pipeValue, .bulkPipes, .bulkPipeValues: .pipes
        case .properties, .property: .properties
        }
    }

    private static func pathItem(_ route: Route) -> JSONValue {
        var item = JSONObject()
        let parameters = route.pathParameters
        if !parameters.isEmpty {
            item["parameters"] = .array(parameters.map { ["$ref": .string("#/components/parameters/\($0)")] })
        }
        let methods: [HTTPRequest.Method] = [.get, .put, .post, .delete]
        for method in methods {
            guard let operation = route.operation(method) else { continue }
            item[method.rawValue.lowercased()] = Self.operation(operation, method, of: route)
        }
        return .object(item)
    }

    private static func operation(_ operation: RouteOperation, _ method: HTTPRequest.Method, of route: Route) -> JSONValue {
        var object: JSONObject = [
            "operationId": .string("\(method.rawValue.lowercased())_\(route)"), "tags": [.string(Self.tag(route).rawValue)],
            "summary": .string(operation.summary),
            // The first alternative: without authentication.
            "security": route.isOpen ? [] : [[:], ["basic": []], ["bearer": []]],
        ]
        let parameters = Self.parameters(of: operation, method)
        if !parameters.isEmpty {
            object["parameters"] = .array(
                parameters.map { parameter in
                    var members: JSONObject = [
                        "name": .string(parameter.name), "in": "query", "description": .string(parameter.description),
                    ]
                    if parameter.isRequired { members["required"] = true }
                    members["schema"] = parameter.schema
                    return .object(members)
                })
        }
        if let body = operation.body {
            let content = body.content.map { JSONObject.Member(name: $0.type, value: ["schema": $0.schema]) }
            object["requestBody"] = [
                "description": .string(body.description), "required": .bool(body.isRequired),
                "content": .object(JSONObject(members: content)),
            ]
        }
        object["responses"] = .object(Self.responses(of: operation, method, route))
        return .object(object)
    }

    private static func parameters(of operation: RouteOperation, _ method: HTTPRequest.Method) -> [RouteOperation.Parameter] {
        var parameters = operation.parameters
        if operation.canBeAsync { parameters.append(.async) }
        switch operation.success {
        case .entity, .value: parameters.append(.filter)
        case .list: parameters += method == .get ? [.range, .filter] : [.filter]
        case .nothing, .document, .other, .never: break
        }
        return parameters
    }

    // MARK: - Answers

    private static func responses(of operation: RouteOperation, _ method: HTTPRequest.Method, _ route: Route) -> JSONObject {
        var responses = Self.successes(of: operation, method)
        var failures = [400, 404, 405, 414, 431]
        switch operation.success {
        case .other, .document: break
        default: failures.append(406)
        }
        if !route.isOpen { failures += [401, 403] }
        if operation.body != nil { failures.append(415) }
        if method != .get { failures.append(413) }
        if case .list = operation.success, method == .get { failures.append(416) }
        if !operation.isLocal { failures.append(503) }
        for status in failures.sorted() { responses[String(status)] = ["$ref": .string("#/components/responses/\(status)")] }
        return responses
    }

    private static func successes(of operation: RouteOperation, _ method: HTTPRequest.Method) -> JSONObject {
        func json(_ schema: JSONValue) -> JSONValue { ["application/json": ["schema": schema]] }
        let unchanged: JSONValue = ["description": "The client's copy is up to date"]
        var responses: JSONObject
        switch operation.success {
        case .entity(let name): responses = ["200": ["description": "The entity", "content": json(Schemas.reference(name))]]
        case .list(let items):
            let content = json(Schemas.array(of: items))
            responses = ["200": ["description": "The list", "headers": Self.listHeaders(isPart: false), "content": content]]
            if method == .get {
                responses["206"] = ["description": "A part of the list", "headers": Self.listHeaders(isPart: true), "content": content]
            }
        case .value: responses = ["200": ["description": "The value", "content": Self.representations]]
        case .nothing: return ["204": ["description": "Done"]]
        case .document(let schema): responses = ["200": ["description": "The document", "content": json(schema)]]
        case .other(let type):
            responses = ["200": ["description": "The document", "content": .object([type: ["schema": ["type": "string"]]])]]
        case .never: return [:]
        }
        if operation.canBeAsync { responses["204"] = ["description": "Accepted, and done later (`async`)"] }
        if method == .get { responses["304"] = unchanged }
        return responses
    }

    private static var representations: JSONValue {
        .object(
            JSONObject(
                members: MediaType.allCases.map { type in
                    let schema: JSONValue =
                        switch type {
                        case .json: Schemas.reference("AttributeValue")
                        case .text: Schemas.text("The JSON of the value alone")
                        case .jpeg: Schemas.text("`data:/jpeg;base64,` and a picture; with `raw`, the picture alone")
                        case .png: Schemas.text("A picture")
                        }
                    return JSONObject.Member(name: type.rawValue, value: ["schema": schema])
                }))
    }

    private static func listHeaders(isPart: Bool) -> JSONValue {
        var headers: JSONObject = [
            "X-size": ["description": "Number of items in all", "schema": ["type": "integer"]],
            "Accept-Ranges": ["schema": ["const": "items"]],
        ]
        if isPart { headers["Content-Range"] = ["description": "`items start-end/size`", "schema": ["type": "string"]] }
        return .object(headers)
    }

    private static let failureTexts: [(status: Int, text: String)] = [
        (400, "The request is not possible, or the device refused it"), (401, "The request needs a user"),
        (403, "The user may not do this"), (404, "There is no such resource"), (405, "Not a method of this resource"),
        (406, "No representation is acceptable"), (413, "The body is too large"), (414, "The URL is too long"),
        (415, "The body is of a type that is not understood"), (416, "There is no such part of the list"), (431, "The header is too large"),
        (503, "The device or the database does not answer"),
    ]

    private static var responses: JSONObject {
        JSONObject(
            members: Self.failureTexts.map { status, text in
                JSONObject.Member(
                    name: String(status),
                    value: [
                        "description": .string(text),
                        "content": [
                            "application/json": ["schema": Schemas.reference("Failure")],
                            "application/problem+json": ["schema": Schemas.reference("Problem")],
                        ],
                    ])
            })
    }

    // MARK: - Paths

    private static let pathParameters: JSONObject = {
        let texts: [(name: String, description: String)] = [
            ("host", "Host of the Tango database"), ("domain", "First part of a device name"), ("family", "Second part of a device name"),
            ("member", "Third part of a device name"), ("attribute", "Name of an attribute"), ("command", "Name of a command"),
            ("pipe", "Name of a pipe"), ("property", "Name of a property"),
        ]
        var parameters: JSONObject = [
            "version": Self.pathParameter(
                "version", "Version of the interface; all are alike",
                ["type": "string", "enum": .array(APIVersion.allCases.map { .string($0.rawValue) })]),
            "port": Self.pathParameter(
                "port", "Port of the Tango database", ["type": "integer", "minimum": .integer(1), "maximum": .integer(65535)]),
        ]
        for (name, description) in texts {
            parameters[name] = Self.pathParameter(name, description, ["type": "string", "minLength": .integer(1)])
        }
        return parameters
    }()

    private static func pathParameter(_ name: String, _ description: String, _ schema: JSONValue) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "description": .string(description), "schema": schema]
    }
}
