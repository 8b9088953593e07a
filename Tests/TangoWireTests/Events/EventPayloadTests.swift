import NIOCore
import TangoCore
import Testing
import WireExercise

@testable import TangoWire

/// Payloads of every kind in both byte orders, and frames nobody should send.
@Suite struct EventPayloadTests {
    private static let layouts: [EventPayload.Layout] = [
        .value(version: 3), .value(version: 4), .value(version: 5), .attributeConfig(version: 2), .attributeConfig(version: 3),
        .attributeConfig(version: 5), .dataReady, .interfaceChange, .pipe,
    ]

    private func random(_ layout: EventPayload.Layout, _ random: inout SeededRandom) -> EventPayload {
        switch layout {
        case .value(let version): .value(random.attributeValue(version: version))
        case .attributeConfig(let version): .attributeConfig(random.attributeConfig(version: version))
        case .dataReady: .dataReady(DataReady(attribute: random.text(), typeNumber: random.integer(), counter: random.integer()))
        case .interfaceChange:
            .interfaceChange(
                InterfaceChange(
                    isDeviceStarted: random.chance(0.5), commands: random.list { $0.commandInfo(version: 2) },
                    attributes: random.list { $0.attributeConfig(version: 5) }))
        case .pipe: .pipe(random.pipeValue())
        }
    }

    private func message(_ payload: [UInt8], isError: Bool, littleEndian: Bool = true) throws -> EventMessage {
        var callInfo = OutgoingEvent(topic: [], callInfo: EventCallInfo(counter: 7, isError: isError), payload: nil).callInfoFrame
        if !littleEndian {
            callInfo = BigEndianWriter.bytes { writer in
                writer.integer(1 as Int32)
                writer.integer(7 as UInt32)
                writer.string("")
                writer.integer(0 as UInt32)
                writer.bytes.append(isError ? 1 : 0)
            }
        }
        return try EventMessage(EventFrames([[UInt8]("t".utf8), [littleEndian ? 1 : 0], callInfo, payload]))
    }

    @Test(arguments: 1..<9 as Range<UInt64>)
    func everythingSurvivesATrip(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for layout in Self.layouts {
            for _ in 0..<8 {
                let payload = self.random(layout, &random)
                let bytes = Array(buffer: payload.encoded(version: layout.version))
                #expect(try self.message(bytes, isError: false).payload(layout) == payload, "seed \(seed)")
            }
            let failure = EventPayload.failure(DevFailed(errors: [random.error(), random.error()]))
            let bytes = Array(buffer: failure.encoded(version: layout.version))
            #expect(try self.message(bytes, isError: true).payload(layout) == failure, "seed \(seed)")
        }
    }

    @Test func publishersOfTheOtherByteOrder() throws {
        func payload(magics: Int = 1, _ body: (inout BigEndianWriter) -> Void) -> [UInt8] {
            Array(repeating: [0xDE, 0xC0, 0xDE, 0xC0] as [UInt8], count: magics).joined() + BigEndianWriter.bytes(body)
        }
        let ready = payload {
            $0.string("sc_push")
            $0.integer(5 as Int32)
            $0.integer(42 as Int32)
        }
        let message = try self.message(ready, isError: false, littleEndian: false)
        #expect(message.callInfo.counter == 7)
        #expect(try message.payload(.dataReady) == .dataReady(DataReady(attribute: "sc_push", typeNumber: 5, counter: 42)))

        let value = payload {
            $0.integer(5 as UInt32)
            $0.integer(1 as UInt32)
            $0.integer((1.5).bitPattern)
            for number in [2, 0, 5, 10, 20, 30] as [Int32] { $0.integer(number) }
            $0.string("x")
            for number in [1, 0, 0, 0, 0] as [Int32] { $0.integer(number) }
        }
        let expected = AttributeValue(
            name: "x", data: .double([1.5]), quality: .alarm, format: .scalar, type: .double,
            time: Timestamp(seconds: 10, microseconds: 20, nanoseconds: 30), readDimension: .scalar)
        #expect(try self.message(value, isError: false, littleEndian: false).payload(.value(version: 5)) == .value(expected))

        func errors(_ writer: inout BigEndianWriter) {
            writer.integer(1 as UInt32)
            writer.string("R")
            writer.integer(1 as UInt32)
            writer.string("D")
            writer.string("O")
        }
        let failure = EventPayload.failure(DevFailed(errors: [DevError("R", "D", origin: "O", severity: .error)]))
        // Errors of pipes are understood with one number in front and with two.
        for magics in [1, 2] {
            let bytes = payload(magics: magics, errors)
            #expect(try self.message(bytes, isError: true, littleEndian: false).payload(.pipe) == failure)
        }
        #expect(try self.message(payload(errors), isError: true, littleEndian: false).payload(.value(version: 5)) == failure)
    }

    @Test func framesThatAreNoMessage() {
        let callInfo = OutgoingEvent(topic: [], callInfo: EventCallInfo(counter: 1), payload: nil).callInfoFrame
        func malformed(_ frames: [[UInt8]]) -> EventMessage.Malformed? {
            thrown { _ = try EventMessage(EventFrames(frames)) } as? EventMessage.Malformed
        }
        for count in [0, 1, 2, 5, 6] { #expect(malformed(Array(repeating: [1], count: count)) == .frameCount(count)) }
        for order in [[], [2], [1, 1], [255]] as [[UInt8]] { #expect(malformed([[], order, callInfo]) == .byteOrder) }
        for length in 0..<callInfo.count { #expect(malformed([[], [1], Array(callInfo.prefix(length))]) == .callInfo(.truncated)) }
        #expect(malformed([[], [1], callInfo]) == nil)
        let heartbeat = try? EventMessage(EventFrames([[], [1], callInfo]))
        #expect(heartbeat?.isHeartbeat == true)
        #expect(throws: CDRError.truncated) { try heartbeat?.payload(.dataReady) }
    }

    @Test func everyPrefixOfARecordedEventIsRefused() throws {
        for golden in try GoldenEvent.all() where golden.frames.count == 4 && golden.frames[3].count < 2000 {
            let layout = try #require(EventTopic(parsing: String(decoding: golden.frames[0], as: UTF8.self))?.layout(deviceVersion: 5))
            for length in 0..<golden.frames[3].count {
                let frames = EventFrames(golden.frames.dropLast() + [Array(golden.frames[3].prefix(length))])
                #expect(throws: CDRError.self, "\(golden.name), \(length) bytes") { try EventMessage(frames).payload(layout) }
            }
        }
    }

    @Test(arguments: 1..<9 as Range<UInt64>)
    func randomChangesOfRecordedEventsNeverTrap(_ seed: UInt64) throws {
        let golden = try GoldenEvent.all().flatMap(\.frames).filter { $0.count > 1 && $0.count < 2000 }
        var random = SeededRandom(seed: seed)
        var decoded = 0
        for _ in 0..<300 {
            var bytes = golden[random.count(0...golden.count - 1)]
            for _ in 0..<random.count(1...4) {
                let offset = random.count(0...bytes.count - 1)
                switch random.count(0...3) {
                case 0: bytes[offset] ^= 1 << UInt8(random.count(0...7))
                case 1: bytes[offset] = random.integer()
                case 2: bytes.replaceSubrange(offset..<min(bytes.count, offset + 4), with: [0xFF, 0xFF, 0xFF, 0x7F])
                default: if bytes.count > 8 { bytes.removeLast(random.count(1...7)) }
                }
            }
            decoded += WireExercise.run(bytes)
        }
        #expect(decoded > 0, "seed \(seed)")
    }
}
