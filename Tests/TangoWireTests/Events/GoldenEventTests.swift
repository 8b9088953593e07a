import NIOCore
import TangoCore
import Testing

@testable import TangoWire

/// Every recorded ZeroMQ message means what the recording says and is encoded to the same bytes.
@Suite struct GoldenEventTests {
    @Test(arguments: GoldenEvent.files.sorted { $0.key < $1.key })
    func everyRecordedEventDecodesToItsMeaningAndBack(_ file: String, _ expectedCount: Int) throws {
        let all = try GoldenEvent.all(file)
        for golden in all {
            let message = try EventMessage(EventFrames(golden.frames))
            let recorded = golden.decoded
            let callInfo = try #require(recorded["call_info"])
            #expect(message.topic == recorded["topic"]?.text, "\(golden.name)")
            #expect(message.isLittleEndian == recorded["little_endian"]?.isTrue, "\(golden.name)")
            #expect(callInfo["ctr"]?.integer == Int(message.callInfo.counter), "\(golden.name)")
            #expect(callInfo["call_is_except"]?.isTrue == message.callInfo.isError, "\(golden.name)")

            let topic = try #require(EventTopic(parsing: message.topic), "\(golden.name)")
            #expect(topic.description == message.topic)
            let sent: OutgoingEvent
            if message.isHeartbeat {
                #expect(topic.event == .heartbeat, "\(golden.name)")
                sent = OutgoingEvent(topic: Array(message.topic.utf8), callInfo: message.callInfo, payload: nil)
            } else {
                let layout = try #require(topic.layout(deviceVersion: 5), "\(golden.name)")
                if let recorded = golden.layout { #expect(recorded == layout, "\(golden.name)") }
                let payload = try message.payload(layout)
                #expect(payload.isError == message.callInfo.isError, "\(golden.name)")
                #expect(payload.shape(version: layout.version) == recorded["data"], "\(golden.name)")
                sent = OutgoingEvent(
                    topic: Array(message.topic.utf8), callInfo: message.callInfo, payload: payload.encoded(version: layout.version))
            }
            #expect(sent.frames.count == golden.frames.count, "\(golden.name)")
            for index in 0..<min(sent.frames.count, golden.frames.count) {
                let mismatch = difference(golden.masked(sent.frames[index], index), golden.masked(golden.frames[index], index))
                #expect(mismatch == nil, "\(golden.name), frame \(index)")
            }
        }
        #expect(all.count == expectedCount)
    }

    @Test func everyRecordedSubscriptionNamesATopic() throws {
        var count = 0
        for file in GoldenEvent.files.keys {
            for vector in try Golden.vectors(file) where vector["transport"]?.text == "zmtp" {
                guard let text = vector["decoded"]?["topic"]?.text else { continue }
                #expect(EventTopic(parsing: text)?.description == text)
                count += 1
            }
        }
        #expect(count > 30)
    }

    @Test func everyRecordedRequestAndReplyOfASubscription() throws {
        var (requests, replies) = (0, 0)
        for golden in try Golden.messages("event_subscription") {
            let (arguments, result) = (golden.decoded["args"], golden.decoded["result"]?["value"])
            if arguments?["command"]?.text == "ZmqEventSubscriptionChange", let argument = arguments?["argin"]?["value"] {
                let texts = argument.elements.compactMap(\.text)
                let request = try EventSubscriptionRequest(texts)
                if golden.name.contains("resubscribe") {
                    #expect(request.kind == .change)
                    #expect(request.clientVersion == (texts[4] == "0" ? 5 : 6), "\(golden.name)")
                } else {
                    #expect(request.arguments == texts, "\(golden.name)")
                }
                requests += 1
            } else if let numbers = result?["lvalue"], let texts = result?["svalue"] {
                let recorded = LongStringArray(
                    longs: numbers.elements.compactMap { $0.integer.map { Int32(truncatingIfNeeded: $0) } },
                    strings: texts.elements.compactMap(\.text))
                let reply = try EventSubscriptionReply(recorded)
                let topic = try #require(reply.topic.flatMap { EventTopic(parsing: $0) })
                #expect(topic.description == reply.topic)
                #expect(reply.endpoints.allSatisfy { $0.heartbeat.hasPrefix("tcp://") && $0.event.hasPrefix("tcp://") })
                var expected = recorded
                (expected.longs[3], expected.longs[4]) = (0, 0)
                #expect(reply.result == expected, "\(golden.name)")
                replies += 1
            }
        }
        #expect(requests > 15 && replies > 15)
    }
}
