import NIOCore
import TangoCore
import Testing
import WireExercise

@testable import TangoWire

/// Bytes nobody should send: refused at once, without a trap and without memory for what they only promise.
@Suite struct HostileInputTests {
    @Test(arguments: 1..<9 as Range<UInt64>)
    func randomChangesOfRecordedMessagesNeverTrap(_ seed: UInt64) throws {
        let golden = try Golden.allMessages().map(\.joined).filter { $0.count < 2000 }
        try #require(golden.count > 500)
        var random = SeededRandom(seed: seed)
        var decoded = 0
        for _ in 0..<400 {
            var bytes = golden[random.count(0...golden.count - 1)]
            for _ in 0..<random.count(1...4) { self.change(&bytes, &random) }
            if random.chance(0.8), bytes.count >= MessageHeader.size {
                // With a size that fits, so that the message gets past the splitter.
                let size = UInt32(bytes.count - MessageHeader.size)
                for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(index))) }
            }
            decoded += WireExercise.run(bytes)
        }
        // The changes are small enough for some messages to be understood nevertheless.
        #expect(decoded > 0, "seed \(seed)")
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard bytes.count > MessageHeader.size + 4 else { return }
        let offset = random.count(MessageHeader.size...bytes.count - 4)
        switch random.count(0...5) {
        case 0: bytes[random.count(0...bytes.count - 1)] ^= 1 << UInt8(random.count(0...7))
        case 1: bytes[offset] = random.integer()
        case 2: bytes.replaceSubrange(offset..<offset + 4, with: [0xFF, 0xFF, 0xFF, random.chance(0.5) ? 0xFF : 0x7F])
        case 3: bytes.removeLast(random.count(1...min(bytes.count - MessageHeader.size, 40)))
        case 4: bytes.insert(contentsOf: bytes[offset..<min(bytes.count, offset + 16)], at: offset)
        default: bytes.replaceSubrange(offset..<offset + 4, with: [random.integer(), random.chance(0.3) ? 1 : 0, 0, 0])
        }
    }

    @Test func everyCountBeyondTheMessageIsRefused() {
        let promises: [[UInt8]] = [[0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0x10, 0, 0, 0]]
        for promise in promises {
            let bytes = promise + [1, 2, 3, 4, 5, 6, 7, 8]
            func refused(_ body: (inout CDRReader) throws(CDRError) -> Void) {
                #expect(thrown { try reading(bytes, body) } as? CDRError == .truncated)
            }
            refused { (reader) throws(CDRError) in _ = try reader.string() }
            refused { (reader) throws(CDRError) in try reader.skipString() }
            refused { (reader) throws(CDRError) in _ = try reader.octetSequence() }
            refused { (reader) throws(CDRError) in _ = try reader.octetText() }
            refused { (reader) throws(CDRError) in _ = try reader.booleans() }
            refused { (reader) throws(CDRError) in _ = try reader.numbers(UInt16.self) }
            refused { (reader) throws(CDRError) in _ = try reader.numbers(Int64.self) }
            refused { (reader) throws(CDRError) in _ = try reader.floats() }
            refused { (reader) throws(CDRError) in _ = try reader.doubles() }
            refused { (reader) throws(CDRError) in _ = try reader.strings() }
            refused { (reader) throws(CDRError) in _ = try reader.encapsulation { (_) throws(CDRError) in } }
            refused { (reader) throws(CDRError) in _ = try reader.sequence(minimumSize: 1) { (_) throws(CDRError) in } }
            refused { (reader) throws(CDRError) in _ = try DevError.decodeList(&reader) }
            refused { (reader) throws(CDRError) in _ = try PipeElement.decodeList(&reader, depth: 0) }
            refused { (reader) throws(CDRError) in _ = try AttributeConfig.decodeList(&reader, version: 5) }
        }
    }

    @Test func aSmallestValueOfEveryVersionIsNotTakenForAPromise() throws {
        for version in 1...5 {
            let value = AttributeValue(
                name: "", data: .none, format: .unknown, type: version >= 5 ? .void : nil, time: .zero, readDimension: .zero)
            let bytes = writing { AttributeValue.encodeList([value, value], to: &$0, version: version) }
            #expect(
                try reading(bytes) { (reader) throws(CDRError) in try AttributeValue.decodeList(&reader, version: version) } == [
                    value, value,
                ])
        }
    }

    @Test func pipesNestDeepButNotWithoutEnd() throws {
        func bytes(depth: Int) -> [UInt8] {
            var blob = PipeBlob(name: "x", elements: [])
            for _ in 1..<depth { blob = PipeBlob(name: "x", elements: [PipeElement(name: "e", content: .blob(blob))]) }
            let value = PipeValue(name: "p", time: .zero, blob: blob)
            return writing { value.encode(to: &$0) }
        }
        func decode(_ bytes: [UInt8]) throws(CDRError) -> PipeValue {
            try reading(bytes) { (reader) throws(CDRError) in try PipeValue(&reader) }
        }
        let value = try decode(bytes(depth: 60))
        #expect(writing { value.encode(to: &$0) } == bytes(depth: 60))
        #expect(throws: CDRError.tooDeep) { try decode(bytes(depth: 70)) }
        #expect(throws: CDRError.tooDeep) { try decode(bytes(depth: 5000)) }
    }

    @Test func typeCodesNestDeepButNotWithoutEnd() {
        // Aliases in aliases, the innermost one a short.
        func bytes(depth: Int) -> [UInt8] {
            func alias(_ depth: Int, _ writer: inout CDRWriter) {
                guard depth > 0 else { return writer.uint32(2) }
                writer.uint32(21)
                writer.encapsulation { writer in
                    writer.string("")
                    writer.string("")
                    alias(depth - 1, &writer)
                }
            }
            return writing { writer in
                alias(depth, &writer)
                writer.int16(7)
            }
        }
        func decode(_ bytes: [UInt8]) throws(CDRError) -> CommandData {
            try reading(bytes) { (reader) throws(CDRError) in try CommandData(any: &reader) }
        }
        #expect((try? decode(bytes(depth: 10))) == .short(7))
        #expect(throws: CDRError.tooDeep) { try decode(bytes(depth: 100)) }
    }

    @Test func overlappingRunsOfAHistoryCostNoMoreThanItsRecords() throws {
        // Every run claims all records: done in full this would be 10^10 steps.
        let records = 100_000
        let bytes = writing { writer in
            writer.string("a")
            writer.sequence(Array(repeating: Timestamp.zero, count: records)) { $0.encode(to: &$1) }
            CommandData.doubleArray([1, 2]).encodeAny(to: &writer)
            writer.enumerations(Array(repeating: AttributeQuality.valid, count: records))
            writer.sequence(Array(0..<records)) { _, writer in
                writer.int32(Int32(records - 1))
                writer.int32(Int32.max)
            }
            for _ in 0..<2 {
                writer.sequence([AttributeDimension(x: .max, y: .max)]) { $0.encode(to: &$1) }
                writer.sequence([0]) { _, writer in
                    writer.int32(Int32.max)
                    writer.int32(Int32.max)
                }
            }
            writer.uint32(0)
            writer.uint32(0)
        }
        let history = try reading(bytes) { (reader) throws(CDRError) in try AttributeHistory(&reader, version: 4) }
        #expect(history.values.count == records)
        #expect(history.values.last?.data == .double([1, 2]))
        #expect(history.values.allSatisfy { $0.quality == .valid })
    }

    @Test func enumerationsAndDiscriminatorsOutOfRangeAreRefused() {
        func refused(_ bytes: [UInt8], _ body: (inout CDRReader) throws(CDRError) -> Void) {
            #expect(thrown { try reading(bytes, body) } as? CDRError == .badValue)
        }
        let rest = [UInt8](repeating: 0, count: 64)
        refused([14, 0, 0, 0]) { (reader) throws(CDRError) in _ = try DeviceResult(.getState, &reader) }
        refused([15, 0, 0, 0] + rest) { (reader) throws(CDRError) in _ = try AttributeData(union: &reader) }
        refused([4, 0, 0, 0] + rest) { (reader) throws(CDRError) in _ = try ClientIdentity(&reader) }
        refused([2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0] + rest) { (reader) throws(CDRError) in _ = try ClientIdentity(&reader) }
        refused([1, 0, 0, 0, 14, 0, 0, 0]) { (reader) throws(CDRError) in
            _ = try reader.sequence(minimumSize: 4) { (reader) throws(CDRError) in try reader.enumeration(DevState.self) }
        }
    }

    @Test func typeCodesOfNoTangoTypeAreRefused() {
        func structure(_ id: String) -> [UInt8] {
            writing { writer in
                writer.uint32(15)
                writer.encapsulation { writer in
                    writer.string(id)
                    writer.string("")
                    writer.uint32(0)
                }
            }
        }
        let indirection: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xF8, 0xFF, 0xFF, 0xFF]
        let sequenceOfEmptyEncoded = writing { writer in
            writer.uint32(19)
            writer.encapsulation { writer in
                writer.align(4)
                writer.raw(structure("IDL:Tango/DevEncoded:1.0"))
            }
        }
        let sequenceOfNothing = writing { writer in
            writer.uint32(19)
            writer.encapsulation { $0.uint32(0) }
        }
        let all = [
            sequenceOfEmptyEncoded, indirection, sequenceOfNothing, [99, 0, 0, 0], structure("IDL:x:1.0"),
            structure("IDL:Tango/DevVarLongStringArray:1.0"),
        ]
        for bytes in all {
            #expect(throws: CDRError.badTypeCode) {
                try reading(bytes) { (reader) throws(CDRError) in _ = try CommandData(any: &reader) }
            }
        }
    }

    @Test func stringsNeedTheirNUL() {
        for bytes in [[0, 0, 0, 0], [2, 0, 0, 0, 65, 65]] as [[UInt8]] {
            #expect(throws: CDRError.badString) { try reading(bytes) { (reader) throws(CDRError) in _ = try reader.string() } }
            #expect(throws: CDRError.badString) { try reading(bytes) { (reader) throws(CDRError) in try reader.skipString() } }
            #expect(throws: CDRError.badString) { try reading(bytes) { (reader) throws(CDRError) in _ = try OperationName(&reader) } }
        }
    }

    @Test func textsThatAreNoReferences() {
        for text in [
            "", "IOR:", "IOR:0", "IOR:zz", "IOR:01", "ior:0100000000000000", "IOR:01000000ffffffff", "\u{130}OR:00", "corbaloc::x",
        ] {
            #expect(throws: DevFailed.self, "\(text)") { try IOR(parsing: text) }
        }
        for text in [
            "", "corbaloc:", "corbaloc:iiop:h:1", "corbaloc:iiop:h/k", "corbaloc:iiop:h:70000/k", "corbaloc:iiop:1.3@h:1/k",
            "corbaloc:rir:/k", "corbaloc:iiop::1/k",
        ] {
            #expect(throws: DevFailed.self, "\(text)") { try Corbaloc(parsing: text) }
        }
    }
}
