import HTTPTypes
import TangoCore

/// The resource a path names. `ResourceRequest.answer()` has the type that answers each.
enum Resource: Sendable, Hashable {
    case page(WebPage)
    case description
    case health
    case liveness
    case readiness
    case metrics
    case entryPoint
    case version
    case hosts
    case stream
    case defaultTree
    case host(TangoHost)
    case devices(TangoHost)
    case tree(TangoHost)
    case families(TangoHost, domain: String)
    case members(TangoHost, domain: String, family: String)
    case device(DeviceReference, DevicePath)
    case bulk(BulkPath)

    /// Allowed methods; HEAD comes with GET.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .device(_, let resource): resource.methods
        case .bulk(let resource): resource.methods
        default: [.get]
        }
    }

    /// Whether the answer comes from a control system.
    var isUpstream: Bool {
        switch self {
        case .page, .description, .health, .liveness, .readiness, .metrics, .entryPoint, .version, .hosts, .stream: false
        case .defaultTree, .host, .devices, .tree, .families, .members, .device, .bulk: true
        }
    }
}

/// The members of many devices that a path names.
enum BulkPath: Sendable, Hashable {
    case attributes
    case attributeValues
    case commands
    case pipes
    case pipeValues

    var methods: [HTTPRequest.Method] {
        switch self {
        case .attributes, .attributeValues, .commands, .pipeValues: [.get, .put]
        case .pipes: [.get]
        }
    }
}

/// The resource below a device.
enum DevicePath: Sendable, Hashable {
    case device
    case state
    case attributes
    case attributesInfo
    case attributesValue
    case attribute(String)
    case attributeInfo(String)
    case attributeValue(String)
    case attributeHistory(String)
    case attributeProperties(String)
    case attributeProperty(String, String)
    case commands
    case command(String)
    case commandHistory(String)
    case pipes
    case pipe(String)
    case pipeValue(String)
    case properties
    case property(String)

    /// Names of the member and of its property.
    var names: [String] {
        switch self {
        case .device, .state, .attributes, .attributesInfo, .attributesValue, .commands, .pipes, .properties: []
        case .attribute(let name), .attributeInfo(let name), .attributeValue(let name), .attributeHistory(let name),
            .attributeProperties(let name), .command(let name), .commandHistory(let name), .pipe(let name), .pipeValue(let name),
            .property(let name):
            [name]
        case .attributeProperty(let name, let property): [name, property]
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .attributesValue, .attributeValue, .attributeInfo, .command, .pipeValue: [.get, .put]
        case .properties: [.get, .put, .post]
        case .property: [.get, .put, .post, .delete]
        case .attributeProperty: [.get, .put, .delete]
        default: [.get]
        }
    }
}
