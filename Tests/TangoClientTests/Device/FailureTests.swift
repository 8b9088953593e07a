import TangoCore
import TangoIIOP
import TangoWire
import Testing

@testable import TangoClient

/// The error that a caller gets for a failed call.
struct FailureTests {
    private static let cause = DevFailed("Device_Reason", "its words")
    private static let cases: [(error: any Error, reasons: [ErrorReason], text: String)] = [
        (cause, ["Device_Reason"], "its words"),
        (TransportError.user(.devFailed(cause)), ["Device_Reason"], "its words"),
        (
            TransportError.user(.multiDevFailed(MultiDevFailed(errors: [NamedDevError(name: "a", index: 0, errors: cause.errors)]))),
            ["Device_Reason"], "its words"
        ),
        (TransportError.user(.multiDevFailed(MultiDevFailed(errors: []))), ["API_DevFailed"], "The error list was empty"),
        (TransportError.hostNotFound("h"), ["API_HostNotFound", .cantConnectToDevice], "Host h is not known"),
        (TransportError.connectionRefused("h:1"), ["API_ConnectionRefused", .cantConnectToDevice], "Nothing listens at h:1"),
        (TransportError.connectTimedOut("h:1"), ["API_ConnectTimedOut", .cantConnectToDevice], "No answer from h:1"),
        (TransportError.connectFailed("h:1: x"), ["API_ConnectionFailed", .cantConnectToDevice], "Cannot connect to h:1: x"),
        (TransportError.timedOut, [.corbaException, .deviceTimedOut], "TRANSIENT CORBA system exception: TRANSIENT_CallTimedout"),
        (
            TransportError.connectionLost, [.corbaException, .communicationFailed],
            "COMM_FAILURE CORBA system exception: COMM_FAILURE_WaitingForReply"
        ),
        (
            TransportError.system(SystemException("OBJECT_NOT_EXIST", minorCode: 0x4f4d_0001)), [.corbaException, .communicationFailed],
            "OBJECT_NOT_EXIST CORBA system exception: 0x4f4d0001"
        ),
        (TransportError.badReply(.truncated), [.corbaException, .communicationFailed], "MARSHAL CORBA system exception: truncated"),
        (TransportError.user(.unknown("IDL:x:1.0")), [.corbaException, .communicationFailed], "UNKNOWN CORBA system exception: IDL:x:1.0"),
        (TransportError.cancelled, ["API_Cancelled"], "The call on t/a/1 was cancelled"),
        (CancellationError(), ["API_Cancelled"], "The call on t/a/1 was cancelled"),
        (TransportError.shutDown, [.shutdownInProgress], "The client is shut down"),
    ]

    @Test func everyFailureHasItsReasons() {
        for expected in Self.cases {
            let failure = DevFailed.from(expected.error, calling: "t/a/1", timeout: .seconds(3))
            #expect(failure.errors.map(\.reason) == expected.reasons, "\(expected.error)")
            #expect(failure.reasonDescription == expected.text)
            #expect(failure.errors.allSatisfy { $0.severity == .error && !$0.origin.isEmpty })
        }
    }

    @Test func theTimeOutIsGivenInMilliseconds() {
        let failure = DevFailed.from(TransportError.timedOut, calling: "t/a/1", timeout: .milliseconds(1500))
        #expect(failure.errors[1].description == "Timeout (1500 mS) exceeded on device t/a/1")
    }

    @Test func databasesThatCannotBeReachedHaveAReasonOfTheirOwn() {
        let failure = DevFailed.from(TransportError.connectionRefused("h:1"), calling: "h:1", timeout: .seconds(1), isDatabase: true)
        #expect(failure.errors.map(\.reason) == ["API_ConnectionRefused", .cantConnectToDatabase])
        #expect(failure.errors[1].description == "Failed to connect to database h:1")
    }

    @Test func aDatabaseThatDoesNotAnswerIsNamed() {
        let failure = DevFailed.from(TransportError.timedOut, calling: "h:1", timeout: .seconds(1), isDatabase: true)
        #expect(failure.errors.map(\.reason) == [.corbaException, .deviceTimedOut, .cantConnectToDatabase])
        #expect(failure.errors[2].description == "Database h:1 does not answer")
    }

    @Test func referencesAreReadFromStrings() throws {
        let ior = IOR(typeID: "IDL:Tango/Device_5:1.0", host: "h", port: 99, objectKey: "t/a/1").text
        let reference = try ObjectReference(ior: ior, deviceName: "t/a/1")
        #expect(reference == ObjectReference(endpoint: Endpoint(host: "h", port: 99, version: .v1_2), objectKey: "t/a/1", version: 5))
        let newer = IOR(typeID: "IDL:Tango/Device_9:1.0", host: "h", port: 99, objectKey: "k").text
        #expect(try ObjectReference(ior: newer, deviceName: "x").version == 6)
        #expect(throws: DevFailed.self) { try ObjectReference(ior: "nada", deviceName: "x") }
    }

    @Test func allProfilesAndAlternateAddressesAreTaken() throws {
        var writer = CDRWriter()
        writer.boolean(CDRWriter.isLittleEndian)
        writer.string("second")
        writer.uint16(2)
        let alternate = IIOPProfile.TaggedComponent(tag: 3, data: writer.finishBytes())
        let ior = IOR(
            typeID: "IDL:Tango/Device_5:1.0",
            profiles: [
                .iiop(IIOPProfile(version: .v1_2, host: "first", port: 1, objectKey: "k", components: [alternate])),
                .other(tag: 7, data: [1]), .iiop(IIOPProfile(version: .v1_0, host: "third", port: 3, objectKey: "other")),
                .iiop(IIOPProfile(version: .v1_0, host: "third", port: 3, objectKey: "other")),
            ])
        let reference = try ObjectReference(ior: ior.text, deviceName: "x")
        #expect(reference.addresses.map { "\($0.endpoint) \($0.objectKey)" } == ["first:1 k", "second:2 k", "third:3 other"])
        #expect(reference.addresses.map(\.endpoint.version) == [.v1_2, .v1_2, .v1_0])
    }
}
