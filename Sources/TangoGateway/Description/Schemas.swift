import TangoCore

/// JSON schemas of the entities, by name: `components/schemas` of the description.
///
/// No member is required, since the parameter `filter` can remove any. Closed schemas allow no other members.
enum Schemas {
    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    static func array(of items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func text(_ description: String) -> JSONValue { ["type": "string", "description": .string(description)] }

    private static let text: JSONValue = ["type": "string"]
    private static let texts: JSONValue = ["type": "array", "items": ["type": "string"]]
    private static let integer: JSONValue = ["type": "integer"]
    private static let flag: JSONValue = ["type": "boolean"]
    private static let optionalText: JSONValue = ["type": ["string", "null"]]
    private static let link: JSONValue = ["type": "string", "format": "uri-reference"]
    private static let time: JSONValue = ["type": "integer", "description": "Milliseconds since 1970"]

    private static func oneOf(_ texts: [String]) -> JSONValue { ["type": "string", "enum": .array(texts.map { .string($0) })] }

    private static func object(_ members: JSONObject, isClosed: Bool = true, _ description: String? = nil) -> JSONValue {
        var schema: JSONObject = ["type": "object"]
        if let description { schema["description"] = .string(description) }
        schema["properties"] = .object(members)
        if isClosed { schema["additionalProperties"] = false }
        return .object(schema)
    }

    /// Members that identify a member of a device.
    private static let identity: JSONObject = ["name": text, "host": text, "device": text]

    private static func identified(_ members: JSONObject, isClosed: Bool = true, _ description: String? = nil) -> JSONValue {
        Self.object(JSONObject(members: Self.identity.members + members.members), isClosed: isClosed, description)
    }

    private static let levels = Self.oneOf(DisplayLevel.allCases.map(\.name))

    static let all: JSONObject = {
        var schemas = Self.general
        for group in [Self.devices, Self.attributes, Self.commands, Self.pipes, Self.inputs, Self.bulk] { schemas.members += group.members }
        return schemas
    }()

    private static let general: JSONObject = [
        "Error": object(
            ["reason": text, "description": text, "severity": oneOf(ErrorSeverity.allCases.map(\.name)), "origin": text],
            "One error of a stack, the cause first"),
        "ItemError": object(["reason": text, "severity": oneOf(ErrorSeverity.allCases.map(\.name)), "desc": text, "origin": text]),
        "Failure": .object([
            "type": "object", "description": "Body of every error",
            "properties": ["errors": array(of: reference("Error")), "quality": ["const": "FAILURE"], "timestamp": time],
            "required": ["errors", "quality", "timestamp"], "additionalProperties": false,
        ]),
        "Problem": .object([
            "type": "object", "description": "The same in the form of RFC 9457, for clients that accept it",
            "properties": [
                "type": text, "title": text, "status": integer, "detail": text, "instance": text, "errors": array(of: reference("Error")),
                "quality": ["const": "FAILURE"], "timestamp": time,
            ],
            "required": ["type", "title", "status", "detail", "instance", "errors", "quality", "timestamp"], "additionalProperties": false,
        ]),
        "FailingItem": identified(
            ["quality": ["const": "FAILURE"], "timestamp": time, "errors": array(of: reference("ItemError"))],
            "An item of a list that failed"),
        "Health": .object([
            "type": "object", "properties": ["status": ["const": "pass"], "database": text], "required": ["status"],
            "additionalProperties": false,
        ]),
        "Versions": ["type": "object", "additionalProperties": link, "description": "URLs of the interface by version"],
        "Version": object(["hosts": link]),
        "Value": [
            "description":
                "A Tango value. Floating point numbers that are none are \"NaN\", \"Infinity\" and \"-Infinity\"; 64-bit integers have all their digits; null is an invalid value.",
            "anyOf": [
                ["type": ["null", "boolean", "number", "string"]], ["type": "array", "items": reference("Element")], reference("Image"),
                reference("Encoded"), reference("LongStrings"), reference("DoubleStrings"),
            ],
        ],
        "Element": ["anyOf": [["type": ["boolean", "number", "string"]], reference("Encoded")]],
        "Image": object(
            [
                "data": array(of: reference("Element")), "width": ["type": "integer", "minimum": .integer(0)],
                "height": ["type": "integer", "minimum": .integer(0)],
            ], "Row by row"),
        "Encoded": object(["encoded_format": text, "encoded_data": ["type": "string", "contentEncoding": "base64"]]),
        "LongStrings": object(["lvalue": array(of: integer), "svalue": texts]),
        "DoubleStrings": object(["dvalue": array(of: ["type": ["number", "string"]]), "svalue": texts]),
        "Property": object(["name": text, "values": texts]),
    ]

    private static let devices: JSONObject = [
        "TangoHost": object([
            "id": text, "host": text, "port": integer, "name": text, "info": texts, "devices": link, "tree": link,
        ]),
        "NamedEntity": object(["name": text, "alias": optionalText, "href": link]),
        "TreeNode": object(
            [
                "id": text, "value": text, "$css": oneOf(["tango_host", "aliases", "tango_domain", "tango_family", "member"]),
                "data": array(of: reference("TreeNode")), "isAlive": flag, "isAlias": flag, "isMember": flag, "device_name": text,
            ], "A Tango host, its aliases, a domain, a family or a member"),
        "Device": object([
            "id": text, "name": text, "alias": optionalText, "host": text, "info": reference("DeviceInfo"), "attributes": link,
            "commands": link, "pipes": link, "properties": link, "state": link,
        ]),
        "DeviceInfo": object([
            "name": text, "ior": text, "version": text, "exported": flag, "pid": integer, "server": text, "hostname": text,
            "classname": text, "is_taco": flag, "last_exported": text, "last_unexported": text,
        ]),
        "State": object(["state": oneOf(DevState.allCases.map(\.name)), "status": text]),
    ]

    private static let attributes: JSONObject = [
        "Attribute": object([
            "id": text, "name": text, "device": text, "host": text, "info": reference("AttributeInfo"), "value": link, "properties": link,
            "history": link,
        ]),
        "AttributeInfo": object([
            "name": text, "writable": oneOf(AttributeWriteType.allCases.map(\.name)),
            "data_format": oneOf(AttributeFormat.allCases.map(\.name)), "data_type": text, "max_dim_x": integer,
            "max_dim_y": integer, "description": text, "label": text, "unit": text, "standard_unit": text, "display_unit": text,
            "format": text, "min_value": text, "max_value": text, "min_alarm": text, "max_alarm": text, "writable_attr_name": text,
            "level": levels,
            "alarms": object([
                "min_alarm": text, "max_alarm": text, "min_warning": text, "max_warning": text, "delta_t": text, "delta_val": text,
                "extensions": texts,
            ]),
            "events": object([
                "ch_event": object(["rel_change": text, "abs_change": text, "extensions": texts]),
                "per_event": object(["period": text, "extensions": texts]),
                "arch_event": object(["rel_change": text, "abs_change": text, "period": text, "extensions": texts]),
            ]), "extensions": texts, "sys_extensions": texts, "isMemorized": flag, "isSetAtInit": flag,
            "memorized": oneOf(["UNKNOWN", "NOT_MEMORIZED", "MEMORIZED", "MEMORIZED_SET_AT_INIT"]), "root_attr_name": text,
            "enum_label": ["type": ["array", "null"], "items": text],
        ]),
        "AttributeValue": identified([
            "value": reference("Value"),
            "quality": oneOf(AttributeQuality.allCases.map(\.name)), "timestamp": time,
        ]),
        "AttributeReading": [
            "anyOf": [
                identified([
                    "value": reference("Value"), "quality": oneOf(AttributeQuality.allCases.map(\.name)), "timestamp": time,
                    "w_value": reference("Value"),
                ]), reference("FailingItem"),
            ]
        ],
        "AttributeItem": ["anyOf": [reference("AttributeValue"), reference("FailingItem")]],
        "HistoryItem": ["anyOf": [reference("AttributeValue"), reference("Failure")]],
    ]

    private static let commands: JSONObject = [
        "Command": object([
            "id": text, "name": text, "device": text, "host": text,
            "info": object([
                "cmd_name": text, "level": levels, "cmd_tag": integer, "in_type": text, "out_type": text, "in_type_desc": text,
                "out_type_desc": text,
            ]), "history": link,
        ]),
        "CommandInOut": object([
            "host": text, "device": text, "name": text, "input": ["description": "What was sent; absent when nothing was"],
            "output": reference("Value"),
        ]),
        "CommandRecord": identified(["output": reference("Value"), "errors": array(of: reference("ItemError")), "timestamp": time]),
    ]

    private static let pipes: JSONObject = [
        "Pipe": object([
            "id": text, "name": text, "device": text, "host": text,
            "info": object([
                "name": text, "description": text, "label": text, "level": levels,
                "writeType": oneOf(PipeWriteType.allCases.map(\.name)), "writable": flag,
            ]), "value": link,
        ]),
        "PipeValue": object([
            "host": text, "device": text, "name": text, "timestamp": time, "data": array(of: reference("PipeElement")),
        ]),
        "PipeElement": object(
            ["name": text, "value": ["type": "array", "items": ["anyOf": [reference("Element"), reference("PipeElement")]]]],
            "Elements of a blob within are values of their own"),
    ]

    private static func withFailure(_ name: String, _ failure: String = "FailingMember") -> JSONValue {
        ["anyOf": [Self.reference(name), Self.reference(failure)]]
    }

    /// Returns the schema of an item of a request for many devices.
    private static func item(_ members: JSONObject) -> JSONValue {
        .object([
            "type": "object", "required": ["device", "name"],
            "properties": .object(
                JSONObject(
                    members: [
                        .init(name: "host", value: optionalText), .init(name: "device", value: text), .init(name: "name", value: text),
                    ] + members.members)),
        ])
    }

    private static let bulk: JSONObject = [
        "FailingMember": identified(["errors": array(of: reference("ItemError"))], "A member that could not be had"),
        "FailingRead": identified(["errors": array(of: reference("Error")), "quality": ["const": "FAILURE"], "timestamp": time]),
        "BulkAttribute": withFailure("Attribute"), "BulkValue": withFailure("AttributeValue", "FailingRead"),
        "BulkCommand": withFailure("Command"), "BulkPipe": withFailure("Pipe"), "BulkPipeValue": withFailure("PipeValue"),
        "CommandItem": withFailure("CommandInOut", "FailingCommand"),
        "FailingCommand": identified(["input": ["description": "What was sent"], "errors": array(of: reference("ItemError"))]),
        "ValueItem": item(["value": reference("Value")]), "CommandItemInput": item(["input": reference("Value")]),
        "PipeItem": item(["data": array(of: reference("PipeElementInput"))]),
    ]

    private static let inputs: JSONObject = [
        "ValueInput": [
            "description": "The value, or an object that holds it as `value`; converted to the type of the attribute, or refused",
            "anyOf": [reference("Value"), ["type": "object", "required": ["value"], "properties": ["value": reference("Value")]]],
        ],
        "CommandInput": [
            "description": "The bare input, or an object that holds it as `input`",
            "anyOf": [
                reference("Value"),
                object([
                    "host": optionalText, "device": optionalText, "name": optionalText, "input": reference("Value"), "output": [:],
                    "errors": [:],
                ]),
            ],
        ],
        "AttributeInfoInput": ["type": "object", "description": "Members of AttributeInfo; those that are absent stay as they are"],
        "PipeElementInput": .object([
            "type": "object",
            "properties": [
                "name": text, "type": text,
                "value": ["type": "array", "items": ["anyOf": [reference("Element"), reference("PipeElementInput")]]],
            ], "required": ["name", "type", "value"],
        ]),
        "PropertyInput": [
            "description": "A value, a list of them, or an object with `values`",
            "anyOf": [
                ["type": ["string", "number", "boolean"]], array(of: ["type": ["string", "number", "boolean"]]),
                ["type": "object", "required": ["values"], "properties": ["values": texts]],
            ],
        ],
        "PropertyForm": [
            "type": "object", "properties": ["value": array(of: text)], "description": "The parameter `value`, once or more often",
        ],
        "PropertiesForm": ["type": "object", "additionalProperties": texts, "description": "`{property}={value}`, values repeatable"],
    ]
}
