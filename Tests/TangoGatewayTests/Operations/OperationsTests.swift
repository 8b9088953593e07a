import Foundation
import HTTPTypes
import Logging
import Synchronization
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

/// What operators use: counters, access log, health, request ids, errors of RFC 9457.
@Suite struct OperationsTests {
    private func services(_ change: (inout GatewayConfiguration) -> Void = { _ in }) -> GatewayServices {
        var configuration = GatewayConfiguration()
        change(&configuration)
        return GatewayServices(configuration: configuration, controlSystem: ControlSystem(), logger: Logger(label: "test"))
    }

    private func request(_ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:]) -> GatewayRequest {
        var head = HTTPRequest(method: method, scheme: "http", authority: "s", path: target)
        head.headerFields = headers
        return GatewayRequest(head: head, trustsForwarded: false)
    }

    // MARK: - Metrics

    @Test func requestsAreCountedByRouteMethodAndStatus() {
        let metrics = GatewayMetrics()
        for _ in 0..<3 { metrics.requestBegins() }
        metrics.requestEnds(.state, .get, .ok, after: .milliseconds(3))
        metrics.requestEnds(nil, .patch, .notFound, after: .seconds(7))
        let text = String(decoding: metrics.text(caches: [("some", 4, 5)], coalescedRequests: 7, lostRecords: 6), as: UTF8.self)
        let state = Route.state.template
        for line in [
            "tango_rest_requests_total{route=\"\(state)\",method=\"GET\",status=\"200\"} 1",
            "tango_rest_requests_total{route=\"none\",method=\"OTHER\",status=\"404\"} 1",
            "tango_rest_request_duration_seconds_bucket{route=\"\(state)\",method=\"GET\",le=\"0.0025\"} 0",
            "tango_rest_request_duration_seconds_bucket{route=\"\(state)\",method=\"GET\",le=\"0.005\"} 1",
            "tango_rest_request_duration_seconds_bucket{route=\"none\",method=\"OTHER\",le=\"5.0\"} 0",
            "tango_rest_request_duration_seconds_bucket{route=\"none\",method=\"OTHER\",le=\"+Inf\"} 1",
            "tango_rest_request_duration_seconds_sum{route=\"none\",method=\"OTHER\"} 7.0", "tango_rest_requests_in_flight 1",
            "tango_rest_cache_hits_total{cache=\"some\"} 4", "tango_rest_cache_misses_total{cache=\"some\"} 5",
            "tango_rest_requests_joined_total 7", "tango_rest_access_log_lost_total 6",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func callsAreCountedWithTheReasonsOfTheirFailures() {
        let metrics = GatewayMetrics()
        let failure = DevFailed("API_\"Odd\"\n", "b", origin: "c")
        metrics.callEnded(after: .milliseconds(1), isDatabase: false, failure: failure)
        metrics.callEnded(after: .milliseconds(1), isDatabase: false, failure: nil)
        for number in 0..<100 {
            metrics.callEnded(after: .zero, isDatabase: true, failure: DevFailed(ErrorReason(rawValue: "R\(number)"), "", origin: ""))
        }
        let text = String(decoding: metrics.text(caches: [], coalescedRequests: 0, lostRecords: 0), as: UTF8.self)
        #expect(text.contains("tango_rest_upstream_calls_total{target=\"device\"} 2\n"))
        #expect(text.contains("tango_rest_upstream_errors_total{target=\"device\",reason=\"API_\\\"Odd\\\"\\n\"} 1\n"))
        // The page stays short, however many reasons there are.
        #expect(text.contains("tango_rest_upstream_errors_total{target=\"database\",reason=\"other\"} 36\n"))
    }

    @Test func theMetricsHaveTheFormatOfPrometheus() throws {
        let metrics = GatewayMetrics()
        metrics.requestBegins()
        metrics.requestEnds(.attributeValue, .put, .badRequest, after: .milliseconds(30))
        var families: Set<String> = []
        for line in String(decoding: metrics.text(caches: [], coalescedRequests: 0, lostRecords: 0), as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("#") {
                let words = line.split(separator: " ")
                if words[1] == "TYPE" { #expect(families.insert(String(words[2])).inserted, "\(line)") }
            } else {
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(families.contains { name.hasPrefix($0) }, "\(line)")
                #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
        #expect(families.contains("process_cpu_seconds_total"))
    }

    @Test func cachesCountHitsAndMisses() async {
        let cache = ExpiringCache<Int, Int, DevFailed>(lifetime: .seconds(60))
        for fresh in [false, false, true] { _ = try? await cache.value(1, isFresh: fresh) { () async throws(DevFailed) in 1 } }
        #expect(cache.hitCount == 1 && cache.missCount == 2)
    }

    // MARK: - Requests

    @Test func aRequestKeepsItsPlainId() {
        func id(_ text: String) -> String { RequestRecord(headers: [.requestID: text]).id }
        #expect(id("abc-1") == "abc-1" && id("0af7-AZ09._~:/+=@") == "0af7-AZ09._~:/+=@")
        for bad in ["", "two words", "a\"b", "a,b", "<b>", "a;b", "a\\b", "a\u{1B}[m", "é", String(repeating: "x", count: 129)] {
            #expect(id(bad) != bad && id(bad).count == 16, "\(bad)")
        }
        #expect(RequestRecord(headers: [:]).id != RequestRecord(headers: [:]).id)
    }

    @Test func aRequestContinuesTheTraceOfItsClient() throws {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        let record = RequestRecord(headers: [.traceParent: parent, .traceState: "a=1"])
        #expect(record.trace.traceIDText == "0af7651916cd43dd8448eb211c80319c" && record.trace.state == "a=1" && !record.trace.isSampled)
        #expect(record.trace.spanIDText != "b7ad6b7169203331")
        // A malformed one is ignored, with its state.
        let other = RequestRecord(headers: [.traceParent: parent + "-x", .traceState: "a=1"])
        #expect(other.trace.traceIDText != "0af7651916cd43dd8448eb211c80319c" && other.trace.state.isEmpty && other.trace.isSampled)
    }

    @Test func aRecordKnowsTheRouteEvenOfARefusedMethod() async {
        let services = self.services()
        var request = self.request(.delete, "/tango/rest/v11/hosts/h/devices/a/b/c/state")
        let record = services.requestLog.begin(request.headers)
        request.record = record
        #expect(await Responder(services: services).respond(to: request).status == .methodNotAllowed)
        #expect(record.route == .state)
    }

    // MARK: - Access log

    private func record(_ target: String = "/x?y=1") -> AccessRecord {
        AccessRecord(
            time: Timestamp(seconds: 1_700_000_000, microseconds: 123_000), client: "10.0.0.1", user: "eva", method: "PUT", target: target,
            route: Route.state.template, status: 204, duration: .microseconds(1500), bytes: 7, requestID: "id",
            trace: TraceContext(traceID: (1, 2), spanID: 3, isSampled: true, isRandom: false))
    }

    @Test func aLineOfTheAccessLogIsJSON() throws {
        let evil = self.record("/\u{9B}2J\u{202E}\u{1B}\u{7F}").line
        #expect(String(decoding: evil, as: UTF8.self).contains(#""/\u009b2J\u202e\u001b\u007f""#))
        let line = self.record("/x?y=\"\n").line
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1 && line.last == UInt8(ascii: "\n"))
        let object = try #require(try JSONValue(parsing: Array(line.dropLast())).object)
        #expect(object["time"] == "2023-11-14T22:13:20.123Z" && object["user"] == "eva" && object["client"] == "10.0.0.1")
        #expect(object["method"] == "PUT" && object["target"] == "/x?y=\"\n" && object["status"] == .number("204"))
        #expect(object["duration_ms"] == .number("1.5") && object["bytes"] == .number("7") && object["request_id"] == "id")
        #expect(object["trace_id"] == "00000000000000010000000000000002" && object["span_id"] == "0000000000000003")
    }

    private func lines(_ path: String) -> [String] {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    }

    @Test func aLogThatWasMovedAwayIsCreatedAgain() async throws {
        let path = NSTemporaryDirectory() + "access-\(UUID().uuidString).log"
        defer { for suffix in ["", ".1"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let log = try AccessLog(path: path)
        log.write(self.record("/one"))
        await log.flush()
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        log.write(self.record("/two"))
        await log.flush()
        #expect(self.lines(path + ".1").count == 1 && self.lines(path).count == 1)
        #expect(self.lines(path).first?.contains("/two") == true)
        #expect(throws: DevFailed.self) { try AccessLog(path: "/nowhere/at/all.log") }
    }

    @Test func aSlowLogDropsAndCountsLines() async throws {
        // A pipe without a reader: the writer blocks as soon as it is full.
        let path = NSTemporaryDirectory() + "access-\(UUID().uuidString).pipe"
        #expect(mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let descriptor = open(path, O_RDWR | O_NONBLOCK)
        let log = try AccessLog(path: path, limit: 10)
        let long = "/" + String(repeating: "x", count: 20_000)
        for _ in 0..<200 { log.write(self.record(long)) }
        #expect(log.lostCount > 0)
        // Once it is read, the writer continues, with a line of how many were lost.
        let written = Mutex("")
        let isOver = Atomic(false)
        let reader = Thread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !isOver.load(ordering: .relaxed) {
                let count = read(descriptor, &buffer, buffer.count)
                if count > 0 { written.withLock { $0 += String(decoding: buffer[..<count], as: UTF8.self) } } else { usleep(1000) }
            }
            close(descriptor)
        }
        reader.start()
        await log.flush()
        log.write(self.record("/last"))
        await log.flush()
        for _ in 0..<1000 where !written.withLock({ $0.contains("/last") }) { try await Task.sleep(for: .milliseconds(10)) }
        isOver.store(true, ordering: .relaxed)
        let lines = written.withLock { $0 }.split(separator: "\n")
        let lost = lines.compactMap { line -> Int? in
            guard case .number(let count)? = (try? JSONValue(parsing: Array(line.utf8)))?.object?["lost"] else { return nil }
            return Int(count)
        }
        #expect(lost.reduce(0, +) == Int(log.lostCount))
        #expect(lines.count == 201 - Int(log.lostCount) + lost.count)
    }

    // MARK: - Answers

    @Test func readinessNeedsTheDatabaseAndLivenessDoesNot() async throws {
        // Nothing listens at port 1.
        let responder = Responder(services: self.services { $0.defaultTangoHost = TangoHost(host: "127.0.0.1", port: 1) })
        #expect(await responder.respond(to: self.request(.get, "/health/live")).status == .ok)
        for path in ["/health/ready", "/health"] {
            let response = await responder.respond(to: self.request(.get, path))
            #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] == "1")
            #expect(String(decoding: response.body.bytes, as: UTF8.self).contains("The database 127.0.0.1:1 cannot be used"))
        }
    }

    @Test func onlyUsersGetDetailsOfReadiness() async throws {
        let responder = Responder(
            services: self.services {
                $0.defaultTangoHost = TangoHost(host: "127.0.0.1", port: 1)
                $0.authentication = .on
            })
        for path in ["/health/ready", "/health"] {
            var request = self.request(.get, path)
            let stranger = await responder.respond(to: request)
            #expect(stranger.status == .serviceUnavailable && !String(decoding: stranger.body.bytes, as: UTF8.self).contains("127.0.0.1"))
            request.user = "ann"
            let user = await responder.respond(to: request)
            #expect(String(decoding: user.body.bytes, as: UTF8.self).contains("The database 127.0.0.1:1 cannot be used"))
        }
    }

    @Test func countersAndDescriptionAreServed() async throws {
        let responder = Responder(services: self.services())
        let metrics = await responder.respond(to: self.request(.get, "/metrics"))
        #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let description = await responder.respond(to: self.request(.get, "/tango/openapi.json", [.accept: "text/html"]))
        #expect(description.status == .ok && description.headers[.contentType] == "application/json")
        #expect(try JSONValue(parsing: description.body.bytes).object?["openapi"] == "3.1.0")
    }

    @Test func errorsCanHaveTheFormOfRFC9457() async throws {
        let responder = Responder(services: self.services())
        let response = await responder.respond(
            to: self.request(.get, "/tango/rest/v11/hosts", [.accept: "application/json, application/problem+json;q=0.5"]))
        #expect(response.headers[.contentType] == "application/problem+json")
        let body = try #require(try JSONValue(parsing: response.body.bytes).object)
        #expect(body["title"] == "Bad Request" && body["status"] == .number("400") && body["detail"] == "No Tango host given")
        #expect(body["instance"] == "/tango/rest/v11/hosts" && body["errors"]?.array?.count == 1 && body["quality"] == "FAILURE")
        // Accepted alone, answers that are no errors are JSON.
        let fine = await responder.respond(to: self.request(.get, "/tango/rest", [.accept: "application/problem+json"]))
        #expect(fine.status == .ok && fine.headers[.contentType] == "application/json")
        #expect(ProblemDetails.isAccepted("application/problem+json;q=0") == false)
        #expect(ProblemDetails.isAccepted("*/*") == false)
    }
}
