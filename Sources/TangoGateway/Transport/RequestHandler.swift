import HTTPTypes
import HummingbirdCore
import NIOCore
import TangoClient
import TangoCore

/// Serves one HTTP request: checks its head, authenticates its user, reads its body, and writes the response.
struct RequestHandler: Sendable {
    let responder: Responder
    /// `nil` when requests need no user.
    let authenticator: Authenticator?

    private var configuration: GatewayConfiguration { self.responder.services.configuration }

    @concurrent func respond(to request: Request, _ connection: Connection, _ writer: consuming ResponseWriter) async throws {
        let requestLog = self.responder.services.requestLog
        var gatewayRequest = GatewayRequest(
            head: request.head, trustsForwarded: self.configuration.trustsForwardedHeaders, isSecure: self.configuration.isSecure,
            peer: connection.address)
        let record = requestLog.begin(request.headers)
        gatewayRequest.record = record
        var response: GatewayResponse
        var isBodyAwaited = Self.hasBody(request) && !connection.isHTTP2
        do throws(HTTPFailure) {
            try self.checkHead(request.head)
            try gatewayRequest.checkOrigin(request.head, isHTTP2: connection.isHTTP2)
            gatewayRequest.user = try await self.authenticator?.user(of: gatewayRequest)
            try self.responder.services.browserPolicy.check(gatewayRequest)
            let (body, share) = try await self.body(of: request, gatewayRequest, connection)
            isBodyAwaited = false
            response = await self.response(to: gatewayRequest, record, body, share)
        } catch {
            var failure = error
            // Nobody reads the body of a refused request, and nobody bounds the time it takes.
            if isBodyAwaited { failure.closesConnection = true }
            response = self.responder.respond(to: gatewayRequest, with: failure)
        }
        requestLog.end(record, gatewayRequest, response)
        response.headers[.requestID] = record.id
        // A page cannot know as whom the browser has logged in.
        if let user = gatewayRequest.user { response.headers[.user] = PercentEncoding.encode(user) }
        // A client that takes nothing would keep its stream for ever.
        let timer = response.body.isEvents ? connection.closing(after: TimeAmount(EventStream.lifetime + .seconds(10))) : nil
        defer { timer?.cancel() }
        try await response.write(to: writer, isHTTP2: connection.isHTTP2)
    }

    /// Returns the response to a complete request. The body and its share end with it, before the response is written.
    private func response(
        to request: GatewayRequest, _ record: RequestRecord, _ body: [UInt8], _ share: consuming BodyBudget.Share?
    ) async -> GatewayResponse {
        var complete = request
        complete.setBody(body, share)
        return await TraceContext.$current.withValue(record.trace) { [complete] in await self.responder.respond(to: complete) }
    }

    /// Whether the head announces a body.
    private static func hasBody(_ request: Request) -> Bool {
        request.headers[.contentLength].map { $0 != "0" } ?? (request.headers[.transferEncoding] != nil)
    }

    /// - Throws: 414, 431.
    private func checkHead(_ head: HTTPRequest) throws(HTTPFailure) {
        guard (head.path ?? "").utf8.count <= self.configuration.maximumURILength else {
            throw HTTPFailure(.uriTooLong, .restURITooLong, "The URI is longer than \(self.configuration.maximumURILength) bytes")
        }
        let size = head.headerFields.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        guard size <= self.configuration.maximumHeaderSize else {
            throw HTTPFailure(
                .requestHeaderFieldsTooLarge, .restHeadersTooLarge,
                "The header is larger than \(self.configuration.maximumHeaderSize) bytes"
            )
        }
    }

    /// Returns the size in bytes that the body of a request may have. Only changes have large ones: nobody takes the room for them without
    /// credentials, where these are needed.
    static func bodyLimit(of request: GatewayRequest, _ configuration: GatewayConfiguration) -> Int {
        let isChange = (request.method == .put || request.method == .post) && !Authenticator.isOpen(request)
        return isChange ? configuration.maximumBodySize : min(configuration.maximumBodySize, BodyBudget.freeSize)
    }

    /// Reads the body. One whose declared length is too large is not read at all; one that is large waits for room.
    /// - Throws: 413; 503 when there is no room for it in time; 400 when the body ends early.
    private func body(
        of request: Request, _ gatewayRequest: GatewayRequest, _ connection: Connection
    ) async throws(HTTPFailure) -> ([UInt8], BodyBudget.Share?) {
        let limit = Self.bodyLimit(of: gatewayRequest, self.configuration)
        var tooLarge = HTTPFailure(.contentTooLarge, .restPayloadTooLarge, "The body is larger than \(limit) bytes")
        tooLarge.closesConnection = true
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw tooLarge }
        // The body has as much time as the head had.
        let time = TimeAmount(self.configuration.headLimit)
        var timer = Self.hasBody(request) || connection.isHTTP2 ? connection.closing(after: time) : nil
        defer { timer?.cancel() }
        var body: [UInt8] = []
        var share: BodyBudget.Share?
        do {
            for try await buffer in request.body {
                let size = body.count + buffer.readableBytes
                guard size <= limit else { throw tooLarge }
                if size > BodyBudget.freeSize, share == nil {
                    timer?.cancel()
                    share = try await self.responder.services.bodyBudget.share(
                        of: length ?? limit, within: self.configuration.headLimit)
                    timer = connection.closing(after: time)
                    if let length { body.reserveCapacity(length) }
                }
                body.append(contentsOf: buffer.readableBytesView)
            }
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            throw HTTPFailure.badRequest("The body did not arrive: \(error)")
        }
        share?.shrink(to: body.count)
        return (body, share)
    }
}
