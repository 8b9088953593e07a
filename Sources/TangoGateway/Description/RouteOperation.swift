import HTTPTypes
import TangoCore

/// A method of a resource, for the description of the interface.
struct RouteOperation: Sendable {
    /// Content of a successful answer.
    enum Success: Sendable {
        /// An entity; the parameter `filter` is possible.
        case entity(String)
        /// A list of entities; `filter` and `range` are possible.
        case list(of: JSONValue)
        /// A value in one of several representations.
        case value
        /// Nothing.
        case nothing
        /// A document that is no entity: neither `filter` nor `range` are possible.
        case document(JSONValue)
        /// A document that is not JSON.
        case other(contentType: String)
        /// Always an error.
        case never
    }

    /// A parameter of the query.
    struct Parameter: Sendable {
        var name: String
        var description: String
        var schema: JSONValue
        var isRequired = false

        static let filter = Parameter(
            name: "filter", description: "Member to keep, or with `!` before it to leave out; repeatable",
            schema: ["type": "array", "items": ["type": "string"]])
        static let range = Parameter(
            name: "range", description: "Part of the list: `start-end`, from 0, the end not included",
            schema: ["type": "string", "pattern": "^[0-9]+-[0-9]+$"])
        static let async = Parameter(
            name: "async", description: "Answer after checking the request, and do it afterwards",
            schema: ["type": "string", "enum": ["", "true", "1", "yes", "false", "0", "no"]])

        /// A parameter that can be given several times.
        static func texts(_ name: String, _ description: String, isRequired: Bool = false) -> Parameter {
            var schema: JSONObject = ["type": "array", "items": ["type": "string"]]
            if isRequired { schema["minItems"] = .integer(1) }
            return Parameter(name: name, description: description, schema: .object(schema), isRequired: isRequired)
        }

        static func text(_ name: String, _ description: String) -> Parameter {
            Parameter(name: name, description: description, schema: ["type": "string"])
        }

        /// Any number of parameters with names of the caller's choice.
        static func named(_ what: String) -> Parameter {
            Parameter(
                name: "\(what)s", description: "`{\(what)}={value}`; any name but those of the other parameters; values repeatable",
                schema: ["type": "object", "additionalProperties": ["type": "array", "items": ["type": "string"]]])
        }

        /// Members of devices.
        static let members = Parameter.texts(
            "wildcard", "`{host}:{port}/domain/family/member/name`, with `*` in all but the first; repeatable", isRequired: true)

        /// Clients that read every number as a double lose digits of large ones.
        static let int64 = Parameter(
            name: "int64", description: "How integers of 64 bits are written, `number` by default",
            schema: ["type": "string", "enum": ["number", "string"]])

        static let count = Parameter(
            name: "n", description: "Number of the newest records, 10 by default",
            schema: ["type": "integer", "minimum": .integer(1), "maximum": .integer(1000)])
    }

    /// The body of a request.
    struct Body: Sendable {
        var description: String
        /// Schemas by media type.
        var content: [(type: String, schema: JSONValue)]
        var isRequired: Bool
    }

    var summary: String
    var success: Success
    var parameters: [Parameter] = []
    var body: Body?
    /// Whether the parameter `async` is possible.
    var canBeAsync = false
    /// Whether it needs no control system.
    var isLocal = false

    static func entity(_ name: String, _ summary: String, _ parameters: [Parameter] = []) -> RouteOperation {
        RouteOperation(summary: summary, success: .entity(name), parameters: parameters)
    }

    static func list(_ name: String, _ summary: String, _ parameters: [Parameter] = []) -> RouteOperation {
        RouteOperation(summary: summary, success: .list(of: Schemas.reference(name)), parameters: parameters)
    }

    /// Returns a change that answers the entity.
    static func change(_ success: Success, _ summary: String, _ parameters: [Parameter] = [], _ body: Body? = nil) -> RouteOperation {
        RouteOperation(summary: summary, success: success, parameters: parameters, body: body, canBeAsync: true)
    }

    static func json(_ schema: String, isRequired: Bool, _ description: String) -> Body {
        Body(description: description, content: [("application/json", Schemas.reference(schema))], isRequired: isRequired)
    }

    static func jsonOrForm(_ json: String, _ form: String, _ description: String) -> Body {
        Body(
            description: description,
            content: [("application/json", Schemas.reference(json)), ("application/x-www-form-urlencoded", Schemas.reference(form))],
            isRequired: false)
    }
}

extension Route {
    /// Returns the description of a method; `nil` where the resource does not allow it.
    func operation(_ method: HTTPRequest.Method) -> RouteOperation? {
        switch method {
        case .get: self.reading
        case .put: self.putting
        case .post: self.posting
        case .delete: self.deleting
        default: nil
        }
    }

    private var reading: RouteOperation {
        let wildcard = RouteOperation.Parameter.texts("wildcard", "Pattern with `*`: `domain/family/member`, or less of it; repeatable")
        let namePattern = RouteOperation.Parameter.text("wildcard", "Pattern with `*`")
        return switch self {
        case .page: RouteOperation(summary: "Web page", success: .other(contentType: "text/html"), isLocal: true)
        case .description: RouteOperation(summary: "This description", success: .document(["type": "object"]), isLocal: true)
        case .health: RouteOperation(summary: "Whether the gateway can do its work", success: .document(Schemas.reference("Health")))
        case .liveness: RouteOperation(summary: "Whether the gateway runs", success: .document(Schemas.reference("Health")), isLocal: true)
        case .readiness: RouteOperation(summary: "Whether the database answers", success: .document(Schemas.reference("Health")))
        case .metrics:
            RouteOperation(summary: "Counters for Prometheus", success: .other(contentType: MetricsText.contentType), isLocal: true)
        case .entryPoint: .entity("Versions", "Versions of the interface")
        case .version: .entity("Version", "Entry point of a version")
        case .hosts: RouteOperation(summary: "Not possible: a host must be named", success: .never, isLocal: true)
        case .stream:
            RouteOperation(
                summary: "Values of attributes as they change, as server-sent events", success: .other(contentType: "text/event-stream"),
                parameters: [
                    .texts("target", "`{host}:{port}/domain/family/member/attribute`; repeatable", isRequired: true),
                    RouteOperation.Parameter(
                        name: "period", description: "Time between two readings in milliseconds, 1000 by default",
                        schema: ["type": "integer", "minimum": .integer(100), "maximum": .integer(60_000)]),
                    .int64,
                ])
        case .defaultTree:
            .list("TreeNode", "Devices of several hosts as trees", [.texts("host", "`{host}:{port}`; repeatable"), wildcard])
        case .bulkAttributes: .list("BulkAttribute", "Attributes of many devices", [.members])
        case .bulkAttributeValues: .list("BulkValue", "Values of attributes of many devices", [.members, .int64])
        case .bulkCommands: .list("BulkCommand", "Commands of many devices", [.members])
        case .bulkPipes: .list("BulkPipe", "Pipes of many devices", [.members])
        case .bulkPipeValues: .list("BulkPipeValue", "Values of pipes of many devices", [.members, .int64])
        case .host: .entity("TangoHost", "Database of a control system")
        case .devices: .list("NamedEntity", "Devices", [wildcard])
        case .tree: .list("TreeNode", "Devices as a tree", [wildcard])
        case .families: RouteOperation(summary: "Names of families", success: .list(of: ["type": "string"]), parameters: [namePattern])
        case .members: RouteOperation(summary: "Names of members", success: .list(of: ["type": "string"]), parameters: [namePattern])
        case .device: .entity("Device", "A device, as the database knows it")
        case .state: .entity("State", "State and status")
        case .attributes: .list("Attribute", "Attributes")
        case .attributesInfo: .list("AttributeInfo", "Configuration of attributes", [.texts("attr", "Name; repeatable; without it, all")])
        case .attributesValue:
            .list(
                "AttributeReading", "Values of several attributes",
                [
                    .texts("attr", "Name; repeatable", isRequired: true),
                    RouteOperation.Parameter(
                        name: "fields", description: "Also the set points of writable attributes",
                        schema: ["type": "string", "enum": ["+w_value"]]), .int64,
                ])
        case .attribute: .entity("Attribute", "An attribute")
        case .attributeInfo: .entity("AttributeInfo", "Configuration of an attribute")
        case .attributeValue:
            RouteOperation(
                summary: "Value of an attribute", success: .value,
                parameters: [.text("raw", "Whether pictures are sent as they are: `true` or `false`"), .int64])
        case .attributeHistory: .list("HistoryItem", "Last values of a polled attribute, oldest first", [.count, .int64])
        case .attributeProperties: .list("Property", "Properties of an attribute")
        case .attributeProperty: .entity("Property", "A property of an attribute")
        case .commands: .list("Command", "Commands")
        case .command: .entity("Command", "A command")
        case .commandHistory: .list("CommandRecord", "Last results of a polled command, oldest first", [.count, .int64])
        case .pipes: .list("Pipe", "Pipes")
        case .pipe: .entity("Pipe", "A pipe")
        case .pipeValue: .entity("PipeValue", "Value of a pipe", [.int64])
        case .properties: .list("Property", "Properties of a device", [namePattern])
        case .property: .entity("Property", "A property of a device")
        }
    }

    private var putting: RouteOperation? {
        switch self {
        case .attributesValue: .change(.list(of: Schemas.reference("AttributeItem")), "Writes several attributes", [.named("attribute")])
        case .attributeInfo:
            .change(
                .entity("AttributeInfo"), "Changes the configuration of an attribute", [],
                RouteOperation.json("AttributeInfoInput", isRequired: true, "What to change"))
        case .attributeValue:
            .change(
                .entity("AttributeValue"), "Writes an attribute and reads it back",
                [.texts("v", "The value as text; repeated, the elements of a spectrum"), .int64],
                RouteOperation.json("ValueInput", isRequired: false, "The value, if there is no parameter `v`"))
        case .command:
            .change(
                .entity("CommandInOut"), "Executes a command", [.int64],
                RouteOperation.json("CommandInput", isRequired: false, "The input, if the command takes one"))
        case .pipeValue:
            .change(
                .entity("PipeValue"), "Writes a pipe and reads it back", [.int64],
                RouteOperation.Body(
                    description: "The elements",
                    content: [("application/json", Schemas.array(of: Schemas.reference("PipeElementInput")))], isRequired: true))
        case .properties:
            Self.propertiesChange(
                "Sets properties of a device", [.text("replace", "Whether all others are deleted: `true` or `false`")])
        case .property, .attributeProperty: Self.propertyChange
        case .bulkAttributes, .bulkAttributeValues:
            Self.bulkChange("AttributeItem", "ValueItem", "Writes attributes of many devices and reads them back")
        case .bulkCommands: Self.bulkChange("CommandItem", "CommandItemInput", "Executes commands of many devices")
        case .bulkPipeValues: Self.bulkChange("BulkPipeValue", "PipeItem", "Writes pipes of many devices and reads them back")
        default: nil
        }
    }

    /// Returns a change with one answer for each item, in the same order.
    private static func bulkChange(_ answer: String, _ item: String, _ summary: String) -> RouteOperation {
        .change(
            .list(of: Schemas.reference(answer)), summary, [.int64],
            RouteOperation.Body(
                description: "The items", content: [("application/json", Schemas.array(of: Schemas.reference(item)))], isRequired: true))
    }

    private var posting: RouteOperation? {
        switch self {
        case .properties: Self.propertiesChange("Sets properties of a device")
        case .property: Self.propertyChange
        default: nil
        }
    }

    private var deleting: RouteOperation? {
        switch self {
        case .property, .attributeProperty: RouteOperation(summary: "Deletes a property, if it is there", success: .nothing)
        default: nil
        }
    }

    private static func propertiesChange(_ summary: String, _ parameters: [RouteOperation.Parameter] = []) -> RouteOperation {
        .change(
            .list(of: Schemas.reference("Property")), summary, [.named("property")] + parameters,
            RouteOperation.Body(
                description: "`{property}={value}` with any names",
                content: [("application/x-www-form-urlencoded", Schemas.reference("PropertiesForm"))], isRequired: false))
    }

    private static var propertyChange: RouteOperation {
        .change(
            .entity("Property"), "Sets a property", [.texts("value", "Value; repeatable")],
            RouteOperation.jsonOrForm("PropertyInput", "PropertyForm", "The values, if there is no parameter `value`"))
    }
}
