import HTTPTypes
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

/// Values cross between Tango and JSON, both ways, without loss.
@Suite struct RoundTripTests {
    /// A generator whose numbers are the same in each run.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func integers<Number: FixedWidthInteger>(_ count: Int, _ random: inout Random) -> [Number] {
        let extremes: [Number] = [.min, .max, 0, 1, .max - 1, .min + 1]
        return (0..<count).map { _ in
            Bool.random(using: &random) ? extremes.randomElement(using: &random) ?? 0 : Number.random(in: .min ... .max, using: &random)
        }
    }

    private static func doubles(_ count: Int, _ random: inout Random) -> [Double] {
        let extremes: [Double] = [
            .nan, .infinity, -.infinity, 0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, 0.1, 1e300,
            9_007_199_254_740_993,
        ]
        return (0..<count).map { _ in
            Bool.random(using: &random) ? extremes.randomElement(using: &random) ?? 0 : Double(bitPattern: random.next())
        }
    }

    private static func floats(_ count: Int, _ random: inout Random) -> [Float] {
        let extremes: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 3.14, 16_777_217]
        return (0..<count).map { _ in
            Bool.random(using: &random)
                ? extremes.randomElement(using: &random) ?? 0 : Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
        }
    }

    /// Texts as the web writes them.
    private static func texts(_ count: Int, _ random: inout Random) -> [String] {
        let pieces = [
            "", "a", "\"", "\\", "\n", "\u{1}", "é", "ÿ", "Ã©", "â\u{82}¬", "€", "𝄞", "e\u{301}", "Â\u{A0}", " ", "/", "\u{7F}", "\u{2028}",
        ]
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
    }

    private static func data(_ type: DataType, _ count: Int, _ random: inout Random) -> AttributeData {
        switch type {
        case .boolean: return .boolean((0..<count).map { _ in Bool.random(using: &random) })
        case .short: return .short(Self.integers(count, &random))
        case .enum: return .short((0..<count).map { _ in Int16.random(in: 0..<3, using: &random) })
        case .long: return .long(Self.integers(count, &random))
        case .long64: return .long64(Self.integers(count, &random))
        case .uchar: return .uchar(Self.integers(count, &random))
        case .ushort: return .ushort(Self.integers(count, &random))
        case .ulong: return .ulong(Self.integers(count, &random))
        case .ulong64: return .ulong64(Self.integers(count, &random))
        case .float: return .float(Self.floats(count, &random))
        case .double: return .double(Self.doubles(count, &random))
        case .string: return .string(Self.texts(count, &random))
        case .state: return .state((0..<count).map { _ in DevState.allCases.randomElement(using: &random) ?? .on })
        case .encoded:
            return .encoded(
                Self.texts(count, &random).map { format in
                    DevEncoded(format: format, data: Self.integers(Int.random(in: 0...9, using: &random), &random))
                })
        default: return .none
        }
    }

    /// NaN is equal to itself here.
    private static func areEqual(_ left: AttributeData, _ right: AttributeData) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern }
        case (.float(let left), .float(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern }
        default: left == right
        }
    }

    /// Devices refuse other numbers.
    private static func finite(_ data: AttributeData) -> AttributeData {
        switch data {
        case .double(let values): .double(values.map { $0.isFinite ? $0 : 1 })
        case .float(let values): .float(values.map { $0.isFinite ? $0 : -1 })
        default: data
        }
    }

    private static func config(_ type: DataType, _ format: AttributeFormat) -> AttributeConfig {
        AttributeConfig(
            name: "a", writable: .readWrite, format: format, typeNumber: type.rawValue, enumLabels: type == .enum ? EchoDevice.labels : [])
    }

    @Test(arguments: EchoDevice.types.map(\.type), [AttributeFormat.scalar, .spectrum, .image])
    func whatIsReadCanBeWrittenBack(type: DataType, format: AttributeFormat) throws {
        var random = Random(state: UInt64(type.rawValue) << 8 | UInt64(format.rawValue))
        let config = Self.config(type, format)
        for round in 0..<300 {
            let (width, height) = (Int32.random(in: 1...5, using: &random), Int32.random(in: 1...4, using: &random))
            var dimension = AttributeDimension.scalar
            if format == .spectrum { dimension = AttributeDimension(x: width) }
            if format == .image { dimension = AttributeDimension(x: width, y: height) }
            // Every tenth is empty.
            if format != .scalar, round % 10 == 0 { dimension = .zero }
            let data = Self.data(type, format == .scalar ? 1 : dimension.elementCount, &random)
            let value = AttributeValue(name: "a", data: data, format: format, type: type, time: .zero, readDimension: dimension)
            let text = value.json(config: config).text
            let written = try AttributeWrite(try JSONValue(parsing: text), for: config)
            #expect(Self.areEqual(written.data, data), "\(text)")
            #expect(written.dimension == dimension || format != .image, "\(text)")
            // The same in an element of a pipe, which has no labels.
            if format == .spectrum, type != .enum {
                let blob = PipeBlob(name: "p", elements: [PipeElement(name: "e", content: .value(data, isArray: true))])
                guard case .array(let elements) = blob.json, case .array(let values)? = elements.first?.object?["value"] else {
                    Issue.record("no list")
                    continue
                }
                let parsed = try JSONValue(parsing: JSONValue.array(values).text).array ?? []
                #expect(Self.areEqual(try ValueReader(type: type).elements(parsed), data))
            }
        }
    }

    @Test func valuesOfEveryTypeCrossTheWholeWay() async throws {
        try await LiveSystem.run { system in
            var random = Random(state: 99)
            for (name, type) in EchoDevice.types {
                for (format, suffix) in [(AttributeFormat.scalar, "scalar"), (.spectrum, "spectrum"), (.image, "image")]
                where type != .encoded || format == .scalar {
                    let dimension =
                        format == .scalar
                        ? AttributeDimension.scalar : format == .spectrum ? AttributeDimension(x: 6) : AttributeDimension(x: 3, y: 2)
                    for isEmpty in format == .scalar ? [false] : [false, true] {
                        let data = Self.finite(Self.data(type, isEmpty ? 0 : format == .scalar ? 1 : 6, &random))
                        let value = AttributeValue(
                            name: "a", data: data, format: format, type: type, time: .zero, readDimension: isEmpty ? .zero : dimension)
                        let text = value.json(config: Self.config(type, format)).text
                        let path = "test/echo/1/attributes/\(name)_\(suffix)/value"
                        let written = await system.send(.put, path, text)
                        #expect(written.status == 200 && written.json.object?["value"]?.text == text, "\(path) \(text) \(written.text)")
                        let read = await system.send(.get, path)
                        #expect(read.json.object?["value"]?.text == text)
                        let tango = try await system.client.device("test/echo/1").readAttribute("\(name)_\(suffix)")
                        #expect(Self.areEqual(tango.readData, data), "\(path) \(text)")
                        let plain = await system.send(.get, path, headers: [.accept: "text/plain"])
                        #expect(plain.text == text)
                    }
                }
            }
            let invalid = await system.send(.get, "test/echo/1/attributes/Invalid/value")
            #expect(invalid.status == 200 && invalid.json.object?["value"] == .null && invalid.json.object?["quality"] == "ATTR_INVALID")
        }
    }

    @Test func largeImagesAreSerializedCompletely() async throws {
        try await LiveSystem.run { system in
            let path = "test/echo/1/attributes/long_image/value"
            let numbers = (0..<60_000).map { Int32($0) &* 70_001 }
            let write = AttributeWrite(name: "long_image", data: .long(numbers), dimension: AttributeDimension(x: 300, y: 200))
            try await system.client.device("test/echo/1").writeAttribute(write)
            let expected = numbers.map(String.init)
            func data(_ value: JSONValue?) -> [String] {
                value?.object?["data"]?.array?.map { if case .number(let text) = $0 { text } else { "" } } ?? []
            }
            let entity = await system.send(.get, path)
            #expect(entity.status == 200 && entity.headers[.eTag] != nil)
            #expect(data(entity.json.object?["value"]) == expected)
            #expect(data((await system.send(.get, path, headers: [.accept: "text/plain"])).json) == expected)
            let several = await system.send(.get, "test/echo/1/attributes/value?attr=long_image&attr=long_scalar")
            #expect(several.items.count == 2 && data(several.items.first?["value"]) == expected)
        }
    }

    @Test func argumentsAndResultsOfEveryTypeCrossTheWholeWay() async throws {
        try await LiveSystem.run { system in
            for (command, texts) in [
                ("DevBoolean", ["true", "false"]), ("DevShort", ["-32768", "32767"]), ("DevLong", ["-2147483648", "2147483647"]),
                ("DevLong64", ["-9223372036854775808", "9223372036854775807"]), ("DevUShort", ["65535"]), ("DevULong", ["4294967295"]),
                ("DevULong64", ["18446744073709551615"]), ("DevFloat", ["3.14", "\"NaN\"", "\"-Infinity\"", "1e-45", "3.4028235e38"]),
                ("DevDouble", ["3.14", "-0.0", "5e-324", "\"Infinity\"", "1.7976931348623157e308"]),
                ("DevString", ["\"Hello World!!!\"", "\"\"", "\"ü €\"", #""a\"b\\c\n""#]),
                ("DevVarCharArray", ["[0,255]", "[]"]), ("DevVarShortArray", ["[-32768,32767]"]), ("DevVarLongArray", ["[1,-1]", "[]"]),
                ("DevVarLong64Array", ["[9223372036854775807]"]), ("DevVarUShortArray", ["[65535]"]),
                ("DevVarULongArray", ["[4294967295]"]),
                ("DevVarULong64Array", ["[18446744073709551615]"]), ("DevVarFloatArray", ["[3.14,\"NaN\"]"]),
                ("DevVarDoubleArray", ["[1.5,\"Infinity\"]", "[]"]), ("DevVarStringArray", ["[\"a\",\"\",\"ü\"]", "[]"]),
                ("DevVarLongStringArray", [#"{"lvalue":[1,-2],"svalue":["a","ü"]}"#, #"{"lvalue":[],"svalue":[]}"#]),
                ("DevVarDoubleStringArray", [#"{"dvalue":[1.5,"NaN"],"svalue":["a"]}"#]),
            ] {
                for text in texts {
                    let reply = await system.send(.put, "sys/tg_test/1/commands/\(command)", text)
                    #expect(reply.status == 200, "\(command) \(text) \(reply.text)")
                    #expect(reply.json.object?["output"]?.text == text && reply.json.object?["input"]?.text == text, "\(command) \(text)")
                }
            }
            let void = await system.send(.put, "sys/tg_test/1/commands/DevVoid")
            #expect(void.status == 200 && void.json.object?.members.map(\.name) == ["host", "device", "name"])
        }
    }
}
