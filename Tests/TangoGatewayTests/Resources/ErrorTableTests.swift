import HTTPTypes
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

/// The table of errors (section 11 of the interface), case by case.
@Suite struct ErrorTableTests {
    private struct Case: Sendable {
        var method: HTTPRequest.Method = .get
        var path: String
        var body: String?
        var headers: HTTPFields = [:]
        var status: Int
        var reason: String
    }

    private static let cases: [Case] = [
        // 400: what devices refuse
        Case(path: "sys/tg_test/1/attributes/throw_exception/value", status: 400, reason: "exception test"),
        Case(path: "sys/tg_test/1/attributes/no_value/value", status: 400, reason: "API_AttrValueNotSet"),
        Case(method: .put, path: "sys/tg_test/1/attributes/long_scalar_rww/value?v=x", status: 400, reason: "REST_BadValue"),
        Case(method: .put, path: "test/echo/1/attributes/Broken/value?v=1", status: 400, reason: "API_AttrNotWritable"),
        Case(method: .put, path: "test/echo/1/attributes/Limited/value?v=11", status: 400, reason: "API_WAttrOutsideLimit"),
        Case(path: "test/echo/1/attributes/Limited/history", status: 400, reason: "API_AttrNotPolled"),
        Case(path: "test/echo/1/commands/State/history", status: 400, reason: "API_CmdNotPolled"),
        Case(method: .put, path: "test/echo/1/commands/Fail", status: 400, reason: "DB_DeviceNotDefined"),
        Case(
            method: .put, path: "test/echo/1/attributes/Limited/info", body: #"{"max_value":"abc"}"#, status: 400, reason: "API_AttrOptProp"
        ),
        // 400: what this server refuses
        Case(method: .put, path: "test/echo/1/attributes/Limited/value", body: "{", status: 400, reason: "REST_BadJson"),
        Case(method: .put, path: "test/echo/1/attributes/Limited/value", body: #""x""#, status: 400, reason: "REST_BadValue"),
        Case(method: .put, path: "test/echo/1/attributes/Limited/value", status: 400, reason: "REST_BadRequest"),
        Case(method: .put, path: "test/echo/1/attributes/uchar_scalar/value?v=256", status: 400, reason: "REST_BadValue"),
        Case(method: .put, path: "test/echo/1/commands/Double", status: 400, reason: "REST_BadValue"),
        Case(method: .put, path: "test/echo/1/commands/State", body: "5", status: 400, reason: "REST_BadValue"),
        Case(method: .put, path: "test/echo/1/attributes/Limited/value?v=1&async=maybe", status: 400, reason: "REST_BadRequest"),
        Case(path: "test/echo/1/attributes/value", status: 400, reason: "REST_BadRequest"),
        Case(method: .put, path: "test/echo/1/attributes/value", status: 400, reason: "REST_BadRequest"),
        Case(path: "test/echo/1/attributes/%zz/value", status: 400, reason: "REST_BadRequest"),
        Case(path: "test/echo/1/attributes/Limited/history?n=0", status: 400, reason: "REST_BadRequest"),
        Case(path: "/tango/rest/v11/hosts", status: 400, reason: "REST_BadRequest"),
        Case(path: "/tango/rest/v11/hosts/h;port=0", status: 400, reason: "REST_BadRequest"),
        Case(path: "/tango/rest/v11/hosts/127.0.0.1;port=1", status: 400, reason: "API_ConnectionRefused"),
        Case(path: "/tango/rest/v11/attributes/value", status: 400, reason: "REST_BadRequest"),
        Case(method: .put, path: "/tango/rest/v11/attributes", body: "{}", status: 400, reason: "REST_BadRequest"),
        Case(
            path: "test/echo/1/attributes/Limited/value", headers: [.accept: "image/jpeg"], status: 400, reason: "REST_BadRequest"),
        Case(
            method: .put, path: "test/echo/1/pipes/Fixed/value", body: #"[{"name":"a","type":"DevLong","value":[1]}]"#, status: 400,
            reason: "API_PipeNotWritable"),
        Case(method: .put, path: "test/echo/1/pipes/Store/value", body: "[{}]", status: 400, reason: "REST_BadValue"),
        // 404
        Case(path: "/nowhere", status: 404, reason: "REST_NotFound"),
        Case(path: "/tango/rest/rc4", status: 404, reason: "REST_NotFound"),
        Case(path: "/tango/rest/v11/nothing", status: 404, reason: "REST_NotFound"),
        Case(method: .post, path: "/tango/subscriptions", status: 404, reason: "REST_NotFound"),
        Case(path: "/tango/rest/v11/hosts/no-such-host.invalid", status: 404, reason: "API_HostNotFound"),
        Case(path: "no/such/device", status: 404, reason: "DB_DeviceNotDefined"),
        Case(path: "no/such/device/state", status: 404, reason: "DB_DeviceNotDefined"),
        Case(path: "no/such/device/properties", status: 404, reason: "DB_DeviceNotDefined"),
        Case(path: "test/echo/1/attributes/nope", status: 404, reason: "API_AttrNotFound"),
        Case(path: "test/echo/1/attributes/nope/value", status: 404, reason: "API_AttrNotFound"),
        Case(method: .put, path: "test/echo/1/attributes/nope/value?v=1&async", status: 404, reason: "API_AttrNotFound"),
        Case(path: "test/echo/1/commands/nope", status: 404, reason: "API_CommandNotFound"),
        Case(method: .put, path: "test/echo/1/commands/nope", status: 404, reason: "API_CommandNotFound"),
        Case(path: "test/echo/1/pipes/nope/value", status: 404, reason: "API_PipeNotFound"),
        Case(path: "test/echo/1/properties/nope", status: 404, reason: "REST_NotFound"),
        Case(path: "test/echo/1/attributes/Limited/properties/nope", status: 404, reason: "REST_NotFound"),
        // 405, 406, 415, 416
        Case(method: .post, path: "test/echo/1/attributes/Limited/value", status: 405, reason: "REST_MethodNotAllowed"),
        Case(method: .delete, path: "/tango/rest/v11/attributes", status: 405, reason: "REST_MethodNotAllowed"),
        Case(method: .put, path: "/tango/rest/v11/pipes", status: 405, reason: "REST_MethodNotAllowed"),
        Case(
            path: "test/echo/1/attributes/Limited/value", headers: [.accept: "text/html"], status: 406, reason: "REST_NotAcceptable"),
        Case(path: "test/echo/1", headers: [.accept: "image/png"], status: 406, reason: "REST_NotAcceptable"),
        Case(
            method: .put, path: "test/echo/1/attributes/Limited/value", body: "5", headers: [.contentType: "text/xml"], status: 415,
            reason: "REST_UnsupportedMediaType"),
        Case(
            method: .put, path: "/tango/rest/v11/commands", body: "[]", headers: [.contentType: "text/plain"], status: 415,
            reason: "REST_UnsupportedMediaType"),
        Case(path: "test/echo/1/attributes?range=1-1", status: 416, reason: "REST_RangeNotSatisfiable"),
        Case(path: "test/echo/1/attributes?range=9999-10000", status: 416, reason: "REST_RangeNotSatisfiable"),
        Case(path: "test/echo/1/attributes?range=-1-5", status: 416, reason: "REST_RangeNotSatisfiable"),
        Case(
            path: "test/echo/1/attributes", headers: [.range: "items=a-b"], status: 416, reason: "REST_RangeNotSatisfiable"),
        // 503
        Case(path: "test/echo/dead/state", status: 503, reason: "API_DeviceNotExported"),
        Case(path: "test/echo/dead/attributes/x/value", status: 503, reason: "API_DeviceNotExported"),
        Case(path: "test/echo/gone/state", status: 503, reason: "API_ConnectionRefused"),
    ]

    /// A device whose server never ran, and one whose server has stopped.
    private func addDeadDevices(_ system: LiveSystem) async throws {
        let database = try system.client.database()
        try await database.addServer("Test/none", devices: [("test/echo/dead", "Echo"), ("test/echo/gone", "Echo")])
        var imported = try await database.importDevice("test/echo/1").ior
        // The same reference with another port, where nothing listens.
        let port = try #require(UInt16(exactly: system.devicePort))
        let hex = { (number: UInt16) in
            [UInt8(number >> 8), UInt8(number & 255)].map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
        let old = [hex(port), hex(port.byteSwapped)]
        for text in old { imported = imported.replacing(text, with: "0100") }
        try await database.command(
            "DbExportDevice", .stringArray(["test/echo/gone", imported, "127.0.0.1", "1", "6"]))
    }

    @Test func everyCaseHasItsStatusAndBody() async throws {
        try await LiveSystem.run { system in
            try await self.addDeadDevices(system)
            for entry in Self.cases {
                let reply = await system.send(entry.method, entry.path, entry.body, headers: entry.headers)
                let name = "\(entry.method) \(entry.path)"
                #expect(reply.status == entry.status, "\(name): \(reply.text)")
                #expect(reply.reason == entry.reason, "\(name): \(reply.text)")
                #expect(reply.headers[.contentType] == "application/json", "\(name)")
                #expect(reply.headers[.cacheControl] == "no-store", "\(name)")
                #expect(reply.headers[.retryAfter] == (entry.status == 503 ? "1" : nil), "\(name)")
                #expect((reply.headers[.allow] != nil) == (entry.status == 405), "\(name)")
                #expect((reply.headers[.contentRange]?.hasPrefix("items */") == true) == (entry.status == 416), "\(name)")
                let body = try #require(reply.json.object)
                #expect(body.members.map(\.name) == ["errors", "quality", "timestamp"] && body["quality"] == "FAILURE", "\(name)")
                let error = try #require(body["errors"]?.array?.first?.object)
                #expect(error.members.map(\.name) == ["reason", "description", "severity", "origin"], "\(name)")
                if entry.reason.hasPrefix("REST_") {
                    let path = entry.path.hasPrefix("/") ? entry.path : "\(system.hostURL)/devices/\(entry.path)"
                    let expected = "\(entry.method.rawValue) \(path.split(separator: "?")[0])"
                    #expect(error["origin"] == .string(expected), "\(name)")
                }
            }
        }
    }

    @Test func unresponsiveDevicesAre503WithinTheTimeoutAndOthersAnswer() async throws {
        try await LiveSystem.run(timeout: .seconds(1)) { system in
            async let attribute = system.send(.get, "test/echo/1/attributes/Hang/value")
            async let command = system.send(.put, "test/echo/1/commands/Hang")
            // Waits for the same device.
            async let state = system.send(.get, "test/echo/1/state")
            for _ in 0..<20 {
                #expect(await system.send(.get, "test/echo/2/state").status == 200)
                #expect(await system.send(.get, "sys/tg_test/1/attributes/double_scalar/value").status == 200)
            }
            for reply in await [attribute, command, state] {
                #expect(reply.status == 503 && reply.headers[.retryAfter] == "1")
                #expect(["REST_Unavailable", "API_CorbaException"].contains(reply.reason ?? ""))
            }
        }
    }
}
