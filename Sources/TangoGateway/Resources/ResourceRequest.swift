import HTTPTypes
import TangoCore
import TangoIIOP

/// One request for a resource, with what its answer needs. Each family of resources is a type of its own, which holds one of these.
struct ResourceRequest: Sendable {
    let http: GatewayRequest
    let path: ResourcePath
    let query: Query
    /// Negotiated representation of the answer.
    let media: MediaType
    let services: GatewayServices

    var configuration: GatewayConfiguration { self.services.configuration }

    /// Executor of the request's work: the event loop of its connection.
    var executor: EventLoopExecutor { self.services.executors.any() }

    /// Time limit of work on several devices or hosts: less than that of the whole request, so that what was late can be reported.
    var partialTimeout: Duration { self.configuration.timeout * 9 / 10 }

    /// Whether cached values must not be used.
    var isFresh: Bool { self.http.headers[.cacheControl]?.lowercased().contains("no-cache") ?? false }

    /// Origin of the gateway's own errors.
    var origin: String { "\(self.http.method.rawValue) \(self.http.path)" }

    /// URL of the request without query and trailing slash.
    var url: String { self.http.origin + (self.http.path.hasSuffix("/") ? String(self.http.path.dropLast()) : self.http.path) }

    /// URL of the interface in the request's version.
    var versionURL: String { "\(self.http.origin)/tango/rest/\((self.path.version ?? .v11).rawValue)" }

    /// Returns the URL of a host, with exactly one port.
    func url(of host: TangoHost) -> String { "\(self.versionURL)/hosts/\(PercentEncoding.encode(host.host));port=\(host.port)" }

    /// Returns the links of a device.
    /// - Parameter canonicalName: the name as the database spells it.
    func links(_ device: DeviceReference, canonicalName: String) -> DeviceLinks {
        let name = PercentEncoding.encode(device: TangoText.decode(canonicalName))
        return DeviceLinks(host: device.host, device: canonicalName, url: "\(self.url(of: device.host))/devices/\(name)")
    }

    /// What the method does with the resource.
    private enum Action {
        /// GET and HEAD.
        case read
        case put
        case post
        case delete

        init(_ method: HTTPRequest.Method) {
            switch method {
            case .put: self = .put
            case .post: self = .post
            case .delete: self = .delete
            default: self = .read
            }
        }
    }

    /// Answers the request, after checking that its user may change what it changes.
    func answer() async throws -> Answer {
        let action = Action(self.http.method)
        if action != .read, case .device(let device, let member) = self.path.resource { try await self.authorize(device, member) }
        switch (self.path.resource, action) {
        case (.page(let file), _): return file.answer
        case (.description, _): return GatewayResource(request: self).apiDescription()
        case (.health, _), (.readiness, _): return try await GatewayResource(request: self).readiness()
        case (.liveness, _): return GatewayResource(request: self).liveness()
        case (.metrics, _): return GatewayResource(request: self).metrics()
        case (.entryPoint, _): return GatewayResource(request: self).entryPoint()
        case (.version, _): return GatewayResource(request: self).version()
        case (.hosts, _): throw HTTPFailure.badRequest("No Tango host given")
        case (.defaultTree, _): return try await HostResource(request: self).trees()
        case (.host(let host), _): return try await HostResource(request: self).database(host)
        case (.devices(let host), _): return try await HostResource(request: self).devices(host)
        case (.tree(let host), _): return try await HostResource(request: self).tree(host)
        case (.families(let host, let domain), _): return try await HostResource(request: self).names(host, below: [domain])
        case (.members(let host, let domain, let family), _):
            return try await HostResource(request: self).names(host, below: [domain, family])

        case (.device(let device, .device), _): return try await DeviceResource(request: self, device: device).entity()
        case (.device(let device, .state), _): return try await DeviceResource(request: self, device: device).state()

        case (.device(let device, .attributes), _): return try await AttributeListResource(request: self, device: device).list()
        case (.device(let device, .attributesInfo), _): return try await AttributeListResource(request: self, device: device).infos()
        case (.device(let device, .attributesValue), .put): return try await AttributeListResource(request: self, device: device).write()
        case (.device(let device, .attributesValue), _): return try await AttributeListResource(request: self, device: device).read()
        case (.device(let device, .attribute(let name)), _):
            return try await AttributeResource(request: self, device: device, name: name).entity()
        case (.device(let device, .attributeInfo(let name)), .put):
            return try await AttributeResource(request: self, device: device, name: name).writeInfo()
        case (.device(let device, .attributeInfo(let name)), _):
            return try await AttributeResource(request: self, device: device, name: name).info()
        case (.device(let device, .attributeValue(let name)), .put):
            return try await AttributeResource(request: self, device: device, name: name).write()
        case (.device(let device, .attributeValue(let name)), _):
            return try await AttributeResource(request: self, device: device, name: name).read()
        case (.device(let device, .attributeHistory(let name)), _):
            return try await AttributeResource(request: self, device: device, name: name).history()

        case (.device(let device, .attributeProperties(let name)), _):
            return try await AttributePropertyResource(request: self, device: device, attribute: name).list()
        case (.device(let device, .attributeProperty(let name, let property)), .read):
            return try await AttributePropertyResource(request: self, device: device, attribute: name).read(property)
        case (.device(let device, .attributeProperty(let name, let property)), .delete):
            return try await AttributePropertyResource(request: self, device: device, attribute: name).delete(property)
        case (.device(let device, .attributeProperty(let name, let property)), _):
            return try await AttributePropertyResource(request: self, device: device, attribute: name).write(property)

        case (.device(let device, .commands), _): return try await CommandResource(request: self, device: device).list()
        case (.device(let device, .command(let name)), .put):
            return try await CommandResource(request: self, device: device).execute(name)
        case (.device(let device, .command(let name)), _): return try await CommandResource(request: self, device: device).entity(name)
        case (.device(let device, .commandHistory(let name)), _):
            return try await CommandResource(request: self, device: device).history(name)

        case (.device(let device, .pipes), _): return try await PipeResource(request: self, device: device).list()
        case (.device(let device, .pipe(let name)), _): return try await PipeResource(request: self, device: device).entity(name)
        case (.device(let device, .pipeValue(let name)), .put): return try await PipeResource(request: self, device: device).write(name)
        case (.device(let device, .pipeValue(let name)), _): return try await PipeResource(request: self, device: device).read(name)

        case (.device(let device, .properties), .read): return try await PropertyResource(request: self, device: device).list()
        case (.device(let device, .properties), _):
            return try await PropertyResource(request: self, device: device).writeSeveral(replacing: action == .put)
        case (.device(let device, .property(let name)), .read): return try await PropertyResource(request: self, device: device).read(name)
        case (.device(let device, .property(let name)), .delete):
            return try await PropertyResource(request: self, device: device).delete(name)
        case (.device(let device, .property(let name)), _): return try await PropertyResource(request: self, device: device).write(name)

        case (.bulk(.attributes), .put), (.bulk(.attributeValues), .put): return try await BulkWriteResource(request: self).attributes()
        case (.bulk(.attributes), _): return try await BulkReadResource(request: self).attributes()
        case (.bulk(.attributeValues), _): return try await BulkReadResource(request: self).attributeValues()
        case (.bulk(.commands), .put): return try await BulkWriteResource(request: self).commands()
        case (.bulk(.commands), _): return try await BulkReadResource(request: self).commands()
        case (.bulk(.pipes), _): return try await BulkReadResource(request: self).pipes()
        case (.bulk(.pipeValues), .put): return try await BulkWriteResource(request: self).pipes()
        case (.bulk(.pipeValues), _): return try await BulkReadResource(request: self).pipeValues()
        }
    }
}
