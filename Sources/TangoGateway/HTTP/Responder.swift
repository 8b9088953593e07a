import HTTPTypes
import Logging
import TangoCore
import TangoIIOP

/// Answers requests: what is the same for all resources.
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

    /// Returns the response to a request that failed, before or in its resource.
    func respond(to request: GatewayRequest, with failure: HTTPFailure) -> GatewayResponse {
        self.finished(self.render(failure, request), request)
    }

    private func finished(_ response: GatewayResponse, _ request: GatewayRequest) -> GatewayResponse {
        var response = response
        response.headers[.xContentTypeOptions] = "nosniff"
        if self.configuration.isSecure, self.configuration.strictTransportLifetime >= .seconds(1) {
            response.headers[.strictTransportSecurity] = "max-age=\(self.configuration.strictTransportLifetime.components.seconds)"
        }
        self.addCORS(to: &response.headers, request)
        if request.method == .head {
            if case .bytes(let bytes) = response.body { response.headers[.contentLength] = String(bytes.count) }
            response.body = .none
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
        return GatewayResponse(status: failure.status, headers: headers, body: .bytes(body), closesConnection: failure.closesConnection)
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
        let resourceRequest = ResourceRequest(
            http: request, path: path, query: query, media: try self.media(request, path, query), services: self.services)
        let style = path.namesMembersInQuery(request.method) ? .number : try query.int64Style
        let limit = self.configuration.timeout
        let executor = self.services.executors.any()
        let work = { @Sendable () async -> RequestCoalescer.Outcome in
            do throws(HTTPFailure) {
                let answer: Answer
                do {
                    answer = try await Int64Style.$current.withValue(style) { try await resourceRequest.answer() }
                } catch {
                    throw HTTPFailure(error, while: .calling)
                }
                let shaper = ResponseShaper(request: resourceRequest, int64Style: style)
                guard answer.content.isLarge else { return .success(try shaper.response(for: answer)) }
                return .success(
                    try await LongWork.run(from: executor.eventLoop, cancellation: .cancelled) { () throws(HTTPFailure) in
                        try shaper.response(for: answer)
                    })
            } catch {
                return .failure(error)
            }
        }
        let outcome =
            if path.resource.isUpstream, let key = RequestCoalescer.Key(request, dependsOnAddress: self.services.accessRights != nil) {
                await self.services.coalescer.outcome(key, limit, on: executor, work)
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

    /// Returns the representation to send.
    /// - Throws: 406 when the client accepts none that the resource has.
    private func media(_ request: GatewayRequest, _ path: ResourcePath, _ query: Query) throws(HTTPFailure) -> MediaType {
        var offered: [MediaType] = [.json]
        switch path.resource {
        case .page, .description, .metrics, .health, .liveness, .readiness, .stream: return .json
        case .device(_, .attributeValue) where request.method != .put:
            // Raw pictures are the first choice of clients that accept anything.
            offered = try query.flag("raw") ? [.jpeg, .png, .json, .text] : MediaType.allCases
        default: break
        }
        guard let media = MediaType.negotiate(accept: request.headers[.accept], offered: offered) else {
            // A client that accepts RFC 9457 errors takes JSON.
            if ProblemDetails.isAccepted(request.headers[.accept]) { return .json }
            throw HTTPFailure(.notAcceptable, .restNotAcceptable, "Possible are \(offered.map(\.rawValue).joined(separator: ", "))")
        }
        return media
    }

    private func addCORS(to headers: inout HTTPFields, _ request: GatewayRequest) {
        guard let origin = request.headers[.origin] else { return }
        headers[.vary] = headers[.vary].map { $0 + ", Origin" } ?? "Origin"
        guard self.services.browserPolicy.allows(origin, own: request.origin) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlAllowCredentials] = "true"
        headers[.accessControlExposeHeaders] = "X-size, Content-Range, Accept-Ranges, Link, ETag, Last-Modified, Location, X-Request-Id"
        guard request.method == .options else { return }
        headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
        if let requested = request.headers[.accessControlRequestHeaders] { headers[.accessControlAllowHeaders] = requested }
        headers[.accessControlMaxAge] = "1209600"
    }
}
