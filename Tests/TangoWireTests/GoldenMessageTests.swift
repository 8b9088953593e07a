import NIOCore
import TangoCore
import Testing

@testable import TangoWire

/// Every recorded GIOP message means what the recording says and is encoded to the same bytes.
@Suite struct GoldenMessageTests {
    @Test(arguments: Golden.giopFiles.sorted { $0.key < $1.key })
    func everyRecordedMessageDecodesToItsMeaningAndBack(_ file: String, _ expectedCount: Int) throws {
        var checked = 0
        for golden in try Golden.messages(file) {
            let messages = try split(golden.pieces)
            try #require(messages.count == 1, "\(golden.name)")
            let message = messages[0]
            let decoded = try DecodedMessage(message, replyTo: golden.decoded["reply_to"]?.text.flatMap { TangoWire.Operation(name: $0) })
            self.compareHeader(message.header, golden)
            try self.compare(decoded, golden)

            let encoded = decoded.encoded(version: message.header.version)
            let masked = difference(golden.masked(encoded), golden.masked(golden.joined))
            #expect(masked == nil, "\(golden.name)")
            checked += 1
        }
        #expect(checked == expectedCount)
    }

    @Test func messagesArrivingByteByByteAreTheSame() throws {
        let golden = try Golden.allMessages()
        var expected: [[UInt8]] = []
        var stream: [UInt8] = []
        for message in golden where message.pieces.joined().count < 3000 || message.pieces.count > 1 {
            stream += message.pieces.joined()
            expected.append(message.joined)
        }
        try #require(expected.count > 500)
        #expect(golden.contains { $0.pieces.count > 1 })
        let messages = try split(stream.lazy.map { [$0] })
        #expect(messages.count == expected.count)
        for (message, bytes) in zip(messages, expected) {
            let joined = difference(Array(buffer: message.bytes), bytes)
            #expect(joined == nil)
            #expect(Int(message.header.bodySize) == bytes.count - MessageHeader.size)
            #expect(!message.header.moreFragmentsFollow)
        }
    }

    @Test func aStreamCutAtAnyPlaceGivesTheSameMessages() throws {
        let golden = try Golden.messages("basic")
        let stream = golden.flatMap { $0.pieces.joined() }
        var random = SeededRandom(seed: 0x7461_6e67)
        for _ in 0..<10 {
            var pieces: [[UInt8]] = []
            var offset = 0
            while offset < stream.count {
                let size = Int.random(in: 1...20_000, using: &random)
                pieces.append(Array(stream[offset..<min(stream.count, offset + size)]))
                offset += size
            }
            #expect(try split(pieces).map { Array(buffer: $0.bytes) } == golden.map(\.joined))
        }
    }

    private func compareHeader(_ header: MessageHeader, _ golden: GoldenMessage) {
        let version =
            switch header.version {
            case .v1_0: "1.0"
            case .v1_1: "1.1"
            case .v1_2: "1.2"
            }
        #expect(golden.decoded["giop"]?.text == version, "\(golden.name)")
        #expect(golden.decoded["little_endian"]?.isTrue == header.isLittleEndian, "\(golden.name)")
    }

    private func compare(_ decoded: DecodedMessage, _ golden: GoldenMessage) throws {
        let recorded = golden.decoded
        let name = golden.name
        switch decoded {
        case .request(let header, let call, let offset):
            #expect(recorded["type"]?.text == "Request", "\(name)")
            #expect(recorded["request_id"]?.integer == Int(header.requestID), "\(name)")
            if header.version == .v1_2 {
                #expect(recorded["response_flags"]?.integer == Int(header.responseFlags), "\(name)")
            } else {
                #expect(recorded["response_expected"]?.isTrue == header.isResponseExpected, "\(name)")
            }
            #expect(recorded["object_key"]?.text == header.objectKey?.latin1Bytes.hexadecimal, "\(name)")
            #expect(recorded["operation"]?.text == header.operation.text, "\(name)")
            self.compareContexts(header.contexts, golden)
            #expect(recorded["body_offset"]?.integer == offset, "\(name)")
            let call = try #require(call, "\(name)")
            let arguments = try #require(recorded["args"])
            #expect(call.shape == arguments, "\(name)")
            #expect(header.operation == .known(call.operation), "\(name)")
        case .reply(let header, let body, let offset):
            #expect(recorded["type"]?.text == "Reply", "\(name)")
            #expect(recorded["request_id"]?.integer == Int(header.requestID), "\(name)")
            #expect(recorded["body_offset"]?.integer == offset, "\(name)")
            self.compareContexts(header.contexts, golden)
            self.compareBody(body, golden)
        case .headerOnly(let type):
            #expect(recorded["type"]?.text == "CloseConnection" && type == .closeConnection, "\(name)")
        case .locateRequest, .locateReply, .cancelRequest:
            Issue.record("\(name): not a message a Tango peer sends")
        }
    }

    private func compareContexts(_ contexts: [ServiceContext], _ golden: GoldenMessage) {
        let shape = JSON.list(contexts) {
            .members(("id", .string("0x" + String($0.id, radix: 16))), ("data", .string($0.data.hexadecimal)))
        }
        #expect(golden.decoded["service_contexts"] == shape, "\(golden.name)")
    }

    private func compareBody(_ body: DecodedMessage.ReplyBody, _ golden: GoldenMessage) {
        let recorded = golden.decoded
        let name = golden.name
        switch body {
        case .result(_, .attributeHistory(let history)):
            #expect(recorded["status"]?.text == "NO_EXCEPTION", "\(name)")
            let expected = recorded["result"] ?? .null
            #expect(expected["name"]?.text == history.name, "\(name)")
            #expect(HistoryRecordShape.unpacked(expected) == history.values.map { HistoryRecordShape($0) }, "\(name)")
            for value in history.values {
                if let format = expected["data_format"]?.text { #expect(format == value.format.name, "\(name)") }
                if let type = expected["data_type"]?.integer { #expect(type == value.type.map { Int($0.rawValue) }, "\(name)") }
            }
        case .result(_, .commandHistory(let history)):
            #expect(recorded["status"]?.text == "NO_EXCEPTION", "\(name)")
            let expected = recorded["result"] ?? .null
            #expect(expected["cmd_type"]?.integer == Int(history.type.rawValue), "\(name)")
            #expect(HistoryRecordShape.unpacked(expected) == history.records.map { HistoryRecordShape($0) }, "\(name)")
        case .result(let operation, let result):
            #expect(recorded["status"]?.text == "NO_EXCEPTION", "\(name)")
            #expect(result.shape(operation) == recorded["result"], "\(name)")
        case .userException(let exception):
            #expect(recorded["status"]?.text == "USER_EXCEPTION", "\(name)")
            #expect(exception.shape == recorded["exception"], "\(name)")
        case .systemException(let exception):
            #expect(recorded["status"]?.text == "SYSTEM_EXCEPTION", "\(name)")
            #expect(exception.repositoryID == recorded["exception_id"]?.text, "\(name)")
        case .forward, .none:
            Issue.record("\(name): \(recorded)")
        }
    }
}
