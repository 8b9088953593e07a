import TangoCore
import Testing

@testable import TangoWire

/// Recorded object references, TypeCodes and event payloads.
@Suite struct GoldenReferenceTests {
    @Test func everyRecordedReferenceHasItsFieldsAndIsWrittenTheSame() throws {
        let vectors = try Golden.vectors("ior")
        try #require(vectors.count == 4)
        for vector in vectors {
            let text = try #require(vector["ior"]?.text)
            let reference = try IOR(parsing: text)
            #expect(
                vector["decoded"]
                    == .members(
                        ("little_endian", .boolean(true)), ("type_id", .string(reference.typeID)), ("profiles", self.profiles(reference))))
            // Padding is random in what peers send; ours is zero, so compare by value and once more after a trip.
            #expect(try IOR(parsing: reference.text) == reference)
            #expect(reference.text.count == text.count)
            #expect(reference.deviceVersion == (reference.typeID.contains("Device_6") ? 6 : 5))
        }
    }

    private func profiles(_ reference: IOR) -> JSON {
        .list(reference.profiles) { profile in
            switch profile {
            case .other(let tag, let data): .members(("tag", .whole(tag)), ("data_hex", .string(data.hexadecimal)))
            case .iiop(let profile):
                .members(
                    ("tag", .integer(0)), ("iiop_version", .string("1.\(profile.version.rawValue)")), ("host", .string(profile.host)),
                    ("port", .whole(profile.port)), ("object_key_hex", .string(profile.objectKey.latin1Bytes.hexadecimal)),
                    (
                        "components",
                        .list(profile.components) {
                            .members(("tag", .string("0x" + String($0.tag, radix: 16))), ("data_hex", .string($0.data.hexadecimal)))
                        }
                    ))
            }
        }
    }

    @Test func everyRecordedTypeCodeIsOursToTheByte() throws {
        let vectors = try Golden.vectors("typecodes")
        try #require(vectors.count == 27)
        var random = SeededRandom(seed: 1)
        let types = DataType.allCases.filter { ![.int, .pipeBlob, .enum, .constString].contains($0) }
        for vector in vectors {
            let name = try #require(vector["name"]?.text)
            let bytes = try #require(vector["typecode_le"]?.text).unhexed()
            let type = try reading(bytes) { (reader) throws(CDRError) in
                let type = try TypeShape(&reader).dataType()
                guard reader.remaining == 0 else { throw .trailingBytes }
                return type
            }
            #expect(random.commandData(type).typeText == name)
            #expect(types.filter { random.commandData($0).typeText == name } == [type])
            let ours = writing { TypeCodes.encode(type, to: &$0) }
            let different = difference(ours, bytes)
            #expect(different == nil, "\(name)")
        }
    }

    @Test(arguments: [("zmq_cpp_server", 24), ("zmq_py_server", 18)])
    func everyRecordedEventPayloadDecodesAndIsWrittenTheSame(_ file: String, _ expectedCount: Int) throws {
        let events = try Golden.vectors(file).filter { $0["transport"]?.text == "zmq" }
        #expect(events.count == expectedCount)
        var kinds: Set<String> = []
        for event in events {
            guard let kind = event["decoded"]?["data_type"]?.text, let base = event["decoded"]?["data_offset"]?.integer else { continue }
            let name = event["name"]?.text ?? ""
            let frame = try #require(event["frames"]?.elements.last?.text).unhexed()
            let data = try #require(event["decoded"]?["data"])
            var payload = Array(frame[base...])
            let (shape, encoded) = try self.event(kind, payload)
            #expect(shape == data, "\(name)")
            for range in event["data_padding"]?.elements ?? [] {
                let bounds = range.elements.compactMap(\.integer)
                for index in bounds[0]..<(bounds[0] + bounds[1]) { payload[index - base] = 0 }
            }
            let different = difference(encoded, payload)
            #expect(different == nil, "\(name)")
            kinds.insert(kind)
        }
        #expect(kinds.isSuperset(of: ["AttributeValue_5", "AttributeConfig_5", "DevErrorList", "DevIntrChange", "AttDataReady"]))
    }

    /// The payload in the shape of the recording, and encoded again.
    private func event(_ kind: String, _ bytes: [UInt8]) throws -> (JSON, [UInt8]) {
        func all<T>(_ body: (inout CDRReader) throws(CDRError) -> T) throws -> T {
            try reading(bytes) { (reader) throws(CDRError) in
                let value = try body(&reader)
                guard reader.remaining == 0 else { throw .trailingBytes }
                return value
            }
        }
        switch kind {
        case "AttributeValue_4", "AttributeValue_5":
            let version = kind == "AttributeValue_5" ? 5 : 4
            let value = try all { (reader) throws(CDRError) in try AttributeValue(&reader, version: version) }
            return (value.shape(version: version), writing { value.encode(to: &$0, version: version) })
        case "AttributeConfig_3", "AttributeConfig_5":
            let version = kind == "AttributeConfig_5" ? 5 : 3
            let config = try all { (reader) throws(CDRError) in try AttributeConfig(&reader, version: version) }
            return (config.shape(version: version), writing { config.encode(to: &$0, version: version) })
        case "DevPipeData":
            let pipe = try all { (reader) throws(CDRError) in try PipeValue(&reader) }
            return (pipe.shape, writing { pipe.encode(to: &$0) })
        case "DevErrorList":
            let errors = try all { (reader) throws(CDRError) in try DevError.decodeList(&reader) }
            return (.list(errors, \.shape), writing { DevError.encodeList(errors, to: &$0) })
        case "AttDataReady":
            let (name, type, counter) = try all { (reader) throws(CDRError) in
                (try reader.string(), try reader.int32(), try reader.int32())
            }
            let encoded = writing { writer in
                writer.string(name)
                writer.int32(type)
                writer.int32(counter)
            }
            return (.members(("name", .string(name)), ("data_type", .whole(type)), ("ctr", .whole(counter))), encoded)
        default:
            try #require(kind == "DevIntrChange")
            let (started, commands, configs) = try all { (reader) throws(CDRError) in
                let started = try reader.boolean()
                let commands = try reader.sequence(minimumSize: 27) { (reader) throws(CDRError) in try CommandInfo(&reader, version: 2) }
                return (started, commands, try AttributeConfig.decodeList(&reader, version: 5))
            }
            let encoded = writing { writer in
                writer.boolean(started)
                writer.sequence(commands) { $0.encode(to: &$1, version: 2) }
                AttributeConfig.encodeList(configs, to: &writer, version: 5)
            }
            let shape = JSON.members(
                ("dev_started", .boolean(started)), ("cmds", .list(commands) { $0.shape(version: 2) }),
                ("atts", .list(configs) { $0.shape(version: 5) }))
            return (shape, encoded)
        }
    }
}
