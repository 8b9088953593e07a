import NIOCore
import TangoCore
import Testing

@testable import TangoWire

/// The known traps of interoperation that show in the codec, by their number in the protocol reference.
@Suite struct TrapTests {
    private func golden(_ file: String, _ name: String) throws -> GoldenMessage {
        try #require(try Golden.messages(file).first { $0.name == name }, "\(name)")
    }

    private func decoded(_ golden: GoldenMessage) throws -> DecodedMessage {
        let message = try #require(try split(golden.pieces).first)
        return try DecodedMessage(message, replyTo: golden.decoded["reply_to"]?.text.flatMap { TangoWire.Operation(name: $0) })
    }

    private func values(_ file: String, _ name: String) throws -> [AttributeValue] {
        guard case .reply(_, .result(_, .attributeValues(let values)), _) = try self.decoded(self.golden(file, name)) else { return [] }
        return values
    }

    @Test func trap01CorbalocMeansGIOP10AndAReferenceItsProfile() throws {
        #expect(try Corbaloc(parsing: "corbaloc:iiop:h:10000/database").addresses.map(\.version) == [.v1_0])
        let several = try Corbaloc(parsing: "corbaloc:iiop:1.2@h1:1,iiop:1.2@h2:2/database")
        #expect(several.addresses.map(\.version) == [.v1_2, .v1_2] && several.objectKey == "database")
        #expect(IOR(typeID: "IDL:Tango/Device_5:1.0", host: "h", port: 1, objectKey: "k").iiopProfile?.version == .v1_2)
        // The same request in both versions, as the protocol reference spells it.
        let header = RequestHeader(version: .v1_0, requestID: 4, objectKey: "database", operation: .known(.nonExistent))
        #expect(
            DecodedMessage.request(header, .nonExistent, bodyOffset: 0).encoded(version: .v1_0).hexadecimal
                == "47494f50010001003000000000000000040000000100000008000000646174616261736"
                + "50e0000005f6e6f6e5f6578697374656e7400000000000000")
        let ping = RequestHeader(
            version: .v1_2, requestID: 4, objectKey: "\u{fe}\u{a3}\u{0b}\u{01}k\0\0\u{1a}\u{10}\0\0\0\0\0", operation: .known(.ping))
        #expect(
            DecodedMessage.request(ping, .ping, bodyOffset: 0).encoded(version: .v1_2).hexadecimal
                == "47494f500102010030000000040000000300000000000000" + "0e000000fea30b016b00001a1000000000000000"
                + "0500000070696e670000000000000000")
    }

    @Test func trap02AReplyBeyond8KiBComesInFragments() throws {
        let golden = try self.golden("basic", "cpp_cpp.get_attribute_config_2_all_fragmented.reply")
        #expect(golden.pieces.count == 2 && golden.pieces[0].count == 8192)
        guard case .reply(_, .result(_, .attributeConfigs(let configs)), _) = try self.decoded(golden) else {
            Issue.record("no configurations")
            return
        }
        #expect(configs.count == golden.decoded["result"]?.elements.count)
    }

    @Test func trap03PaddingHasNoMeaning() throws {
        var random = SeededRandom(seed: 3)
        var changed = 0
        for golden in try Golden.allMessages() where golden.pieces.count == 1 && !golden.padding.isEmpty {
            var noisy = golden
            for index in golden.padding.joined() { noisy.pieces[0][index] = random.integer() }
            let version = try #require(try split(golden.pieces).first).header.version
            let same = difference(try self.decoded(noisy).encoded(version: version), try self.decoded(golden).encoded(version: version))
            #expect(same == nil, "\(golden.name)")
            changed += 1
        }
        #expect(changed > 400)
    }

    @Test func trap04TypeCodesHaveTheShapePyTangoNeeds() {
        let bytes = writing { CommandData.shortArray([-1, 2, 3]).encodeAny(to: &$0) }
        #expect(
            bytes.hexadecimal
                == "1500000054000000010000001f000000" + Array("IDL:Tango/DevVarShortArray:1.0\0".utf8).hexadecimal + "0011000000"
                + Array("DevVarShortArray\0".utf8).hexadecimal + "000000130000000c000000010000000200000000000000" + "03000000ffff02000300")
        #expect(writing { CommandData.short(5).encodeAny(to: &$0) }.hexadecimal == "020000000500")
        #expect(writing { CommandData.void.encodeAny(to: &$0) } == [0, 0, 0, 0])
    }

    @Test func trap05TheOldIdentityStaysAsItWasAndTheNewOneHasItsOwnArm() throws {
        #expect(writing { ClientIdentity.cpp(pid: 7).encode(to: &$0) } == [0, 0, 0, 0, 7, 0, 0, 0])
        let bytes = writing { ClientIdentity.cpp6(pid: 7, traceParent: "", traceState: "").encode(to: &$0) }
        #expect(bytes.hexadecimal == "020000000700000000000000" + "0100000000000000" + "0100000000")
    }

    @Test func trap05OperationsBeforeInterface4CarryNoIdentity() {
        for version in [1, 2, 3] {
            func read(_ identity: ClientIdentity?) -> [UInt8] {
                writing { DeviceCall.readAttributes(["a"], source: .device, identity: identity, version: version).encode(to: &$0) }
            }
            #expect(read(.cpp(pid: 7)) == read(nil))
        }
    }

    @Test func trap07BytesBehindTheLastValueAreRefused() {
        var random = SeededRandom(seed: 7)
        for operation in TangoWire.Operation.allCases {
            let call = random.call(operation)
            let arguments = writing { call.encode(to: &$0) } + [0]
            #expect(throws: CDRError.trailingBytes, "\(operation.name)") {
                try reading(arguments) { (reader) throws(CDRError) in _ = try DeviceCall(operation, &reader) }
            }
            let result = random.result(operation)
            let body = writing { result.encode(for: operation, to: &$0) } + [0]
            #expect(throws: CDRError.trailingBytes, "\(operation.name)") {
                try reading(body) { (reader) throws(CDRError) in _ = try DeviceResult(operation, &reader) }
            }
        }
    }

    @Test func trap08TheTypeOfAReferenceTellsTheInterface() {
        let versions = ["", "_2", "_3", "_4", "_5", "_6"].map {
            IOR(typeID: "IDL:Tango/Device\($0):1.0", profiles: []).deviceVersion
        }
        #expect(versions == [1, 2, 3, 4, 5, 6])
        #expect(IOR(typeID: "IDL:omg.org/CORBA/Object:1.0", profiles: []).deviceVersion == nil)
    }

    @Test func trap09RepliesComeInAnyOrder() throws {
        let vector = try #require(try Golden.vectors("protocol_probes").first { $0["name"]?.text == "cpp.pipelined_1" })
        var ids: [String: [UInt32]] = [:]
        for direction in ["client->server", "server->client"] {
            let pieces = try (vector["exchange"]?.elements ?? []).filter { $0["direction"]?.text == direction }
                .compactMap { try $0["bytes"]?.text?.unhexed() }
            ids[direction] = try split(pieces).map { message in
                switch try DecodedMessage(message, replyTo: nil) {
                case .request(let header, _, _): header.requestID
                case .reply(let header, _, _): header.requestID
                default: 0
                }
            }
        }
        #expect(ids == ["client->server": [10, 12], "server->client": [12, 10]])
    }

    @Test func trap10GarbageInWritesAndFailedReadsDoesNoHarm() throws {
        guard
            case .request(_, .writeAttributes(let written, _, _), _) = try self.decoded(
                self.golden("attributes", "cpp_cpp.write_short.request"))
        else {
            Issue.record("no write")
            return
        }
        #expect(written.map(\.readDimension) == [AttributeDimension(x: 251, y: 251)])
        #expect(written.map(\.writeDimension) == [.scalar] && written.map(\.data) == [.short([12])])
        let failed = try self.values("attributes", "cpp_cpp.read_err.reply")
        #expect(failed.count == 1 && failed.allSatisfy { $0.failure != nil && $0.data == .none && $0.quality == .invalid })
        let invalid = try self.values("attributes", "cpp_cpp.read_invalid.reply")
        #expect(invalid.count == 1 && invalid.allSatisfy { $0.failure == nil && $0.data == .none && $0.type != nil })
    }

    @Test func trap14EventDataIsAlignedBehindTheMagic() throws {
        let frame = try
            ("c0dec0de050000000200000000000000000016400000000000001240000000000000000005000000020c016b1a7f0b00"
            + "000000000800000073635f70757368000100000000000000010000000000000000000000").unhexed()
        let value = try reading(Array(frame[4...])) { (reader) throws(CDRError) in try AttributeValue(&reader, version: 5) }
        #expect(value.name == "sc_push" && value.data == .double([5.5, 4.5]) && value.setData == .double([4.5]))
        // Counted from the frame's start, as one might think, it is something else.
        let other = try? reading(frame, at: 4) { (reader) throws(CDRError) in try AttributeValue(&reader, version: 5) }
        #expect(other != value)
    }

    @Test func trap16AnUnknownObjectIsSaidExactly() {
        let header = ReplyHeader(version: .v1_2, requestID: 2, status: .systemException, contexts: [])
        let bytes = DecodedMessage.reply(header, .systemException(.objectNotExist), bodyOffset: 0).encoded(version: .v1_2)
        #expect(
            bytes.hexadecimal == "47494f50010201014000000002000000020000000000000027000000"
                + Array("IDL:omg.org/CORBA/OBJECT_NOT_EXIST:1.0\0".utf8).hexadecimal + "0001004d4f01000000")
    }

    @Test func trap22AHistoryHasItsDatesForwardsAndItsDataBackwards() throws {
        guard
            case .reply(_, .result(_, .attributeHistory(let history)), _) = try self.decoded(
                self.golden("attributes", "cpp_cpp.attribute_history_5_ro.reply"))
        else {
            Issue.record("no history")
            return
        }
        #expect(history.values.map(\.data) == [.long([242]), .long([243]), .long([244])])
        #expect(history.values.map(\.time) == history.values.map(\.time).sorted())
    }

    @Test func trap23NoSocketOfTheHostIsPublished() throws {
        let tags = IOR(typeID: "IDL:Tango/Device_5:1.0", host: "h", port: 1, objectKey: "k").iiopProfile?.components.map(\.tag)
        #expect(tags == [1])
        var foreign = IIOPProfile(version: .v1_2, host: "h", port: 1, objectKey: "k")
        foreign.components = [.init(tag: 0x4154_5402, data: [1, 2, 3])]
        let parsed = try IOR(parsing: IOR(typeID: "T", profiles: [.iiop(foreign)]).text)
        #expect(parsed.iiopProfile?.host == "h" && parsed.iiopProfile?.alternateAddresses.isEmpty == true)
    }

    @Test func trap24AWriteAttributeHasOneValueForBothSizes() throws {
        let values = try self.values("attributes", "cpp_cpp.read_double_scalar_w.reply")
        let value = try #require(values.first)
        #expect(value.readDimension == .scalar && value.writeDimension == .scalar && value.data == .double([0]))
        #expect(value.readData == .double([0]) && value.setData == .double([0]))
        // In a history clients take both sizes out of the data, and fail where there is only one value: it is sent twice.
        var history = AttributeHistory(name: value.name, values: [])
        for number in 1...3 {
            var record = value
            record.data = .double([Double(number)])
            history.values.append(record)
        }
        let bytes = writing { history.encode(to: &$0, version: 5) }
        let read = try reading(bytes) { (reader) throws(CDRError) in try AttributeHistory(&reader, version: 5) }
        #expect(read.values.map(\.readData) == history.values.map(\.data) && read.values.map(\.setData) == history.values.map(\.data))
    }

    @Test func trap25OldHistoryOperationsHaveTheirOwnStructures() throws {
        var random = SeededRandom(seed: 25)
        for operation in [TangoWire.Operation.readAttributeHistory2, .readAttributeHistory3, .commandInoutHistory2] {
            let result = random.result(operation)
            let bytes = writing { result.encode(for: operation, to: &$0) }
            #expect(try reading(bytes) { (reader) throws(CDRError) in try DeviceResult(operation, &reader) } == result)
        }
    }
}
