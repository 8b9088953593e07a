import TangoCore
import Testing

@testable import TangoWire

/// A request of a PyTango 10.3 client with telemetry on.
@Suite struct TraceVectorTests {
    @Test func ourTraceIsWrittenAsPyTangoWritesIt() throws {
        let golden = try #require(try Golden.messages("attributes").first { $0.name == "telemetry.read_attributes_5.request" })
        let message = try #require(try split(golden.pieces).first)
        guard
            case .request(let header, .readAttributes(let names, let source, let identity, let version), let offset) =
                try DecodedMessage(message, replyTo: nil)
        else {
            Issue.record("not the request")
            return
        }
        let trace = try #require(identity?.trace)
        #expect(trace.traceParent == "00-2835adb113ad3c66e0cd1efd2fc0e2e7-5cffea55749f4634-03" && trace.isSampled && trace.isRandom)
        let ours = ClientIdentity(pid: 0x38aa, trace: trace)
        #expect(ours == identity)
        let request = DecodedMessage.request(
            header, .readAttributes(names, source: source, identity: ours, version: version), bodyOffset: offset)
        #expect(
            difference(
                request.encoded(version: message.header.version),
                try DecodedMessage(message, replyTo: nil).encoded(version: message.header.version)) == nil)
    }
}
