import NIOCore
import TangoCore
import Testing

@testable import TangoWire

/// Whatever is encoded decodes to the same value, and no shorter piece of it decodes at all.
///
/// Values are random but the same in every run; the seed of a failure is in its message.
@Suite struct RoundTripTests {
    static let seeds: Range<UInt64> = 1..<13

    @Test(arguments: Self.seeds)
    func randomCallsOfEveryOperationSurvive(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for operation in TangoWire.Operation.allCases {
            let call = random.call(operation)
            try #require(call.operation == operation)
            for version in [GIOPVersion.v1_0, .v1_1, .v1_2] {
                let header = RequestHeader(
                    version: version, requestID: random.integer(), responseFlags: random.chance(0.5) ? 3 : 0, objectKey: random.text(),
                    operation: .known(operation),
                    contexts: random.list(0...2) { ServiceContext(id: $0.integer(), data: $0.list { $0.integer() }) })
                let bytes = DecodedMessage.request(header, call, bodyOffset: 0).encoded(version: version)
                guard case .request(let decodedHeader, let decodedCall, _) = try self.decoded(bytes, nil) else {
                    Issue.record("seed \(seed), \(operation.name)")
                    continue
                }
                #expect(decodedHeader == header, "seed \(seed), \(operation.name)")
                #expect(decodedCall == call, "seed \(seed), \(operation.name)")
                if version == .v1_2 { self.expectEveryPrefixFails(bytes, nil, "seed \(seed), \(operation.name)") }
            }
        }
    }

    @Test(arguments: Self.seeds)
    func randomResultsOfEveryOperationSurvive(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 1000)
        for operation in TangoWire.Operation.allCases {
            let result = random.result(operation)
            for version in [GIOPVersion.v1_0, .v1_2] {
                let header = ReplyHeader(version: version, requestID: random.integer(), status: .noException, contexts: [])
                let bytes = DecodedMessage.reply(header, .result(operation, result), bodyOffset: 0).encoded(version: version)
                guard case .reply(let decodedHeader, .result(_, let decodedResult), _) = try self.decoded(bytes, operation) else {
                    Issue.record("seed \(seed), \(operation.name)")
                    continue
                }
                #expect(decodedHeader == header, "seed \(seed), \(operation.name)")
                #expect(decodedResult == result, "seed \(seed), \(operation.name)")
                if version == .v1_2 { self.expectEveryPrefixFails(bytes, operation, "seed \(seed), \(operation.name)") }
            }
        }
    }

    @Test(arguments: Self.seeds)
    func randomExceptionsSurvive(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 2000)
        let failed = UserException.devFailed(DevFailed(errors: random.list(1...4) { $0.error() }))
        let several = UserException.multiDevFailed(
            MultiDevFailed(errors: random.list { NamedDevError(name: $0.text(), index: $0.integer(), errors: $0.list { $0.error() }) }))
        for exception in [failed, several] {
            let bytes = writing { exception.encode(to: &$0) }
            #expect(try reading(bytes) { (reader) throws(CDRError) in try UserException(&reader) } == exception, "seed \(seed)")
            for count in 0..<bytes.count {
                #expect(throws: CDRError.self, "seed \(seed), \(count) bytes") {
                    try reading(Array(bytes[..<count])) { (reader) throws(CDRError) in _ = try UserException(&reader) }
                }
            }
        }
        let system = SystemException(["MARSHAL", "TRANSIENT", "X"][random.count(0...2)], minorCode: random.integer(), completed: 2)
        let bytes = writing { system.encode(to: &$0) }
        #expect(try reading(bytes) { (reader) throws(CDRError) in try SystemException(&reader) } == system, "seed \(seed)")
    }

    @Test func anAnyOfEveryTypeSurvivesAtEveryAlignment() throws {
        var random = SeededRandom(seed: 31)
        var count = 0
        for type in DataType.allCases where type != .int && type != .pipeBlob {
            for offset in 0..<8 {
                let data = random.commandData(type)
                let bytes = writing { writer in
                    for _ in 0..<offset { writer.octet(0xFF) }
                    data.encodeAny(to: &writer)
                }
                let decoded = try reading(bytes, at: offset) { (reader) throws(CDRError) in
                    let data = try CommandData(any: &reader)
                    guard reader.remaining == 0 else { throw .trailingBytes }
                    return data
                }
                #expect(decoded == data)
                count += 1
            }
        }
        #expect(count == 31 * 8)
    }

    @Test(arguments: Self.seeds)
    func randomReferencesSurvive(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 3000)
        for _ in 0..<20 {
            let reference = random.reference()
            let text = reference.text
            #expect(try IOR(parsing: text) == reference, "seed \(seed)")
            #expect(try IOR(parsing: "ior:" + text.dropFirst(4).uppercased()) == reference, "seed \(seed)")
            for count in 0..<text.count {
                #expect(throws: DevFailed.self, "seed \(seed), \(count) characters") { try IOR(parsing: String(text.prefix(count))) }
            }
        }
    }

    @Test func numbersThatAreNoNumbersKeepTheirBits() throws {
        let doubles: [Double] = [Double(bitPattern: 0x7FF8_0000_0000_1234), -Double.nan, Double.infinity, -0.0]
        let floats: [Float] = [Float(bitPattern: 0x7FC0_0123), -Float.nan, -Float.infinity, -0.0]
        for data in [CommandData.doubleArray(doubles), .floatArray(floats), .double(doubles[0]), .float(floats[0])] {
            let bytes = writing { data.encodeAny(to: &$0) }
            let decoded = try reading(bytes) { (reader) throws(CDRError) in try CommandData(any: &reader) }
            #expect(writing { decoded.encodeAny(to: &$0) } == bytes)
        }
    }

    @Test func bigArraysKeptInBuffersOfTheirOwnAreTheSameBytes() throws {
        // One of the arrays that travel as separate buffers, and small values on both sides of it.
        for count in [2047, 2048, 2049, 16_383, 16_384, 100_000] {
            let data = CommandData.doubleStringArray(DoubleStringArray(doubles: (0..<count).map { Double($0) }, strings: ["a", "bc"]))
            let call = DeviceCall.command("c", data, source: .device, identity: .cpp(pid: 7), version: 4)
            let header = RequestHeader(version: .v1_2, requestID: 4, objectKey: "key", operation: .known(.commandInout4))
            let bytes = DecodedMessage.request(header, call, bodyOffset: 0).encoded(version: .v1_2)
            guard case .request(header, call, _) = try self.decoded(bytes, nil) else {
                Issue.record("\(count)")
                continue
            }
            #expect(bytes.count > count * 8)
        }
    }

    @Test func aTextBeyondLatin1TravelsAsUTF8() throws {
        let bytes = writing { $0.string("\u{3b1}") }
        #expect(bytes == [3, 0, 0, 0, 0xCE, 0xB1, 0])
        #expect(writing { $0.string("\u{e9}") } == [2, 0, 0, 0, 0xE9, 0])
        let all = String(String.UnicodeScalarView((1...255).map { UnicodeScalar(UInt8($0)) }))
        #expect(try reading(writing { $0.string(all) }) { (reader) throws(CDRError) in try reader.string() } == all)
    }

    private func decoded(_ bytes: [UInt8], _ operation: TangoWire.Operation?) throws -> DecodedMessage {
        let messages = try split([bytes])
        try #require(messages.count == 1)
        return try DecodedMessage(messages[0], replyTo: operation)
    }

    private func expectEveryPrefixFails(_ bytes: [UInt8], _ operation: TangoWire.Operation?, _ what: String) {
        guard let header = try? MessageHeader(bytes.span.bytes) else {
            Issue.record("\(what): no header")
            return
        }
        // Of long messages a sample.
        let step = max(1, bytes.count / 200)
        for count in stride(from: MessageHeader.size, to: bytes.count, by: step) {
            do throws(CDRError) {
                _ = try DecodedMessage(Array(bytes[..<count]), header: header, replyTo: operation)
                Issue.record("\(what): \(count) of \(bytes.count) bytes decode")
            } catch {
                continue
            }
        }
    }
}
