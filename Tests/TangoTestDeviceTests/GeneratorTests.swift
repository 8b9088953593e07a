import TangoCore
import TangoServer
import Testing

@testable import TangoTestDevice

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct GeneratorTests {
    @Test func valuesStayDuringARoundAndChangeInTheNext() async throws {
        let bench = try await Bench()
        for name in ["long_spectrum_ro", "string_spectrum_ro", "uchar_image_ro", "string_image_ro", "wave"] {
            let first = try bench.read(name)?.data
            #expect(try bench.read(name)?.data == first, "\(name)")
            bench.device.beginRound()
            #expect(try bench.read(name)?.data != first, "\(name)")
        }
    }

    @Test func doubleScalarIsASineOfOneDegreePerRound() async throws {
        let bench = try await Bench()
        #expect(try bench.values("double_scalar", Double.self) == [0])
        for _ in 0..<30 { bench.device.beginRound() }
        let expected = 256 * sin(3.14159 / 180 * 30)
        #expect(try bench.values("double_scalar", Double.self) == [expected])
        #expect(try bench.values("double_scalar_rww", Double.self) == [expected])
        for _ in 0..<360 { bench.device.beginRound() }
        #expect(try bench.values("double_scalar", Double.self) == [expected])
    }

    @Test func aWrittenAmplitudeShowsInTheNextRound() async throws {
        let bench = try await Bench()
        bench.device.beginRound()
        let before = try bench.values("double_scalar", Double.self)
        try bench.write("double_scalar", .double([10]), .scalar)
        try bench.write("double_scalar_w", .double([20]), .scalar)
        #expect(try bench.values("double_scalar", Double.self) == before)
        // Not even an attribute first read after the write has the new value in the old round.
        #expect(try bench.values("double_scalar_rww", Double.self) == before)
        bench.device.beginRound()
        let sine = sin(3.14159 / 180 * 2)
        #expect(try bench.values("double_scalar", Double.self) == [10 * sine])
        #expect(try bench.values("double_scalar_rww", Double.self) == [20 * sine])
    }

    @Test func waveFollowsAmplitudeFrequencyAndRound() async throws {
        let bench = try await Bench()
        let degree = 3.14159 / 180
        let first = try bench.values("wave", Double.self)
        #expect(first.count == 256)
        #expect(abs(first[255] - sin(10 * degree * 255)) < 1e-12)
        try bench.write("ampli", .double([3]), .scalar)
        try bench.write("freq", .double([2]), .scalar)
        #expect(try bench.values("wave", Double.self) == first)
        bench.device.beginRound()
        let second = try bench.values("wave", Double.self)
        #expect(abs(second[7] - 3 * sin(2 * degree * 8)) < 1e-12)
    }

    @Test(arguments: [
        ("short_scalar", "short_scalar", AttributeData.short([3])), ("short_scalar", "short_scalar_ro", .short([3])),
        ("short_scalar_w", "short_scalar_rww", .short([3])), ("long_scalar", "long_scalar", .long([3])),
        ("long_scalar", "long64_scalar", .long([3])), ("long_scalar_w", "long_scalar_rww", .long([3])),
        ("ulong_scalar", "ulong_scalar", .ulong([3])), ("ulong_scalar", "ulong64_scalar", .ulong([3])),
        ("ushort_scalar", "ushort_scalar", .ushort([3])), ("uchar_scalar", "uchar_scalar", .uchar([3])),
        ("float_scalar", "float_scalar", .float([3])),
    ])
    func randomScalarsAreBelowTheNumberWritten(written: String, read: String, limit: AttributeData) async throws {
        let bench = try await Bench()
        try bench.write(written, limit, .scalar)
        var seen: Set<Double> = []
        for _ in 0..<200 {
            bench.device.beginRound()
            let reading = try #require(try bench.read(read))
            #expect(reading.dimension == .scalar)
            #expect(reading.data.elementType == (try Bench.attribute(read).type))
            seen.insert(try #require(reading.data.firstNumber))
        }
        #expect(seen == [0, 1, 2])
    }

    @Test func numbersOfOneOrLessGiveZero() async throws {
        let bench = try await Bench()
        try bench.write("short_scalar", .short([-5]), .scalar)
        try bench.write("long_scalar", .long([1]), .scalar)
        for _ in 0..<20 {
            bench.device.beginRound()
            #expect(try bench.values("short_scalar", Int16.self) == [0])
            #expect(try bench.values("long64_scalar", Int64.self) == [0])
            #expect(try bench.values("uchar_scalar", UInt8.self) == [0])
        }
        // The server may allow NaN, and allows numbers of any size.
        for value in [Float.nan, .infinity, .greatestFiniteMagnitude] {
            try bench.write("float_scalar", .float([value]), .scalar)
            bench.device.beginRound()
            #expect(try bench.values("float_scalar", Float.self).count == 1)
        }
    }

    @Test func unwrittenShortScalarIsBelow256() async throws {
        let bench = try await Bench()
        var largest: Int16 = 0
        for _ in 0..<500 {
            bench.device.beginRound()
            largest = max(largest, try bench.values("short_scalar", Int16.self).first ?? 0)
        }
        #expect((3..<256).contains(largest))
    }

    @Test func spectraAreFullOfRandomValues() async throws {
        let bench = try await Bench()
        let numbers = try bench.values("double_spectrum_ro", Double.self)
        #expect(numbers.count == 256)
        #expect(numbers.allSatisfy { (0..<256).contains($0) && $0 == $0.rounded() })
        #expect(Set(numbers).count > 20)
        #expect(Set(try bench.values("boolean_spectrum_ro", Bool.self)).count == 2)
        #expect(Set(try bench.values("enum_spectrum_ro", Int16.self)) == [0, 1])
        let texts = try bench.values("string_spectrum_ro", String.self)
        #expect(texts.count == 256)
        #expect(texts[7].wholeMatch(of: /\[07\]::hello-world-\d{4}/) != nil)
        #expect(texts[255].wholeMatch(of: /\[255\]::hello-world-\d{4}/) != nil)
    }

    @Test func imagesHaveASpotInTheMiddle() async throws {
        let bench = try await Bench()
        let values = try bench.values("double_image_ro", Double.self)
        #expect(values.count == 251 * 251)
        let radius = values[125 * 251 + 125]
        #expect((25.0...37.7).contains(radius))
        #expect(values.max() == radius)
        #expect(abs(values[125 * 251 + 128] - (radius - 3)) < 1e-9)
        #expect(abs(values[(125 - 4) * 251 + 122] - (radius - 5)) < 1e-9)
        #expect(values[0] == 0 && values[125 * 251 + 125 + 38] == 0 && !values.contains { $0 < 0 })
        // All numeric images of a round show the same spot.
        #expect(try bench.values("ulong64_image_ro", UInt64.self) == values.map { UInt64($0) })
        #expect(try bench.values("float_image_ro", Float.self) == values.map { Float($0) })
    }

    @Test func otherImagesAreFullOfRandomValues() async throws {
        let bench = try await Bench(properties: ["UShort_image_ro_size": ["17"]])
        #expect(Set(try bench.values("uchar_image_ro", UInt8.self)).count == 256)
        #expect(try bench.read("uchar_image_ro")?.dimension == AttributeDimension(x: 251, y: 251))
        #expect(try bench.read("ushort_image_ro")?.dimension == AttributeDimension(x: 17, y: 17))
        #expect(try bench.values("ushort_image_ro", UInt16.self).count == 289)
        let texts = try bench.values("string_image_ro", String.self)
        #expect(texts.count == 251 * 251)
        #expect(texts[3 * 251 + 250].wholeMatch(of: /\[250\]\[03\]::hello world::\d{4}/) != nil)
    }

    @Test func unusableImageSizesAreBroughtIntoRange() async throws {
        let small = try await Bench(properties: ["UShort_image_ro_size": ["-3"]])
        #expect(try small.read("ushort_image_ro")?.dimension == AttributeDimension(x: 1, y: 1))
        let text = try await Bench(properties: ["UShort_image_ro_size": ["wide"]])
        #expect(try text.read("ushort_image_ro")?.dimension == AttributeDimension(x: 251, y: 251))
        #expect(try await Bench(properties: ["UShort_image_ro_size": ["100000"]]).device.round.ushortImageSide == 8192)
    }

    @Test func everyReadableAttributeAnswersItsOwnType() async throws {
        let bench = try await Bench()
        for attribute in TangoTestClass.deviceClass.attributes
        where attribute.reader != nil && !["no_value", "throw_exception"].contains(attribute.name) {
            let reading = try #require(try bench.read(attribute.name))
            #expect(reading.data.elementType == (attribute.type == .enum ? .short : attribute.type), "\(attribute.name)")
            #expect(reading.data.count == reading.dimension.elementCount, "\(attribute.name)")
            #expect(reading.dimension.x <= attribute.maxDimX && reading.dimension.y <= attribute.maxDimY, "\(attribute.name)")
        }
    }
}

extension AttributeData {
    fileprivate var firstNumber: Double? {
        switch self {
        case .short(let values): values.first?.level
        case .long(let values): values.first?.level
        case .long64(let values): values.first?.level
        case .uchar(let values): values.first?.level
        case .ushort(let values): values.first?.level
        case .ulong(let values): values.first?.level
        case .ulong64(let values): values.first?.level
        case .float(let values): values.first?.level
        default: nil
        }
    }
}
