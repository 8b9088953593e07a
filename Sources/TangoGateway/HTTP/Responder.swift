import HTTPTypes
import NIOPosix
import TangoCore

/// An answer ready to be sent.
struct GatewayResponse: Sendable {
    var status: HTTPResponse.Status
    var headers = HTTPFields()
    var body: [UInt8] = []
    /// Whether the connection ends with it.
    var closesConnection = false
}

/// From a request to its answer: what is the same for all resources.
struct Responder: Sendable {
    let services: GatewayServices

    private var configuration: GatewayConfiguration { self.services.configuration }

    func respond(to request: GatewayRequest) async -> GatewayResponse {
        do {
            return self.finished(try await self.answer(request), request)
        } catch {
            return self.respond(to: request, with: error)
        }
    }

    /// The answer to a request that failed, at whatever place.
    func respond(to request: GatewayRequest, with failure: HTTPFailure) -> GatewayResponse {
        self.finished(self.render(failure, request), request)
    }

    private func finished(_ response: GatewayResponse, _ request: GatewayRequest) -> GatewayResponse {
        var response = response
        self.addCORS(to: &response.headers, request)
        if request.method == .head {
            response.headers[.contentLength] = String(response.body.count)
            response.body = []
        }
        return response
    }

    private func render(_ failure: HTTPFailure, _ request: GatewayRequest) -> GatewayResponse {
        if failure.status == .internalServerError {
            self.services.logger.error("\(request.method) \(request.path): \(failure.errors)")
        }
        let errors = failure.errors(origin: "\(request.method.rawValue) \(request.path)")
        let isProblem = ProblemDetails.isAccepted(request.headers[.accept])
        let document =
            isProblem ? ProblemDetails.document(failure.status, errors, path: request.path) : FailureDocument.whole(errors)
        let body = document.serialized()
        var headers = failure.headers
        headers[.contentType] = isProblem ? ProblemDetails.contentType : MediaType.json.contentType
        headers[.cacheControl] = "no-store"
        return GatewayResponse(status: failure.status, headers: headers, body: body, closesConnection: failure.closesConnection)
    }

    private func answer(_ request: GatewayRequest) async throws(HTTPFailure) -> GatewayResponse {
        if request.method == .options, request.path == "*" { return GatewayResponse(status: .noContent) }
        let path = try self.services.paths.path(request.method, request.path) { request.record?.route = $0.route }
        if request.method == .options {
            var response = GatewayResponse(status: .noContent)
            response.headers[.allow] = ResourcePath.list(path.allowedMethods)
            return response
        }
        let query = try Query(parsing: request.query)
        let exchange = Exchange(
            request: request, path: path, query: query, media: try self.media(request, path, query), services: self.services)
        let limit = self.configuration.timeout
        let executor = self.services.executors.any()
        let work = { @Sendable () async -> JoinedRequests.Outcome in
            do throws(HTTPFailure) {
                let answer: Answer
                do {
                    answer = try await exchange.answer()
                } catch {
                    throw HTTPFailure(error, while: .calling)
                }
                let shaper = ResponseShaper(exchange: exchange)
                guard answer.content.isLarge else { return .success(try shaper.response(for: answer)) }
                // Not on the event loop, which others wait for too.
                do {
                    return .success(try await NIOThreadPool.singleton.runIfActive { try shaper.response(for: answer) })
                } catch {
                    throw HTTPFailure(error, while: .calling)
                }
            } catch {
                return .failure(error)
            }
        }
        let outcome =
            if path.resource.isUpstream, let key = JoinedRequests.Key(request, asksRights: self.services.accessRights != nil) {
                await self.services.joinedRequests.outcome(key, limit, on: executor, work)
            } else {
                await withDeadline(limit, on: executor, work)
            }
        guard let outcome else {
            var failure = HTTPFailure(.serviceUnavailable, .restUnavailable, "There was no answer within \(limit)")
            failure.headers[.retryAfter] = "1"
            throw failure
        }
        return try outcome.get()
    }

    /// The representation to send.
    private func media(_ request: GatewayRequest, _ path: ResourcePath, _ query: Query) throws(HTTPFailure) -> MediaType {
        var offered: [MediaType] = [.json]
        switch path.resource {
        case .page, .description, .metrics, .health, .liveness, .readiness: return .json
        case .device(_, .attributeValue) where request.method != .put:
            // Raw pictures come first for clients that take anything.
            offered = try query.flag("raw") ? [.jpeg, .png, .json, .text] : MediaType.allCases
        default: break
        }
        guard let media = MediaType.negotiate(accept: request.headers[.accept], offered: offered) else {
            // Who accepts errors in the form of RFC 9457 wants JSON.
            if ProblemDetails.isAccepted(request.headers[.accept]) { return .json }
            throw HTTPFailure(.notAcceptable, .restNotAcceptable, "Possible are \(offered.map(\.rawValue).joined(separator: ", "))")
        }
        return media
    }

    private func addCORS(to headers: inout HTTPFields, _ request: GatewayRequest) {
        guard let origin = request.headers[.origin] else { return }
        headers[.vary] = headers[.vary].map { $0 + ", Origin" } ?? "Origin"
        if let allowed = self.configuration.allowedOrigins, !allowed.contains(origin) { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlAllowCredentials] = "true"
        headers[.accessControlExposeHeaders] = "X-size, Content-Range, Accept-Ranges, Link, ETag, Last-Modified, Location, X-Request-Id"
        guard request.method == .options else { return }
        headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
        if let asked = request.headers[.accessControlRequestHeaders] { headers[.accessControlAllowHeaders] = asked }
        headers[.accessControlMaxAge] = "1209600"
    }
}

/// Range, filter, validators and links of a successful answer.
struct ResponseShaper {
    let exchange: Exchange

    private var request: GatewayRequest { self.exchange.request }
    private var isReading: Bool { self.request.method == .get || self.request.method == .head }

    func response(for answer: Answer) throws(HTTPFailure) -> GatewayResponse {
        var response = GatewayResponse(status: .ok, headers: answer.headers)
        var links: [String] = []
        try self.write(answer.content, to: &response, &links)
        if answer.isNegotiated { response.headers[.vary] = "Accept" }
        if let modified = answer.modified { response.headers[.lastModified] = HTTPDate.recent(Int64(modified.seconds)) }
        guard self.isReading else {
            response.headers[.cacheControl] = "no-store"
            return response
        }
        self.addCaching(to: &response, lifetime: answer.lifetime)
        response.headers[.link] = (self.pathLinks + links).joined(separator: ", ")
        if self.isUnchanged(response, answer.modified) {
            response.status = .notModified
            response.body = []
            response.headers[.contentType] = nil
        }
        return response
    }

    private func write(_ content: Answer.Content, to response: inout GatewayResponse, _ links: inout [String]) throws(HTTPFailure) {
        switch content {
        case .none: response.status = .noContent
        case .bytes(let bytes, let type):
            response.body = bytes
            response.headers[.contentType] = type
        case .json(var value):
            if let items = value.array { value = .array(try self.part(of: items, &response, &links)) }
            response.body = Filter(self.exchange.query.all("filter")).apply(to: value).serialized()
            response.headers[.contentType] = MediaType.json.contentType
        case .making(_, let make): try self.write(make(), to: &response, &links)
        }
    }

    /// The part of a list that is asked for.
    private func part(
        of items: [JSONValue], _ response: inout GatewayResponse, _ links: inout [String]
    ) throws(HTTPFailure) -> [JSONValue] {
        response.headers[.size] = String(items.count)
        response.headers[.acceptRanges] = "items"
        let query = self.exchange.query
        guard self.isReading,
            let range = try ItemRange(query: query.first("range"), header: self.request.headers[.range], size: items.count)
        else { return items }
        let part = try range.clamped(to: items.count)
        response.status = .partialContent
        response.headers[.contentRange] = "items \(part.lowerBound)-\(part.upperBound)/\(items.count)"
        let others = self.request.query.split(separator: "&").filter { !$0.hasPrefix("range=") }.map { $0 + "&" }.joined()
        let url = self.exchange.url.lowercased()
        links = range.links(size: items.count) { "\(url)?\(others)range=\($0)" }
        return Array(items[part])
    }

    private func addCaching(to response: inout GatewayResponse, lifetime: Duration) {
        let milliseconds = lifetime.components.seconds * 1000 + lifetime.components.attoseconds / 1_000_000_000_000_000
        let audience = self.exchange.configuration.authenticates ? "private, " : ""
        response.headers[.cacheControl] = "\(audience)no-transform, max-age=\(milliseconds / 1000), max-age-millis=\"\(milliseconds)\""
        response.headers[.expires] = HTTPDate.recent((Timestamp.now.milliseconds + milliseconds) / 1000)
        response.headers[.eTag] = EntityTag.of(response.body)
    }

    /// Whether the client has this already. The entity tag, when given, decides alone.
    private func isUnchanged(_ response: GatewayResponse, _ modified: Timestamp?) -> Bool {
        if let tags = self.request.headers[.ifNoneMatch] {
            return response.headers[.eTag].map { EntityTag.matches(tags, $0) } ?? false
        }
        guard let modified, let since = self.request.headers[.ifModifiedSince].flatMap(HTTPDate.parse) else { return false }
        return Int64(modified.seconds) <= since
    }

    /// Links to the resource and the one above it, in lower case.
    private var pathLinks: [String] {
        let url = self.exchange.url.lowercased()
        var links = ["<\(url)>; rel=\"self\""]
        let parent: String?
        switch self.exchange.path.resource {
        case .page, .entryPoint, .description, .health, .metrics: parent = nil
        case .defaultTree: parent = self.exchange.versionURL.lowercased()
        case .device(let device, .device): parent = (self.exchange.url(of: device.host) + "/devices").lowercased()
        default: parent = url.lastIndex(of: "/").map { String(url[..<$0]) }
        }
        if let parent { links.append("<\(parent)>; rel=\"parent\"") }
        return links
    }
}

extension HTTPField.Name {
    /// A name written down here.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no header name") }  // ok: only names written down here
        return name
    }

    static let link = Self.known("Link")
    static let referrerPolicy = Self.known("Referrer-Policy")
    /// How many items a list has in all.
    static let size = Self.known("X-size")
}
