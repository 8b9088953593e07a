import HTTPTypes
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct ErrorTests {
    private func status(_ reasons: [ErrorReason], _ phase: UpstreamPhase, description: String = "d") -> Int {
        let errors = reasons.map { DevError($0, description, origin: "o") }
        return HTTPFailure(DevFailed(errors: errors), while: phase).status.code
    }

    @Test(arguments: [
        "DB_DeviceNotDefined", "API_DeviceNotDefined", "DB_AliasNotDefined", "API_AttrNotFound", "API_CommandNotFound", "API_PipeNotFound",
    ])
    func unknownNamesAre404OnlyWhileResolving(reason: String) {
        #expect(self.status([ErrorReason(rawValue: reason)], .resolving) == 404)
        #expect(self.status(["API_Outer", ErrorReason(rawValue: reason)], .database) == 404)
        #expect(self.status([ErrorReason(rawValue: reason)], .calling) == 400)
    }

    @Test(arguments: [
        "API_DeviceTimedOut", "API_DeviceNotExported", "API_CantConnectToDevice", "API_ServerNotRunning", "API_CommunicationFailed",
    ])
    func missingDevicesAre503(reason: String) {
        let failure = HTTPFailure(DevFailed(ErrorReason(rawValue: reason), "d"), while: .calling)
        #expect(failure.status == .serviceUnavailable)
        #expect(failure.headers[.retryAfter] == "1")
    }

    @Test func corbaExceptionsHaveTheStatusOfTheirName() {
        #expect(self.status([.corbaException], .calling, description: "TRANSIENT CORBA system exception") == 503)
        #expect(self.status([.corbaException], .calling, description: "BAD_PARAM CORBA system exception") == 400)
    }

    @Test func theFirstMatchingReasonDecides() {
        #expect(self.status([.attributeNotFound, .deviceTimedOut], .resolving) == 404)
        #expect(self.status([.deviceTimedOut, .attributeNotFound], .resolving) == 503)
        #expect(self.status(["exception test", "API_AttributeFailed"], .calling) == 400)
    }

    @Test func unreachableDatabasesHaveTheStatusOfTheirReason() {
        #expect(self.status(["API_HostNotFound", .cantConnectToDatabase], .resolving) == 404)
        #expect(self.status(["API_ConnectionRefused", .cantConnectToDatabase], .resolving) == 400)
        #expect(self.status(["API_ConnectTimedOut", .cantConnectToDatabase], .resolving) == 503)
        #expect(self.status([.deviceTimedOut, .cantConnectToDatabase], .database) == 503)
        #expect(self.status(["API_ConnectionRefused", .cantConnectToDevice], .calling) == 503)
        #expect(self.status(["API_HostNotFound", .cantConnectToDevice], .resolving) == 503)
    }

    @Test func bodiesShowTheStackUnchanged() {
        let errors = [DevError("R", "caf\u{E9}", origin: "o", severity: .panic), DevError("S", "t", origin: "p")]
        let time = Timestamp(seconds: 1, microseconds: 2000)
        #expect(
            FailureDocument.whole(errors, time: time).text
                == #"{"errors":[{"reason":"R","description":"café","severity":"PANIC","origin":"o"},{"reason":"S","description":"t","severity":"ERR","origin":"p"}],"quality":"FAILURE","timestamp":1002}"#
        )
    }

    @Test func failingItemsSayDesc() {
        let links = DeviceLinks(host: TangoHost(host: "h", port: 1), device: "a/b/c", url: "u")
        let value = AttributeValue(name: "x", failure: DevFailed("R", "d", origin: "o"), time: .zero)
        guard let object = value.entity(links, config: nil).object else {
            Issue.record("no object")
            return
        }
        #expect(object.members.map(\.name) == ["name", "host", "device", "quality", "timestamp", "errors"])
        #expect(object["errors"]?.text == #"[{"reason":"R","severity":"ERR","desc":"d","origin":"o"}]"#)
    }

    @Test func theOriginOfOwnErrorsIsTheRequest() {
        #expect(HTTPFailure.badRequest("x").errors(origin: "GET /a").map(\.origin) == ["GET /a"])
    }
}
