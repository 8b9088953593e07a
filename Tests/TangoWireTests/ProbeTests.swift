import NIOCore
import TangoCore
import Testing

@testable import TangoWire

/// Hand-made requests with the answers of real servers: the codec takes and refuses the same bytes for the same reasons.
@Suite struct ProbeTests {
    enum Reaction: Equatable {
        case answer
        case systemException(String, UInt32)
        case close
        case silence

        static func failure(_ exception: SystemException) -> Reaction { .systemException(exception.name, exception.minorCode) }
    }

    struct Probe {
        var name: String
        var request: [[UInt8]] = []
        var answer: [[UInt8]] = []
        var recordedReply: JSON?

        init(_ vector: JSON) throws {
            self.name = try #require(vector["name"]?.text)
            self.recordedReply = vector["decoded_reply"]
            for step in vector["exchange"]?.elements ?? [] {
                guard let bytes = try step["bytes"]?.text?.unhexed() else { continue }
                if step["direction"]?.text == "client->server" { self.request.append(bytes) } else { self.answer.append(bytes) }
            }
        }
    }

    /// Where this codec knowingly differs: it knows interface 6, whose identities a 9.3 server refuses.
    static let accepted: Set<String> = ["cpp.CPP_6_ident"]

    @Test func realServersAndThisCodecReactAlike() throws {
        let probes = try Golden.vectors("protocol_probes").map { try Probe($0) }
        #expect(probes.count == 74)
        var reactions: [Reaction] = []
        for probe in probes {
            let (operations, ours) = self.react(probe.request)
            let theirs = try self.recorded(probe, operations)
            if Self.accepted.contains(probe.name) {
                #expect(ours == .answer && theirs == .systemException("MARSHAL", 0x4154_001a), "\(probe.name)")
            } else {
                #expect(ours == theirs, "\(probe.name)")
            }
            reactions.append(theirs)
        }
        #expect(reactions.contains(.close) && reactions.contains(.silence))
        #expect(reactions.contains(.systemException("MARSHAL", 0x4154_000a)))
        #expect(reactions.contains(.systemException("MARSHAL", 0x4154_0016)))
    }

    /// What a server built on this codec does first, and the requested operations by request ID.
    private func react(_ pieces: [[UInt8]]) -> ([UInt32: TangoWire.Operation], Reaction) {
        var operations: [UInt32: TangoWire.Operation] = [:]
        do {
            var reaction = Reaction.silence
            for message in try split(pieces) {
                switch try DecodedMessage(message, replyTo: nil) {
                case .request(let header, let call, _):
                    if case .known(let operation) = header.operation { operations[header.requestID] = operation }
                    reaction = self.react(header, call)
                case .locateRequest: reaction = .answer
                case .cancelRequest: continue
                default: reaction = .close
                }
                if case .answer = reaction { continue }
                break
            }
            return (operations, reaction)
        } catch CDRError.trailingBytes {
            return (operations, .close)
        } catch let error as CDRError {
            return (operations, .failure(.marshal(error)))
        } catch {
            return (operations, .close)
        }
    }

    private func react(_ header: RequestHeader, _ call: DeviceCall?) -> Reaction {
        guard header.isResponseExpected else { return .silence }
        guard let key = header.objectKey else { return .failure(.unknownAddressing) }
        guard key.hasPrefix("wire/") else { return .failure(.objectNotExist) }
        guard let call else { return .failure(.badOperation) }
        return call == .interface ? .failure(.noInterfaceRepository) : .answer
    }

    private func recorded(_ probe: Probe, _ operations: [UInt32: TangoWire.Operation]) throws -> Reaction {
        guard !probe.answer.isEmpty else {
            // A one-way request is answered by nothing; the other silent ones were hung up on.
            return probe.name.contains("oneway") ? .silence : .close
        }
        let message = try #require(try split(probe.answer).first)
        switch try DecodedMessage(message, replyTo: operations[try self.requestID(message)]) {
        case .reply(let header, .systemException(let exception), _):
            if let reply = probe.recordedReply {
                #expect(reply["exception_id"]?.text == exception.repositoryID, "\(probe.name)")
                #expect(reply["minor"]?.text == "0x" + String(exception.minorCode, radix: 16), "\(probe.name)")
                #expect(reply["request_id"]?.integer == Int(header.requestID), "\(probe.name)")
            }
            return .failure(exception)
        case .reply(let header, let body, _):
            #expect(probe.recordedReply?["request_id"]?.integer == Int(header.requestID), "\(probe.name)")
            if case .userException(let exception) = body { #expect(probe.recordedReply?["exception"] == exception.shape, "\(probe.name)") }
            // Of pipelined requests only the first reply was recorded, without its result; a TypeCode may have another name.
            if case .result(let operation, let result) = body, let recorded = probe.recordedReply?["result"], recorded["type"] == nil {
                #expect(result.shape(operation) == recorded, "\(probe.name)")
            }
            return .answer
        case .locateReply(let reply):
            #expect(probe.recordedReply?["locate_status"]?.integer == Int(reply.status), "\(probe.name)")
            #expect(Array(buffer: message.bytes) == DecodedMessage.locateReply(reply).encoded(version: message.header.version))
            return .answer
        default:
            Issue.record("\(probe.name): no reply")
            return .close
        }
    }

    private func requestID(_ message: Message) throws -> UInt32 {
        try reading(Array(buffer: message.bytes), at: MessageHeader.size, littleEndian: message.header.isLittleEndian) {
            (reader) throws(CDRError) in
            message.header.type == .reply ? try ReplyHeader(message.header, &reader).requestID : 0
        }
    }

    @Test func locateAndCancelRequestsAreWrittenAsTheyAreRead() throws {
        var count = 0
        for vector in try Golden.vectors("protocol_probes") {
            let probe = try Probe(vector)
            guard probe.name.contains("Locate") || probe.name.contains("Cancel") else { continue }
            let message = try #require(try split(probe.request).first)
            let bytes = try DecodedMessage(message, replyTo: nil).encoded(version: message.header.version)
            #expect(bytes == Array(buffer: message.bytes), "\(probe.name)")
            count += 1
        }
        #expect(count == 7)
    }
}
