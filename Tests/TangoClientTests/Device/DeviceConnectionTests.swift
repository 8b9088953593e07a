import NIOCore
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire
import Testing

@testable import TangoClient

/// A network of answers: each address has a list of results, taken one per call.
private final class FakeTransport: Transport {
    struct Sent: Equatable {
        var address: String
        var key: String
        var operation: String
    }

    private let answers: Mutex<[String: [Result<DeviceResult, TransportError>]]>
    let sent = Mutex<[Sent]>([])
    let limits = Mutex<[(connectBy: NIODeadline, deadline: NIODeadline)]>([])

    init(_ answers: [String: [Result<DeviceResult, TransportError>]]) { self.answers = Mutex(answers) }

    func call(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        self.sent.withLock { $0.append(Sent(address: "\(endpoint)", key: objectKey, operation: call.operation.name)) }
        self.limits.withLock { $0.append((connectBy, deadline)) }
        let answer = self.answers.withLock { answers in
            answers["\(endpoint)"]?.isEmpty == false ? answers["\(endpoint)"]?.removeFirst() : nil
        }
        return try (answer ?? .success(.void)).get()
    }

    var addresses: [String] { self.sent.withLock { $0.map(\.address) } }
}

/// Gives references in turn, the last one again and again.
private final class FakeSource: ReferenceSource {
    private let references: Mutex<[ObjectReference]>
    let lookUps = Mutex(0)

    init(_ references: [ObjectReference]) { self.references = Mutex(references) }

    func reference(deadline: NIODeadline) async throws -> ObjectReference {
        self.lookUps.withLock { $0 += 1 }
        return self.references.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }

    var count: Int { self.lookUps.withLock { $0 } }
}

struct DeviceConnectionTests {
    private static func reference(_ hosts: String..., version: Int = 5) -> ObjectReference {
        var reference = ObjectReference(endpoint: Endpoint(host: hosts[0], port: 1, version: .v1_2), objectKey: "t/a/1", version: version)
        reference.append(hosts.dropFirst().map { Endpoint(host: $0, port: 1, version: .v1_2) })
        return reference
    }

    private static func ping(
        _ connection: DeviceConnection, limit: Duration = .seconds(10), stale: (TransportError, DeviceCall) -> DevFailed? = { _, _ in nil }
    ) async throws {
        _ = try await connection.call(deadline: .after(limit), onStaleReference: stale) { _ in .ping }
    }

    @Test func aReferenceIsKeptUntilItIsUseless() async throws {
        let (transport, source) = (
            FakeTransport(["a:1": [.success(.void), .success(.void), .failure(.connectionRefused("a:1"))]]),
            FakeSource([Self.reference("a"), Self.reference("b")])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        for _ in 0..<3 { try await Self.ping(connection) }
        #expect(transport.addresses == ["a:1", "a:1", "a:1", "b:1"])
        #expect(source.count == 2)
    }

    @Test func whatMayHaveBeenExecutedIsNotRepeated() async throws {
        for error in [TransportError.connectionLost, .timedOut] {
            let (transport, source) = (FakeTransport(["a:1": [.failure(error)]]), FakeSource([Self.reference("a")]))
            await #expect(throws: TransportError.self) { try await Self.ping(DeviceConnection(transport: transport, source: source)) }
            #expect(transport.addresses == ["a:1"])
        }
    }

    @Test func aConnectionClosedByThePeerIsReopenedSilently() async throws {
        let (transport, source) = (
            FakeTransport(["a:1": [.failure(.closedByPeer), .failure(.closedByPeer), .success(.void)]]), FakeSource([Self.reference("a")])
        )
        try await Self.ping(DeviceConnection(transport: transport, source: source))
        #expect(transport.addresses == ["a:1", "a:1", "a:1"])
        #expect(source.count == 1)
    }

    @Test func aForwardIsFollowedOnce() async throws {
        let there = IOR(typeID: "IDL:Tango/Device_5:1.0", host: "b", port: 1, objectKey: "moved")
        let (transport, source) = (
            FakeTransport(["a:1": [.failure(.forwarded(there))], "b:1": [.success(.void), .success(.void), .failure(.forwarded(there))]]),
            FakeSource([Self.reference("a")])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        try await Self.ping(connection)
        try await Self.ping(connection)
        #expect(transport.sent.withLock { $0.map(\.key) } == ["t/a/1", "moved", "moved"])
    }

    @Test func allAddressesOfAReferenceAreTried() async throws {
        let refused = Result<DeviceResult, TransportError>.failure(.connectionRefused(""))
        let (transport, source) = (
            FakeTransport(["a:1": [refused], "b:1": [.failure(.connectTimedOut("b:1"))]]), FakeSource([Self.reference("a", "b", "c")])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        try await Self.ping(connection)
        // The one that answered is used from then on.
        try await Self.ping(connection)
        #expect(transport.addresses == ["a:1", "b:1", "c:1", "c:1"])
        #expect(source.count == 1)
        // Each address gets its share of the time left.
        let limits = transport.limits.withLock { $0 }
        #expect(limits[0].connectBy < limits[0].deadline)
        #expect(limits[2].connectBy == limits[2].deadline)
    }

    @Test func theInterfaceIsRequestedAtTheAddressThatAnswers() async throws {
        let no = Result<DeviceResult, TransportError>.success(.boolean(false))
        let (transport, source) = (
            FakeTransport(["a:1": [.failure(.connectionRefused("a:1"))], "b:1": [no, no, .success(.boolean(true))]]),
            FakeSource([Self.reference("a", "b", version: 0)])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        #expect(try await connection.reference(deadline: .distantFuture).version == 4)
        try await Self.ping(connection)
        #expect(transport.addresses == ["a:1", "b:1", "b:1", "b:1", "b:1"])
    }

    @Test func afterATimeOutTheNextCallBeginsWithTheNextAddress() async throws {
        let (transport, source) = (FakeTransport(["a:1": [.failure(.timedOut)]]), FakeSource([Self.reference("a", "b")]))
        let connection = DeviceConnection(transport: transport, source: source)
        _ = try await connection.reference(deadline: .distantFuture)
        await #expect(throws: TransportError.self) { try await Self.ping(connection) }
        try await Self.ping(connection)
        #expect(transport.addresses == ["a:1", "b:1"])
    }

    @Test func allAddressesGoneMeansToLookUpAnew() async throws {
        let refused = Result<DeviceResult, TransportError>.failure(.connectionRefused(""))
        let (transport, source) = (
            FakeTransport(["a:1": [.success(.void), refused], "b:1": [refused]]),
            FakeSource([Self.reference("a", "b"), Self.reference("c")])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        try await Self.ping(connection)
        try await Self.ping(connection)
        #expect(transport.addresses == ["a:1", "a:1", "b:1", "c:1"])
    }

    @Test func aStaleReferenceMayEndTheCallWithAnotherFailure() async throws {
        let (transport, source) = (FakeTransport(["a:1": [.failure(.connectionLost)]]), FakeSource([Self.reference("a")]))
        let failure = await #expect(throws: DevFailed.self) {
            try await Self.ping(DeviceConnection(transport: transport, source: source)) { _, call in
                DevFailed(.deviceUnlocked, call.operation.name)
            }
        }
        #expect(failure?.reason == .deviceUnlocked)
        #expect(failure?.reasonDescription == "ping")
    }

    @Test func afterTheDeadlineNothingIsRepeated() async throws {
        let (transport, source) = (
            FakeTransport(["a:1": [.success(.void), .failure(.connectTimedOut("a:1"))]]), FakeSource([Self.reference("a")])
        )
        let connection = DeviceConnection(transport: transport, source: source)
        try await Self.ping(connection)
        let error = await #expect(throws: TransportError.self) { try await Self.ping(connection, limit: .zero) }
        guard case .connectTimedOut? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(source.count == 1)
    }
}
