import HTTPTypes
import Logging
import NIOPosix
import TangoClient
import TangoCore
import TangoIIOP

/// A request with its body.
struct GatewayRequest: Sendable {
    var method: HTTPRequest.Method
    /// Path, still percent-encoded.
    var path: String
    /// Query, still encoded.
    var query: String
    /// Scheme and authority, as the client addressed this server.
    var origin: String
    var headers: HTTPFields
    var body: [UInt8] = []
    /// Who sends it; `nil` when nobody had to say so.
    var user: String?
    /// Where it comes from, as text without port.
    var clientAddress = ""
    /// What is kept of it for the operator.
    var record: RequestRecord?
}

/// What a route answers, before range, filter and headers.
struct Answer: Sendable {
    enum Content: Sendable {
        case none
        case json(JSONValue)
        case bytes([UInt8], contentType: String)
        /// What is still to be made of a number of elements.
        indirect case making(Int, @Sendable () -> Content)

        /// Elements of a value from which on the event loop, which others wait for too, is too good for its text.
        static let largeSize = 20_000

        /// Whether its text takes long to make.
        var isLarge: Bool {
            switch self {
            case .none, .bytes: false
            case .json(let value): value.hasMoreElements(than: Self.largeSize)
            case .making(let size, _): size > Self.largeSize
            }
        }
    }

    var content: Content
    /// How long the answer may be kept.
    var lifetime: Duration = .zero
    /// Time of the reading, for `Last-Modified`.
    var modified: Timestamp?
    /// Whether `Accept` decides about the representation.
    var isNegotiated = false
    var headers = HTTPFields()

    static let noContent = Answer(content: .none)
    static func json(_ value: JSONValue, lifetime: Duration = .zero) -> Answer { Answer(content: .json(value), lifetime: lifetime) }
}

/// One member of one device, compared without case.
struct MemberKey: Hashable, Sendable {
    var host: TangoHost
    var device: String
    var member: String

    init(_ device: DeviceReference, _ member: String = "") {
        self.host = device.host.folded
        self.device = device.name.tangoFolded
        self.member = member.tangoFolded
    }
}

/// What all requests share.
struct GatewayServices: Sendable {
    let configuration: GatewayConfiguration
    let controlSystem: ControlSystem
    let logger: Logger
    let executors: EventLoopExecutors
    let paths = PathCache()
    let joinedRequests = JoinedRequests()
    let attributeConfigs: TimedCache<MemberKey, AttributeConfig, DevFailed>
    /// Types of arguments. A write or command that changes them makes a command fail once, at worst: they are not forgotten with it.
    let commandInfos: TimedCache<MemberKey, CommandInfo, DevFailed>
    /// Per host: aliases by device in lower case.
    let aliases: TimedCache<TangoHost, [String: String], DevFailed>
    /// Per host: what is wrong with its database; `nil` when nothing is.
    let readiness: TimedCache<TangoHost, String?, Never>
    let hangingDevices = HangingDevices()
    /// `nil` when everybody may do what this program may.
    let accessRights: AccessRights?
    let journal: Journal
    /// What was accepted and is done after its answer.
    let accepted = AcceptedChanges()

    init(configuration: GatewayConfiguration, controlSystem: ControlSystem, logger: Logger) {
        self.configuration = configuration
        self.controlSystem = controlSystem
        self.logger = logger
        self.executors = controlSystem.connections.eventLoops
        self.attributeConfigs = TimedCache(lifetime: configuration.listLifetime, executors: self.executors, group: \.device)
        self.commandInfos = TimedCache(lifetime: configuration.listLifetime, executors: self.executors)
        self.aliases = TimedCache(lifetime: configuration.listLifetime, executors: self.executors)
        self.readiness = TimedCache(lifetime: .seconds(1), executors: self.executors)
        self.accessRights = configuration.usesAccessControl ? AccessRights(lifetime: configuration.accessLifetime) : nil
        self.journal = Journal(logger: logger)
        controlSystem.callObserver = self.journal.metrics
    }

    /// After every write and command: nothing older is answered. A database may have several names, so the host does not count.
    func forget(_ change: Change) {
        switch change {
        case .attribute(let device, let name):
            let attribute = MemberKey(device, name)
            self.attributeConfigs.invalidate(group: attribute.device) { $0.member == attribute.member }
        case .device(let device): self.attributeConfigs.invalidate(group: MemberKey(device).device)
        case .server: self.attributeConfigs.invalidate()
        case .database:
            self.attributeConfigs.invalidate()
            self.aliases.invalidate()
        }
    }
}

/// What a request changed, and so what may be known wrongly afterwards.
enum Change: Sendable, Hashable {
    /// Configuration or properties of an attribute.
    case attribute(DeviceReference, String)
    /// Anything of a device: it may change its interface.
    case device(DeviceReference)
    /// Any device of the server whose admin device was called.
    case server
    /// Anything in a database.
    case database

    /// What a command may change.
    /// - Parameter device: by its own name.
    init(commanding device: DeviceReference, isDatabase: Bool) {
        self = isDatabase ? .database : device.name.tangoFolded.hasPrefix("dserver/") ? .server : .device(device)
    }
}

/// One request while it is answered. The routes are its extensions.
struct Exchange: Sendable {
    let request: GatewayRequest
    let path: ResourcePath
    let query: Query
    let media: MediaType
    let services: GatewayServices

    var configuration: GatewayConfiguration { self.services.configuration }

    /// Where the request's work runs: the event loop of its connection.
    var executor: EventLoopExecutor { self.services.executors.any() }

    /// URL of the request without query and trailing slash.
    var url: String { self.request.origin + (self.request.path.hasSuffix("/") ? String(self.request.path.dropLast()) : self.request.path) }

    /// Origin of the gateway's own errors.
    var origin: String { "\(self.request.method.rawValue) \(self.request.path)" }

    /// URL of the interface in the request's version.
    var versionURL: String { "\(self.request.origin)/tango/rest/\((self.path.version ?? .v11).rawValue)" }

    /// URL of a host, with exactly one port.
    func url(of host: TangoHost) -> String { "\(self.versionURL)/hosts/\(PercentEncoding.encode(host.host));port=\(host.port)" }

    /// Whether nothing kept may be used.
    var isFresh: Bool { self.request.headers[.cacheControl]?.lowercased().contains("no-cache") ?? false }

    /// Answers the request.
    func answer() async throws -> Answer {
        switch self.path.resource {
        case .page(let file): file.answer
        case .description: self.apiDescription()
        case .health, .readiness: try await self.readiness()
        case .liveness: self.liveness()
        case .metrics: self.metrics()
        case .entryPoint: self.entryPoint()
        case .version: self.version()
        case .hosts: throw HTTPFailure.badRequest("No Tango host given")
        case .defaultTree: try await self.treeOfHosts()
        case .host(let host): try await self.tangoHost(host)
        case .devices(let host): try await self.deviceList(host)
        case .tree(let host): try await self.tree(host)
        case .families(let host, let domain): try await self.names(host, below: [domain])
        case .members(let host, let domain, let family): try await self.names(host, below: [domain, family])
        case .device(let device, let resource): try await self.answer(device, resource)
        case .bulk(let resource): try await self.answer(resource)
        }
    }

    private func answer(_ resource: BulkResource) async throws -> Answer {
        switch (resource, self.request.method) {
        case (.attributes, .put), (.attributeValues, .put): try await self.writeBulkAttributes()
        case (.attributes, _): try await self.bulkAttributes()
        case (.attributeValues, _): try await self.readBulkAttributes()
        case (.commands, .put): try await self.executeBulkCommands()
        case (.commands, _): try await self.bulkCommands()
        case (.pipes, _): try await self.bulkPipes()
        case (.pipeValues, .put): try await self.writeBulkPipes()
        case (.pipeValues, _): try await self.readBulkPipes()
        }
    }

    private func answer(_ device: DeviceReference, _ resource: DeviceResource) async throws -> Answer {
        let method = self.request.method == .head ? .get : self.request.method
        try await self.authorize(device, resource)
        switch (resource, method) {
        case (.device, _): return try await self.device(device)
        case (.state, _): return try await self.state(device)
        case (.attributes, _): return try await self.attributeList(device)
        case (.attributesInfo, _): return try await self.attributeInfos(device)
        case (.attributesValue, .put): return try await self.writeAttributes(device)
        case (.attributesValue, _): return try await self.readAttributes(device)
        case (.attribute(let name), _): return try await self.attribute(device, name)
        case (.attributeInfo(let name), .put): return try await self.writeAttributeInfo(device, name)
        case (.attributeInfo(let name), _): return try await self.attributeInfo(device, name)
        case (.attributeValue(let name), .put): return try await self.writeAttribute(device, name)
        case (.attributeValue(let name), _): return try await self.readAttribute(device, name)
        case (.attributeHistory(let name), _): return try await self.attributeHistory(device, name)
        case (.attributeProperties(let name), _): return try await self.attributeProperties(device, name)
        case (.attributeProperty(let name, let property), .get): return try await self.attributeProperty(device, name, property)
        case (.attributeProperty(let name, let property), .delete):
            return try await self.deleteAttributeProperty(device, name, property)
        case (.attributeProperty(let name, let property), _): return try await self.writeAttributeProperty(device, name, property)
        case (.commands, _): return try await self.commandList(device)
        case (.command(let name), .put): return try await self.executeCommand(device, name)
        case (.command(let name), _): return try await self.command(device, name)
        case (.commandHistory(let name), _): return try await self.commandHistory(device, name)
        case (.pipes, _): return try await self.pipeList(device)
        case (.pipe(let name), _): return try await self.pipe(device, name)
        case (.pipeValue(let name), .put): return try await self.writePipe(device, name)
        case (.pipeValue(let name), _): return try await self.readPipe(device, name)
        case (.properties, .get): return try await self.propertyList(device)
        case (.properties, _): return try await self.writeProperties(device, replacing: method == .put)
        case (.property(let name), .get): return try await self.property(device, name)
        case (.property(let name), .delete): return try await self.deleteProperty(device, name)
        case (.property(let name), _): return try await self.writeProperty(device, name)
        }
    }

    /// The body as JSON; `nil` when there is none.
    /// - Throws: 415 when it is declared to be something else, 400 when it is not JSON.
    func jsonBody() async throws(HTTPFailure) -> JSONValue? {
        guard !self.request.body.isEmpty else { return nil }
        if let type = self.request.headers[.contentType], !MediaType.isJSON(type) {
            throw HTTPFailure(.unsupportedMediaType, .restUnsupportedMediaType, "The body must be application/json, not \(type)")
        }
        let body = self.request.body
        return try await self.converting { () throws(HTTPFailure) in
            do throws(JSONSyntaxError) {
                return try JSONValue(parsing: body)
            } catch {
                throw HTTPFailure.badJSON("\(error.problem) at byte \(error.offset) of the body")
            }
        }
    }

    /// Size of a body, in bytes, that is too large for the event loop, which others wait for too.
    static let largeBody = 256 * 1024

    /// Does something that takes the longer the larger the body is; for large ones on another thread.
    func converting<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard self.request.body.count >= Self.largeBody else { return try work() }
        // Not given up when the request is: it would be done here then.
        let result = try? await NIOThreadPool.singleton.runIfActive(eventLoop: self.executor.eventLoop) { () -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }.get()
        // Without the threads it is done here.
        guard let result else { return try work() }
        return try result.get()
    }

    /// The body as form pairs; `nil` when it is none.
    func formBody() async throws(HTTPFailure) -> Query? {
        guard let type = self.request.headers[.contentType], MediaType.isForm(type) else { return nil }
        let body = self.request.body
        return try await self.converting { () throws(HTTPFailure) in try Query(parsing: String(decoding: body, as: UTF8.self)) }
    }

    /// Does the part of a request that changes something, at once or, with `async`, after the answer.
    /// - Parameter changes: what is not known any more afterwards, however it ends.
    /// - Throws: what the work throws; with `async` 503 when too much waits to be done already.
    func change(
        _ isAsync: Bool, _ changes: [Change], _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let services = self.services
        guard isAsync else {
            defer { for change in changes { services.forget(change) } }
            return try await work()
        }
        let (method, path) = (self.request.method, self.request.path)
        try services.accepted.accept {
            do {
                _ = try await work()
            } catch {
                services.logger.warning("\(method) \(path) failed after its answer: \(error)")
            }
            for change in changes { services.forget(change) }
        }
        return .noContent
    }

    /// The proxy of the device of the URL, and its links.
    func open(_ device: DeviceReference) async throws(HTTPFailure) -> (proxy: DeviceProxy, links: DeviceLinks) {
        let proxy = try await upstream(.resolving) { () async throws(DevFailed) in try await self.proxy(device) }
        return (proxy, self.links(device, canonicalName: proxy.name))
    }

    /// - Throws: `REST_Forbidden` for a control system that is not served.
    private func permit(_ host: TangoHost) throws(DevFailed) {
        guard let allowed = self.configuration.allowedTangoHosts else { return }
        func isSame(_ other: TangoHost) -> Bool { host.folded == other.folded }
        let standard = self.configuration.defaultTangoHost ?? (try? self.services.controlSystem.defaultHost())
        if standard.map(isSame) ?? false { return }
        if allowed.contains(where: { (try? TangoHost(authority: $0)).map(isSame) ?? false }) { return }
        throw DevFailed(.restForbidden, "The Tango host \(host) is not served here: see tango-hosts", origin: self.origin)
    }

    /// The proxy of a device.
    func proxy(_ device: DeviceReference) async throws(DevFailed) -> DeviceProxy {
        try self.permit(device.host)
        return try await self.services.controlSystem.device(ResourceLocator(host: device.host, device: device.name))
    }

    /// The Tango host of requests that name none.
    func defaultHost() throws(HTTPFailure) -> TangoHost {
        if let host = self.configuration.defaultTangoHost { return host }
        do {
            return try self.services.controlSystem.defaultHost()
        } catch {
            throw HTTPFailure(error, while: .calling)
        }
    }

    func links(_ device: DeviceReference, canonicalName: String) -> DeviceLinks {
        let name = PercentEncoding.encode(device: TangoText.decode(canonicalName))
        return DeviceLinks(host: device.host, device: canonicalName, url: "\(self.url(of: device.host))/devices/\(name)")
    }

    func database(_ host: TangoHost) throws(HTTPFailure) -> DatabaseClient {
        do {
            try self.permit(host)
            return try self.services.controlSystem.database(host)
        } catch {
            throw HTTPFailure(error, while: .database)
        }
    }
}
