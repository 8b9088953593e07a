import TangoCore
import Testing

@testable import TangoWire

/// Everything is understood in either byte order.
@Suite struct ByteOrderTests {
    private func big<R>(_ bytes: [UInt8], _ body: (inout CDRReader) throws(CDRError) -> R) throws -> R {
        try reading(bytes, littleEndian: false) { (reader) throws(CDRError) in
            let result = try body(&reader)
            guard reader.remaining == 0 else { throw .trailingBytes }
            return result
        }
    }

    @Test func primitivesByHand() throws {
        let bytes: [UInt8] = [
            1, 0xEE, 0x12, 0x34, 0x89, 0xAB, 0xCD, 0xEF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0,
            0x20, 0,
            0, 0x00, 0x0D,
        ]
        try self.big(bytes) { (reader) throws(CDRError) in
            let octet = try reader.boolean()
            let short = try reader.int16()
            let long = try reader.uint32()
            let longLong = try reader.int64()
            let double = try reader.double()
            let float = try reader.float()
            let last = try reader.uint16()
            #expect(octet && short == 0x1234 && long == 0x89AB_CDEF && longLong == -2 && double == 1.5 && float == -2.5 && last == 13)
        }
        let little: [UInt8] = [1, 0xEE, 0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x89, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        try reading(little) { (reader) throws(CDRError) in
            let values = (try reader.octet(), try reader.uint16(), try reader.int32(), try reader.uint64())
            #expect(values == (1, 0x1234, Int32(bitPattern: 0x89AB_CDEF), UInt64.max - 1))
        }
    }

    @Test(arguments: 1..<9 as Range<UInt64>)
    func sequencesOfEveryElement(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func check<T: FixedWidthInteger & BitwiseCopyable>(_ values: [T]) throws {
            let bytes = BigEndianWriter.bytes { $0.sequence(values) }
            #expect(try self.big(bytes) { (reader) throws(CDRError) in try reader.numbers(T.self) } == values, "seed \(seed)")
        }
        try check(random.list { $0.integer(UInt8.self) })
        try check(random.list { $0.integer(Int16.self) })
        try check(random.list { $0.integer(UInt16.self) })
        try check(random.list { $0.integer(Int32.self) })
        try check(random.list { $0.integer(UInt32.self) })
        try check(random.list { $0.integer(Int64.self) })
        try check(random.list { $0.integer(UInt64.self) })
        let doubles = random.list { $0.double() }
        #expect(
            try self.big(BigEndianWriter.bytes { $0.sequence(doubles.map(\.bitPattern)) }) { (reader) throws(CDRError) in
                try reader.doubles()
            } == doubles, "seed \(seed)")
        let floats = random.list { $0.float() }
        #expect(
            try self.big(BigEndianWriter.bytes { $0.sequence(floats.map(\.bitPattern)) }) { (reader) throws(CDRError) in
                try reader.floats()
            } == floats, "seed \(seed)")
        let texts = random.texts()
        let bytes = BigEndianWriter.bytes { writer in
            writer.integer(UInt32(texts.count))
            for text in texts { writer.string(text) }
        }
        #expect(try self.big(bytes) { (reader) throws(CDRError) in try reader.strings() } == texts, "seed \(seed)")
    }

    @Test func aReadAndItsReply() throws {
        let request = BigEndianWriter.bytes { writer in
            writer.integer(UInt32(2))
            writer.string("a")
            writer.string("bcd")
            writer.integer(UInt32(1))  // CACHE
            writer.integer(UInt32(1))  // JAVA
            writer.string("Main")
            writer.integer(UInt64(7))
            writer.integer(UInt64(8))
        }
        #expect(
            try self.big(request) { (reader) throws(CDRError) in try DeviceCall(.readAttributes5, &reader) }
                == .readAttributes(["a", "bcd"], source: .cache, identity: .java(mainClass: "Main", uuid: (7, 8)), version: 5))

        let reply = BigEndianWriter.bytes { writer in
            writer.integer(UInt32(1))
            writer.integer(UInt32(5))  // ATT_DOUBLE
            writer.sequence([2.5, -1].map { (value: Double) in value.bitPattern })
            for number in [2, 0, 5, 100, 200, 300] as [Int32] { writer.integer(number) }
            writer.string("volt")
            for number in [1, 0, 1, 0, 0] as [Int32] { writer.integer(number) }
        }
        #expect(
            try self.big(reply) { (reader) throws(CDRError) in try DeviceResult(.readAttributes5, &reader) }
                == .attributeValues([
                    AttributeValue(
                        name: "volt", data: .double([2.5, -1]), quality: .alarm, format: .scalar, type: .double,
                        time: Timestamp(seconds: 100, microseconds: 200, nanoseconds: 300), readDimension: .scalar, writeDimension: .scalar)
                ]))
    }

    /// An encapsulation has a byte order of its own: both inside the other order.
    @Test func anAnyWhoseTypeCodeHasTheOtherOrder() throws {
        for isInnerLittle in [true, false] {
            let inner: [UInt8] = isInnerLittle ? [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]
            let big = BigEndianWriter.bytes { writer in
                writer.integer(UInt32(19))
                writer.sequence(inner)
                writer.sequence([-2, 770] as [Int16])
            }
            #expect(try self.big(big) { (reader) throws(CDRError) in try CommandData(any: &reader) } == .shortArray([-2, 770]))
            let little = writing { writer in
                writer.uint32(19)
                writer.octetSequence(inner)
                writer.numbers([-2, 770] as [Int16])
            }
            #expect(try reading(little) { (reader) throws(CDRError) in try CommandData(any: &reader) } == .shortArray([-2, 770]))
        }
    }

    @Test func aReferenceInBigEndian() throws {
        let profile = BigEndianWriter.bytes { writer in
            writer.bytes = [0, 1, 2]
            writer.string("host")
            writer.integer(UInt16(10_000))
            writer.sequence(Array("database".utf8))
            writer.integer(UInt32(0))
        }
        let bytes = BigEndianWriter.bytes { writer in
            writer.bytes = [0]
            writer.string("IDL:Tango/Device_6:1.0")
            writer.integer(UInt32(1))
            writer.integer(UInt32(0))
            writer.sequence(profile)
        }
        let reference = try IOR(parsing: "IOR:" + bytes.hexadecimal)
        #expect(reference.deviceVersion == 6)
        #expect(reference.iiopProfile == IIOPProfile(version: .v1_2, host: "host", port: 10_000, objectKey: "database"))
    }
}
