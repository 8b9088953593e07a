import HTTPTypes
import Synchronization
import TangoCore

/// The version segment of a path; all lead to the same resources.
enum APIVersion: String, Sendable, CaseIterable {
    case v1dot0 = "v1.0"
    case v1dot1 = "v1.1"
    case v10
    case v11
}

/// A parsed path.
struct ResourcePath: Sendable, Hashable {
    var resource: Resource
    /// Present below `/tango/rest/{version}`.
    var version: APIVersion?

    /// Parses the path of a request, still percent-encoded and without query.
    /// - Parameter onFound: called with the resource, also when it does not allow the method.
    /// - Throws: 404 for unknown paths, 400 for bad escapes and bad ports, 405 with `Allow` for methods the resource does not allow.
    init(method: HTTPRequest.Method, path: String, onFound: (Resource) -> Void = { _ in }) throws(HTTPFailure) {
        self = try Self.parse(path)
        onFound(self.resource)
        try self.check(method)
    }

    /// Checks that the resource allows the method.
    /// - Throws: 405 with `Allow`.
    func check(_ method: HTTPRequest.Method) throws(HTTPFailure) {
        let allowed = self.allowedMethods
        guard allowed.contains(method) else {
            var failure = HTTPFailure(.methodNotAllowed, .restMethodNotAllowed, "\(method.rawValue) is not possible here")
            failure.headers[.allow] = Self.list(allowed)
            throw failure
        }
    }

    private init(_ resource: Resource, version: APIVersion? = nil) {
        self.resource = resource
        self.version = version
    }

    /// Allowed methods, including those of every resource.
    var allowedMethods: [HTTPRequest.Method] {
        self.resource.methods.flatMap { $0 == .get ? [.get, .head] : [$0] } + [.options]
    }

    /// Whether the names in the query are those of members to write, and not only of options.
    func namesMembersInQuery(_ method: HTTPRequest.Method) -> Bool {
        switch (method, self.resource) {
        case (.put, .device(_, .attributesValue)), (.put, .device(_, .properties)), (.post, .device(_, .properties)): true
        default: false
        }
    }

    static func list(_ methods: [HTTPRequest.Method]) -> String {
        methods.map(\.rawValue).joined(separator: ", ")
    }

    private static func parse(_ path: String) throws(HTTPFailure) -> ResourcePath {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.first == "" else { throw HTTPFailure.notFound("Unknown path") }
        segments.removeFirst()
        if segments.last == "" { segments.removeLast() }
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { throw HTTPFailure.notFound("Unknown path") }
        if segments.count == 2, segments[0] == "page", let file = WebPage(rawValue: String(segments[1])) {
            return ResourcePath(.page(file))
        }
        switch segments {
        case []: return ResourcePath(.page(.index))
        case ["tango", "openapi.json"]: return ResourcePath(.description)
        case ["tango", "stream"]: return ResourcePath(.stream)
        case ["health"]: return ResourcePath(.health)
        case ["health", "live"]: return ResourcePath(.liveness)
        case ["health", "ready"]: return ResourcePath(.readiness)
        case ["metrics"]: return ResourcePath(.metrics)
        default: break
        }
        guard segments.count >= 2, segments[0] == "tango", segments[1] == "rest" else { throw HTTPFailure.notFound("Unknown path") }
        guard segments.count > 2 else { return ResourcePath(.entryPoint) }
        guard let version = APIVersion(rawValue: String(segments[2])) else {
            throw HTTPFailure.notFound("There is no version \(segments[2]) of this interface")
        }
        return ResourcePath(try Self.versioned(segments.dropFirst(3)), version: version)
    }

    private static func versioned(_ segments: ArraySlice<Substring>) throws(HTTPFailure) -> Resource {
        switch Array(segments.prefix(2)) {
        case []: return .version
        case ["hosts"]: return .hosts
        case ["devices", "tree"] where segments.count == 2: return .defaultTree
        case ["attributes"]: return .bulk(.attributes)
        case ["attributes", "value"] where segments.count == 2: return .bulk(.attributeValues)
        case ["commands"]: return .bulk(.commands)
        case ["pipes"]: return .bulk(.pipes)
        case ["pipes", "value"] where segments.count == 2: return .bulk(.pipeValues)
        default: break
        }
        guard segments.first == "hosts", let hostSegment = segments.dropFirst().first else { throw HTTPFailure.notFound("Unknown path") }
        let host = try TangoHost(segment: hostSegment)
        let rest = segments.dropFirst(2)
        guard let kind = rest.first else { return .host(host) }
        guard kind == "devices" else { throw HTTPFailure.notFound("Unknown path") }
        return try Self.devices(rest.dropFirst(), of: host)
    }

    private static func devices(_ segments: ArraySlice<Substring>, of host: TangoHost) throws(HTTPFailure) -> Resource {
        if segments.isEmpty { return .devices(host) }
        if segments.count == 1, segments.first == "tree" { return .tree(host) }
        var fields: [String] = []
        var rest = segments
        while fields.count < 3, let segment = rest.popFirst() {
            // An escaped slash is a separator too.
            let parts = try Self.decoded(segment).split(separator: "/", omittingEmptySubsequences: false)
            fields += parts.map { String($0) }
        }
        // The end of a locator of a device without a database is no part of a name.
        guard fields.count <= 3, fields.allSatisfy({ !$0.isEmpty && !$0.tangoFolded.contains("#dbase=") }) else {
            throw HTTPFailure.notFound("There is no such device")
        }
        switch fields.count {
        case 1: return .families(host, domain: fields[0])
        case 2: return .members(host, domain: fields[0], family: fields[1])
        default:
            var decoded: [String] = []
            for segment in rest { decoded.append(try Self.decoded(segment)) }
            return .device(DeviceReference(host: host, name: fields.joined(separator: "/")), try Self.member(decoded))
        }
    }

    private static func member(_ segments: [String]) throws(HTTPFailure) -> DevicePath {
        let unknown = HTTPFailure.notFound("Unknown path")
        guard let family = segments.first else { return .device }
        let second = segments.count > 1 ? segments[1] : nil
        let third = segments.count > 2 ? segments[2] : nil
        if segments.count == 4, family == "attributes", let second, third == "properties" { return .attributeProperty(second, segments[3]) }
        guard segments.count <= 3 else { throw unknown }
        switch (family, second, third) {
        case ("state", nil, nil): return .state
        case ("attributes", nil, nil): return .attributes
        case ("attributes", "info", nil): return .attributesInfo
        case ("attributes", "value", nil): return .attributesValue
        case ("attributes", let name?, nil): return .attribute(name)
        case ("attributes", let name?, "info"): return .attributeInfo(name)
        case ("attributes", let name?, "value"): return .attributeValue(name)
        case ("attributes", let name?, "history"): return .attributeHistory(name)
        case ("attributes", let name?, "properties"): return .attributeProperties(name)
        case ("commands", nil, nil): return .commands
        case ("commands", let name?, nil): return .command(name)
        case ("commands", let name?, "history"): return .commandHistory(name)
        case ("pipes", nil, nil): return .pipes
        case ("pipes", let name?, nil): return .pipe(name)
        case ("pipes", let name?, "value"): return .pipeValue(name)
        case ("properties", nil, nil): return .properties
        case ("properties", let name?, nil): return .property(name)
        default: throw unknown
        }
    }

    private static func decoded(_ segment: Substring) throws(HTTPFailure) -> String {
        try PercentEncoding.decode(segment)
    }
}

/// Parsed paths, since clients that poll request the same paths again and again.
final class PathCache: Sendable {
    private let paths = Mutex<[String: ResourcePath]>([:])
    private let limit: Int

    init(limit: Int = 1024) {
        self.limit = limit
    }

    /// Returns the parsed path.
    /// - Parameter onFound: called with the resource, also when it does not allow the method.
    /// - Throws: as `ResourcePath.init(method:path:)`.
    func path(_ method: HTTPRequest.Method, _ path: String, onFound: (Resource) -> Void) throws(HTTPFailure) -> ResourcePath {
        if let known = self.paths.withLock({ $0[path] }) {
            onFound(known.resource)
            try known.check(method)
            return known
        }
        let parsed = try ResourcePath(method: method, path: path, onFound: onFound)
        self.paths.withLock { paths in
            if paths.count >= self.limit { paths.removeAll(keepingCapacity: true) }
            paths[path] = parsed
        }
        return parsed
    }
}
