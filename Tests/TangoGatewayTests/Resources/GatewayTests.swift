import HTTPTypes
import Logging
import TangoClient
import TangoCore
import TangoIIOP
import Testing

@testable import TangoGateway

/// Executor of work.
var anyEventLoop: EventLoopExecutor { EventLoops.shared.any() }

@Suite struct GatewayTests {
    private func services(_ change: (inout GatewayConfiguration) -> Void = { _ in }) -> GatewayServices {
        var configuration = GatewayConfiguration()
        change(&configuration)
        return GatewayServices(configuration: configuration, controlSystem: ControlSystem(), logger: Logger(label: "test"))
    }

    private func request(_ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:]) -> GatewayRequest {
        var head = HTTPRequest(method: method, scheme: "http", authority: "Server:1", path: target)
        head.headerFields = headers
        return GatewayRequest(head: head, trustsForwarded: false)
    }

    private func respond(_ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:]) async -> GatewayResponse {
        await Responder(services: self.services()).respond(to: self.request(method, target, headers))
    }

    @Test func theEntryPointListsTheVersions() async {
        let response = await self.respond(.get, "/tango/rest/")
        #expect(response.status == .ok)
        #expect(String(decoding: response.body.bytes, as: UTF8.self).contains(#""v11":"http://Server:1/tango/rest/v11""#))
        #expect(response.headers[.cacheControl] == "no-transform, max-age=1, max-age-millis=\"1000\"")
        #expect(response.headers[HTTPField.Name("Link")!] == "<http://server:1/tango/rest>; rel=\"self\"")  // ok: a literal
    }

    @Test func entityTagsMakeUnchangedAnswersEmpty() async {
        let tag = await self.respond(.get, "/tango/rest").headers[.eTag] ?? ""
        let response = await self.respond(.get, "/tango/rest", [.ifNoneMatch: tag])
        #expect(response.status == .notModified)
        #expect(response.body.bytes.isEmpty)
        #expect(response.headers[.eTag] == tag)
    }

    @Test func headHasTheHeadersOfGet() async {
        let get = await self.respond(.get, "/tango/rest")
        let head = await self.respond(.head, "/tango/rest")
        #expect(head.body.bytes.isEmpty)
        #expect(head.headers[.contentLength] == String(get.body.bytes.count))
        #expect(head.headers[.eTag] == get.headers[.eTag])
    }

    @Test(arguments: [
        ("/tango/rest/v11/hosts", 400), ("/tango/rest/rc4", 404), ("/tango/rest/v11/hosts/h;port=x", 400),
    ])
    func errorsHaveTheErrorBody(target: String, status: Int) async throws {
        let response = await self.respond(.get, target)
        #expect(response.status.code == status)
        #expect(response.headers[.cacheControl] == "no-store")
        let body = try JSONValue(parsing: response.body.bytes)
        #expect(body.object?["quality"] == "FAILURE")
        #expect(body.object?["errors"]?.array?.first?.object?["origin"] == .string("GET \(target)"))
    }

    @Test func preflightsAreAnswered() async {
        let headers: HTTPFields = [.origin: "http://web", .accessControlRequestHeaders: "content-type"]
        let responder = Responder(services: self.services { $0.allowedOrigins = ["http://web"] })
        let target = "/tango/rest/v11/hosts/h/devices/a/b/c/attributes/x/value"
        let response = await responder.respond(to: self.request(.options, target, headers))
        #expect(response.status == .noContent)
        #expect(response.headers[.accessControlAllowOrigin] == "http://web")
        #expect(response.headers[.accessControlAllowHeaders] == "content-type")
        #expect(response.headers[.allow] == "GET, HEAD, PUT, OPTIONS")
        #expect(await self.respond(.options, "/nowhere", headers).status == .notFound)
    }

    @Test func unlistedOriginsGetNoPermission() async {
        let responder = Responder(services: self.services { $0.allowedOrigins = ["http://good"] })
        let bad = await responder.respond(to: self.request(.get, "/tango/rest", [.origin: "http://bad"]))
        let good = await responder.respond(to: self.request(.get, "/tango/rest", [.origin: "http://good"]))
        #expect(bad.headers[.accessControlAllowOrigin] == nil)
        #expect(good.headers[.accessControlAllowOrigin] == "http://good")
    }

    @Test func unacceptableRepresentationsAre406() async {
        #expect(await self.respond(.get, "/tango/rest", [.accept: "text/html"]).status == .notAcceptable)
        #expect(await self.respond(.get, "/", [.accept: "text/html"]).status == .ok)
    }

    @Test func listsCanBeReadInParts() throws {
        let request = self.request(.get, "/tango/rest/v11/hosts/h/devices?wildcard=*&range=1-9")
        let resourceRequest = ResourceRequest(
            http: request, path: try ResourcePath(method: .get, path: request.path), query: try Query(parsing: request.query),
            media: .json,
            services: self.services())
        let response = try ResponseShaper(request: resourceRequest).response(for: .json([1, 2, 3].asJSON))
        #expect(response.status == .partialContent)
        #expect(String(decoding: response.body.bytes, as: UTF8.self) == "[2,3]")
        #expect(response.headers[.contentRange] == "items 1-3/3")
    }

    @Test func readingsOlderThanTheClientsAreNotRepeated() throws {
        func status(_ date: String) throws -> Int {
            let request = self.request(.get, "/tango/rest", [.ifModifiedSince: date])
            let resourceRequest = ResourceRequest(
                http: request, path: try ResourcePath(method: .get, path: request.path), query: Query(), media: .json,
                services: self.services())
            var answer = Answer.json("x")
            answer.modified = Timestamp(seconds: 784_111_777, microseconds: 5)
            return try ResponseShaper(request: resourceRequest).response(for: answer).status.code
        }
        #expect(try status("Sun, 06 Nov 1994 08:49:37 GMT") == 304)
        #expect(try status("Sun, 06 Nov 1994 08:49:36 GMT") == 200)
        #expect(try status("soon") == 200)
    }

    @Test func absoluteTargetsAndForwardedHeadersAreUnderstood() {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "http://a/x?y=1")
        #expect(GatewayRequest(head: head, trustsForwarded: false).path == "/x")
        #expect(GatewayRequest(head: head, trustsForwarded: false).query == "y=1")
        if let name = HTTPField.Name("Forwarded") { head.headerFields[name] = "for=1;proto=https;host=\"b:2\"" }
        #expect(GatewayRequest(head: head, trustsForwarded: true).origin == "https://b:2")
        #expect(GatewayRequest(head: head, trustsForwarded: false).origin == "http://a")
    }

    @Test func workIsCancelledAfterItsLimit() async {
        let result = await withDeadline(.milliseconds(10), on: anyEventLoop) { () async -> Int in
            // Does not notice its cancellation.
            await withCheckedContinuation { continuation in
                Task {
                    try? await Task.sleep(for: .seconds(2))
                    continuation.resume(returning: 1)
                }
            }
        }
        #expect(result == nil)
        #expect(await withDeadline(.seconds(60), on: anyEventLoop) { 5 } == 5)
    }

    @Test func cachesDropFetchesFromBeforeAWrite() async throws {
        let cache = ExpiringCache<String, Int, DevFailed>(lifetime: .seconds(600))
        #expect(try await cache.value("a", isFresh: false) { 1 } == 1)
        #expect(try await cache.value("a", isFresh: false) { 2 } == 1)
        #expect(try await cache.value("a", isFresh: true) { 3 } == 3)
        let raced = try await cache.value("b", isFresh: false) {
            cache.invalidate()
            return 4
        }
        #expect(raced == 4)
        #expect(try await cache.value("b", isFresh: false) { 5 } == 5)
        #expect(try await cache.value("a", isFresh: false) { 6 } == 6)
    }

    @Test func aPortInUseIsAClearError() async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let first = Gateway(
            configuration: self.services { $0.port = 0 }.configuration, controlSystem: ControlSystem(), logger: Logger(label: "test")
        ) { found.yield($0) }
        let task = Task { try await first.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        #expect(port > 0)
        let second = Gateway(
            configuration: self.services { $0.port = port }.configuration, controlSystem: ControlSystem(), logger: Logger(label: "test"))
        do {
            try await second.run()
            Issue.record("The port was taken twice")
        } catch let failed as DevFailed {
            #expect(failed.reason == "REST_PortInUse")
        }
        task.cancel()
        try await task.value
    }
}

extension Array where Element == Int {
    fileprivate var asJSON: JSONValue { .array(self.map { .integer($0) }) }
}
