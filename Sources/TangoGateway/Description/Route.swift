import HTTPTypes

/// The kinds of resources, for the metrics and for the description of the interface.
///
/// `Resource.route` and `operation(_:)` are exhaustive: a new resource does not compile without its description.
enum Route: Int, Sendable, CaseIterable {
    case page
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
    case bulkAttributes
    case bulkAttributeValues
    case bulkCommands
    case bulkPipes
    case bulkPipeValues
    case host
    case devices
    case tree
    case families
    case members
    case device
    case state
    case attributes
    case attributesInfo
    case attributesValue
    case attribute
    case attributeInfo
    case attributeValue
    case attributeHistory
    case attributeProperties
    case attributeProperty
    case commands
    case command
    case commandHistory
    case pipes
    case pipe
    case pipeValue
    case properties
    case property

    /// Path of the resources, with parameters in braces.
    var template: String {
        let version = "/tango/rest/{version}"
        let host = version + "/hosts/{host};port={port}"
        let device = host + "/devices/{domain}/{family}/{member}"
        return switch self {
        case .page: "/"
        case .description: "/tango/openapi.json"
        case .health: "/health"
        case .liveness: "/health/live"
        case .readiness: "/health/ready"
        case .metrics: "/metrics"
        case .entryPoint: "/tango/rest"
        case .version: version
        case .hosts: version + "/hosts"
        case .stream: "/tango/stream"
        case .defaultTree: version + "/devices/tree"
        case .bulkAttributes: version + "/attributes"
        case .bulkAttributeValues: version + "/attributes/value"
        case .bulkCommands: version + "/commands"
        case .bulkPipes: version + "/pipes"
        case .bulkPipeValues: version + "/pipes/value"
        case .host: host
        case .devices: host + "/devices"
        case .tree: host + "/devices/tree"
        case .families: host + "/devices/{domain}"
        case .members: host + "/devices/{domain}/{family}"
        case .device: device
        case .state: device + "/state"
        case .attributes: device + "/attributes"
        case .attributesInfo: device + "/attributes/info"
        case .attributesValue: device + "/attributes/value"
        case .attribute: device + "/attributes/{attribute}"
        case .attributeInfo: device + "/attributes/{attribute}/info"
        case .attributeValue: device + "/attributes/{attribute}/value"
        case .attributeHistory: device + "/attributes/{attribute}/history"
        case .attributeProperties: device + "/attributes/{attribute}/properties"
        case .attributeProperty: device + "/attributes/{attribute}/properties/{property}"
        case .commands: device + "/commands"
        case .command: device + "/commands/{command}"
        case .commandHistory: device + "/commands/{command}/history"
        case .pipes: device + "/pipes"
        case .pipe: device + "/pipes/{pipe}"
        case .pipeValue: device + "/pipes/{pipe}/value"
        case .properties: device + "/properties"
        case .property: device + "/properties/{property}"
        }
    }

    /// Whether requests need no user.
    var isOpen: Bool {
        switch self {
        case .page, .description, .health, .liveness, .readiness, .entryPoint: true
        default: false
        }
    }

    /// Paths of the open routes, without trailing slash. Browsers request an icon by themselves, and would prompt for a password.
    static let openPaths = Set(Self.allCases.filter(\.isOpen).map(\.template) + WebPage.allCases.map(\.path) + ["/favicon.ico"])

    /// Names of the parameters of the path, in order.
    var pathParameters: [String] {
        self.template.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
    }
}

extension Resource {
    var route: Route {
        switch self {
        case .page: .page
        case .description: .description
        case .health: .health
        case .liveness: .liveness
        case .readiness: .readiness
        case .metrics: .metrics
        case .entryPoint: .entryPoint
        case .version: .version
        case .hosts: .hosts
        case .stream: .stream
        case .defaultTree: .defaultTree
        case .host: .host
        case .devices: .devices
        case .tree: .tree
        case .families: .families
        case .members: .members
        case .device(_, let resource): resource.route
        case .bulk(let resource): resource.route
        }
    }
}

extension BulkPath {
    var route: Route {
        switch self {
        case .attributes: .bulkAttributes
        case .attributeValues: .bulkAttributeValues
        case .commands: .bulkCommands
        case .pipes: .bulkPipes
        case .pipeValues: .bulkPipeValues
        }
    }
}

extension DevicePath {
    var route: Route {
        switch self {
        case .device: .device
        case .state: .state
        case .attributes: .attributes
        case .attributesInfo: .attributesInfo
        case .attributesValue: .attributesValue
        case .attribute: .attribute
        case .attributeInfo: .attributeInfo
        case .attributeValue: .attributeValue
        case .attributeHistory: .attributeHistory
        case .attributeProperties: .attributeProperties
        case .attributeProperty: .attributeProperty
        case .commands: .commands
        case .command: .command
        case .commandHistory: .commandHistory
        case .pipes: .pipes
        case .pipe: .pipe
        case .pipeValue: .pipeValue
        case .properties: .properties
        case .property: .property
        }
    }
}
