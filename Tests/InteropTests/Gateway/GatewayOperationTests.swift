import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// The REST gateway as an operator runs it.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct GatewayOperationTests {
    /// A device that returns the trace context it receives.
    private final class Traced: Device {
        init(context: DeviceContext) { context.setState(.on) }
        func initialize() {}

        static let deviceClass = DeviceClass("Traced", Traced.self) {
            Attribute("Trace", String.self).read { (_: Traced) in TraceContext.current?.traceParent ?? "none" }
        }
    }

    @Test func theGatewayIsWhatItsDescriptionSays() async throws {
        try await PeerSystem.withOurs { system, _ in
            let ours = try await system.startOurTangoTest("sys/tg_test/1")
            // A busy machine may take longer than the usual limit, which is answered with 503: no fault of the gateway.
            let (gateway, hostURL) = try await system.startGateway(["--timeout", "120"])
            let base = try #require(hostURL.components(separatedBy: "/tango/").first)
            let result = try await PeerProcess.run(
                Peers.python, [Peers.script("peers/checks/restapi.py"), base, system.host.host, "\(system.host.port)", "sys/tg_test/1"],
                within: .seconds(1200))
            #expect(result.status == 0, "\(result.output.suffix(6000))")
            await gateway.stop()
            await ours.stop()
        }
    }

    @Test func aCppDatabaseGivesAllAliasesAtOnce() async throws {
        try await PeerSystem.withCpp { system, _ in
            let database = try system.client.database()
            #expect(try await database.aliasedDevices().isEmpty)
            let devices = ["test/Alias/1", "test/alias/2", "test/alias/3"]
            try await database.addServer("Test/alias", devices: devices.map { ($0, "Test") })
            try await database.putAlias("One", ofDevice: "test/alias/1")
            try await database.putAlias("two", ofDevice: "test/alias/2")
            try await database.putAlias("gone", ofDevice: "test/alias/3")
            try await database.deleteAlias("gone")
            let calls = Calls()
            system.client.callObserver = calls
            let pairs = try await database.aliasedDevices().map { "\($0.alias) \($0.device.lowercased())" }.sorted()
            #expect(pairs == ["One test/alias/1", "two test/alias/2"])
            #expect(calls.count.withLock { $0 } == 1)
        }
    }

    private final class Calls: CallObserver {
        let count = Mutex(0)

        func callEnded(after duration: Duration, isDatabase: Bool, failure: DevFailed?) { self.count.withLock { $0 += 1 } }
    }

    @Test func aTraceGoesFromTheHTTPRequestToTheDevice() async throws {
        try await PeerSystem.withOurs { system, database in
            let server = try await system.startInProcess(Traced.deviceClass, name: "Traced", device: "test/traced/1")
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let python = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/pyserver.py")], server: "pyserver/t", device: "test/py/1", deviceClass: "WirePy")
            let log = FileManager.default.temporaryDirectory.appendingPathComponent("access-\(UUID().uuidString).log")
            defer { try? FileManager.default.removeItem(at: log) }
            let (gateway, hostURL) = try await system.startGateway(["--access-log", log.path, "--log-level", "info"])
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let headers = ["-H", "traceparent: 00-\(trace)-b7ad6b7169203331-01", "-H", "X-Request-Id: mine", "-D", "-"]

            let answer = try await PeerSystem.http("\(hostURL)/devices/test/traced/1/attributes/Trace/value", headers)
            #expect(answer.status == 200 && answer.body.contains("\"value\":\"00-\(trace)-"), "\(answer)")
            #expect(!answer.body.contains("b7ad6b7169203331"))
            #expect(answer.body.lowercased().contains("x-request-id: mine"))
            // Servers of interface 5 cannot read a trace, PyTango's of interface 6 can.
            for path in ["test/cpp/1/attributes/double_scalar", "test/py/1/attributes/State"] {
                let answer = try await PeerSystem.http("\(hostURL)/devices/\(path)/value", headers)
                #expect(answer.status == 200, "\(answer)")
            }
            _ = try await PeerSystem.http("\(hostURL)/devices/test/cpp/1/attributes/double_scalar/value?v=2", headers + ["-X", "PUT"])

            await gateway.stop()
            let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map { Data($0.utf8) }
            let records = try lines.map { try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any]) }
            #expect(records.count == 4)
            for record in records {
                #expect(record["trace_id"] as? String == trace && record["request_id"] as? String == "mine", "\(record)")
                #expect(record["client"] as? String == "127.0.0.1" && record["status"] as? Int == 200, "\(record)")
            }
            let span = try #require(records.first?["span_id"] as? String)
            #expect(answer.body.contains("00-\(trace)-\(span)-01"))
            // The gateway logs each change.
            #expect(gateway.output.contains("request_id=mine status=200 trace_id=\(trace)"), "\(gateway.output)")
            #expect(gateway.output.components(separatedBy: "request_id=mine").count == 2, "\(gateway.output)")
            await python.stop()
            await cpp.stop()
            await server.stop()
        }
    }

    @Test func theGatewayIsReadyWhileItsDatabaseIs() async throws {
        try await PeerSystem.withOurs { system, database in
            let (gateway, hostURL) = try await system.startGateway()
            let base = try #require(hostURL.components(separatedBy: "/tango/").first)
            let ready = try await PeerSystem.http("\(base)/health/ready")
            #expect(ready.status == 200 && ready.body == "{\"status\":\"pass\",\"database\":\"\(system.host)\"}", "\(ready)")
            await database.stop()
            for _ in 0..<100 where try await PeerSystem.http("\(base)/health/ready").status != 503 {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await PeerSystem.http("\(base)/health/ready").status == 503)
            #expect(try await PeerSystem.http("\(base)/health/live").status == 200)
            let metrics = try await PeerSystem.http("\(base)/metrics").body
            #expect(
                metrics.contains("tango_rest_upstream_errors_total{target=\"database\",reason=\"API_ConnectionRefused\"}"), "\(metrics)")
            #expect(metrics.contains("tango_rest_connections 1\n"), "\(metrics)")
            await gateway.stop()
        }
    }
}
