import HTTPTypes
import Logging
import TangoClient
import TangoCore
import TangoIIOP

/// One request for a resource, with what its answer needs. Each family of resources is a type of its own, which holds one of these.
struct ResourceRequest: Sendable {
    var http: GatewayRequest
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

    /// Returns the links of a device that was not reached, with the spelling of its name that is known.
    func links(unreached device: DeviceReference) -> DeviceLinks {
        let known = self.services.controlSystem.knownName(of: TRL(host: device.host, device: device.name))
        return self.links(device, canonicalName: known ?? device.name)
    }

    /// Returns the links of a device.
    /// - Parameter canonicalName: the name as the database spells it.
    func links(_ device: DeviceReference, canonicalName: String) -> DeviceLinks {
        let name = PercentEncoding.encode(device: canonicalName)
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
        if action != .read, self.services.accessRights != nil, case .device(let device, let member) = self.path.resource {
            try await self.authorize(device, member)
        }
        switch (self.path.resource, action) {
        case (.page(let file), _): return file.answer
        case (.description, _): return GatewayResource(request: self).apiDescription()
        case (.health, _), (.readiness, _): return try await GatewayResource(request: self).readiness()
        case (.liveness, _): return GatewayResource(request: self).liveness()
        case (.metrics, _): return GatewayResource(request: self).metrics()
        case (.entryPoint, _): return GatewayResource(request: self).entryPoint()
        case (.version, _): return GatewayResource(request: self).version()
        case (.hosts, _): throw HTTPFailure.badRequest("No Tango host given")
        case (.stream, _): return try await StreamResource(request: self).stream()
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

// MARK: - Hosts, devices and members

extension ResourceRequest {
    /// Checks that the gateway serves a control system.
    /// - Throws: `REST_Forbidden`.
    private func permit(_ host: TangoHost) throws(DevFailed) {
        guard let allowed = self.configuration.allowedTangoHosts else { return }
        func isSame(_ other: TangoHost) -> Bool { host.folded == other.folded }
        let standard = self.configuration.defaultTangoHost ?? (try? self.services.controlSystem.defaultHost())
        if standard.map(isSame) ?? false { return }
        if allowed.contains(where: { (try? TangoHost(authority: $0)).map(isSame) ?? false }) { return }
        throw DevFailed(.restForbidden, "The Tango host \(host) is not served here: see tango-hosts", origin: self.origin)
    }

    /// Returns the Tango host of requests that name none.
    func defaultHost() throws(HTTPFailure) -> TangoHost {
        if let host = self.configuration.defaultTangoHost { return host }
        do {
            return try self.services.controlSystem.defaultHost()
        } catch {
            throw HTTPFailure(error, while: .calling)
        }
    }

    /// Returns the database of a host.
    func database(_ host: TangoHost) throws(HTTPFailure) -> DatabaseClient {
        do {
            try self.permit(host)
            return try self.services.controlSystem.database(host)
        } catch {
            throw HTTPFailure(error, while: .database)
        }
    }

    /// Returns the database of a device and the device's name there.
    /// - Throws: 404 when the database does not know the device, whose properties would read as empty.
    func owner(_ device: DeviceReference) async throws(HTTPFailure) -> (database: DatabaseClient, name: String) {
        let database = try self.database(device.host)
        let name = try await upstream(.database) { () async throws(DevFailed) in
            if let name = try await database.declaredName(ofDevice: device.name) { return name }
            throw DevFailed(.databaseDeviceNotDefined, "device \(device.name) not defined in the database !", origin: self.origin)
        }
        return (database, name)
    }

    /// Returns the proxy of a device.
    func proxy(_ device: DeviceReference) async throws(DevFailed) -> DeviceProxy {
        try self.permit(device.host)
        return try await self.services.controlSystem.device(TRL(host: device.host, device: device.name))
    }

    /// Returns the proxy of the device of the URL, and its links.
    func open(_ device: DeviceReference) async throws(HTTPFailure) -> (proxy: DeviceProxy, links: DeviceLinks) {
        let proxy = try await upstream(.resolving) { () async throws(DevFailed) in try await self.proxy(device) }
        return (proxy, self.links(device, canonicalName: proxy.name))
    }

    /// Returns the configuration of an attribute, from the cache where it is there.
    func knownConfig(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> AttributeConfig {
        try await self.services.attributeConfigs.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.attributeConfig(name)
        }
    }

    /// Returns the configuration that a value cannot be written as JSON without: the labels of an enumeration, the format of a value of an
    /// old device. `nil` when it needs none.
    func neededConfig(of value: AttributeValue, _ device: DeviceReference, _ proxy: DeviceProxy) async -> AttributeConfig? {
        let isEnum = value.type == .enum || (value.type == nil && value.data.elementType == .short)
        guard isEnum || (value.format == .unknown && value.errors.isEmpty) else { return nil }
        return try? await self.knownConfig(device, value.name, proxy)
    }

    /// Returns the configuration that a value in a list cannot be written without: as `neededConfig`, and that of an attribute whose read
    /// failed, since such a value has the name as it was requested. `nil` for an attribute that the device does not have.
    func namingConfig(of value: AttributeValue, _ device: DeviceReference, _ proxy: DeviceProxy) async -> AttributeConfig? {
        if value.errors.isEmpty { return await self.neededConfig(of: value, device, proxy) }
        if value.errors.contains(where: { $0.reason == .attributeNotFound }) { return nil }
        return try? await self.knownConfig(device, value.name, proxy)
    }

    /// Returns the types of a command, from the cache where they are there.
    func knownInfo(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> CommandInfo {
        try await self.services.commandInfos.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.commandInfo(name)
        }
    }
}

// MARK: - The body, and the change it makes

extension ResourceRequest {
    /// Size of a body, in bytes, from which it is converted off the event loop.
    static let largeBody = 256 * 1024

    /// Does work that takes the longer the larger the body is: see `LongWork`.
    /// - Parameter cancellation: error of work that is not begun because the request has been answered already; `nil`: it is begun all the same.
    func converting<Value: Sendable, Failure: Error>(
        cancellation: Failure?, _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // Small bodies are the rule: no look at the event loop for them.
        guard self.http.body.count >= Self.largeBody else { return try work() }
        return try await LongWork.run(from: self.executor.eventLoop, cancellation: cancellation, work)
    }

    /// Returns the body as JSON; `nil` when it is empty.
    /// - Throws: 415 when its declared type is another one, 400 when it is not JSON.
    func jsonBody() async throws(HTTPFailure) -> JSONValue? {
        guard !self.http.body.isEmpty else { return nil }
        if let type = self.http.headers[.contentType], !MediaType.isJSON(type) {
            throw HTTPFailure(.unsupportedMediaType, .restUnsupportedMediaType, "The body must be application/json, not \(type)")
        }
        let body = self.http.body
        return try await self.converting(cancellation: .cancelled) { () throws(HTTPFailure) in
            do throws(JSONSyntaxError) {
                return try JSONValue(parsing: body)
            } catch {
                throw HTTPFailure.badJSON("\(error.problem) at byte \(error.offset) of the body")
            }
        }
    }

    /// Returns the body as form pairs; `nil` when it is no form.
    func formBody() async throws(HTTPFailure) -> Query? {
        guard let type = self.http.headers[.contentType], MediaType.isForm(type) else { return nil }
        let body = self.http.body
        return try await self.converting(cancellation: .cancelled) { () throws(HTTPFailure) in
            try Query(parsing: String(decoding: body, as: UTF8.self))
        }
    }

    /// Does the part of a request that changes something, at once or, with `async`, after the answer.
    /// - Parameter stale: what the caches must not know any more afterwards, whether the work fails or not.
    /// - Throws: what the work throws; with `async` 503 when too many changes wait to be done. Nothing is done for a request that has been
    ///   answered already, with 503 for the time it took.
    func change(
        _ isAsync: Bool, _ stale: [CacheInvalidation], _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let services = self.services
        if Task.isCancelled { throw HTTPFailure.cancelled }
        guard isAsync else {
            defer { for part in stale { services.invalidate(part) } }
            return try await work()
        }
        let (method, path) = (self.http.method, self.http.path)
        try services.backgroundChanges.start {
            do {
                _ = try await work()
            } catch {
                services.logger.warning("\(method) \(path) failed after its answer: \(error)")
            }
            for part in stale { services.invalidate(part) }
        }
        return .noContent
    }
}

// MARK: - Access rights

extension ResourceRequest {
    /// Makes sure that the user of the request may change a device, or execute a command on it.
    /// - Parameter device: by its own name, not by an alias.
    /// - Throws: 400 for names that could be compared in several ways; 403 with `API_ReadOnlyMode`; 404 when there is no such device.
    func authorize(_ device: DeviceReference, command: String? = nil) async throws(HTTPFailure) {
        guard let rights = self.services.accessRights else { return }
        // These two commands only read.
        if let command, ["state", "status"].contains(command.tangoFolded) { return }
        let caller = AccessCaller(user: self.http.user ?? AccessCaller.anonymous, address: self.http.clientAddress)
        guard PlainName.isPlain(device.name), PlainName.isPlain(caller.user) else {
            throw HTTPFailure.badRequest("Where access rights decide, names of devices and users are plain ASCII")
        }
        let database = try self.database(device.host)
        var reason: DevFailed?
        do {
            if try await rights.mayWrite(caller, device, in: database) { return }
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            reason = DevFailed(wrapping: error)
        }
        if let command, reason == nil, try await rights.allows(command, on: device, in: database) { return }
        let refusal = AccessControl.refusal(
            command: command, on: device.name.tangoFolded, because: reason, origin: self.origin)
        var failure = HTTPFailure(refusal, while: .calling)
        failure.status = .forbidden
        failure.headers[.retryAfter] = nil
        throw failure
    }

    /// Makes sure that the user of the request may change a resource of a device.
    /// - Throws: as `authorize(_:command:)`.
    func authorize(_ device: DeviceReference, _ member: DevicePath) async throws(HTTPFailure) {
        let names = member.names + self.query.pairs.map(\.name) + (try await self.formBody()?.pairs.map(\.name) ?? [])
        guard names.allSatisfy(PlainName.isPlainMember) else {
            throw HTTPFailure.badRequest("Where access rights decide, names of members and properties are plain ASCII")
        }
        if case .command(let name) = member {
            try await self.authorize(device, command: name)
        } else {
            try await self.authorize(device)
        }
    }
}
