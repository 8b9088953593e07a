import TangoCore
import TangoServer

/// The spectrum attributes.
enum TestSpectra {
    static let all: [TestAttribute] = [
        Self.kept("boolean_spectrum", false),
        Self.noise("boolean_spectrum_ro", Bool.self, below: 2),
        Self.kept("double_spectrum", Double(0)),
        Self.noise("double_spectrum_ro", Double.self),
        Self.kept("float_spectrum", Float(0), properties: [.description: "A float spectrum attribute"]),
        Self.noise("float_spectrum_ro", Float.self),
        Self.noise("long64_spectrum_ro", Int64.self),
        Self.kept("long_spectrum", Int32(0)),
        Self.noise("long_spectrum_ro", Int32.self),
        Self.kept("short_spectrum", Int16(0)),
        Self.noise("short_spectrum_ro", Int16.self),
        Self.kept("string_spectrum", "", limit: 256),
        .generated(Self.definition("string_spectrum_ro", .string, limit: 256)) { round in .spectrum(round.spectrumTexts()) },
        Self.kept(
            "uchar_spectrum", UInt8(0),
            properties: [.description: "An unsigned char spectrum attribute", .minValue: "0", .maxValue: "255"]),
        Self.noise("uchar_spectrum_ro", UInt8.self),
        Self.noise("ulong64_spectrum_ro", UInt64.self),
        Self.noise("ulong_spectrum_ro", UInt32.self),
        Self.kept("ushort_spectrum", UInt16(0), properties: [.description: "An unsigned short spectrum attribute"]),
        Self.noise("ushort_spectrum_ro", UInt16.self),
        .generated(Self.definition("wave", .double)) { round in .spectrum(round.wave()) },
        Self.enumeration,
        .generated(Self.definition("enum_spectrum_ro", .enum, labels: TestAttribute.labels(from: 9))) { round in
            .spectrum(round.noise(Int16.self, count: round.enumSpectrumLength, below: 2))
        },
    ]

    private static func definition(
        _ name: String, _ type: DataType, access: AttributeWriteType = .read, limit: Int32 = TestAttribute.spectrumLimit,
        labels: [String] = [], properties: AttributeDefaults = AttributeDefaults()
    ) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: type, format: .spectrum, access: access, maxDimX: limit, enumLabels: labels, properties: properties)
    }

    /// Reads random numbers.
    private static func noise<T: TestValue>(_ name: String, _ type: T.Type, below limit: Int = 256) -> TestAttribute {
        .generated(Self.definition(name, T.tangoType)) { round in
            .spectrum(round.noise(type, count: TestAttribute.spectrumLength, below: limit))
        }
    }

    /// Reads what was written.
    private static func kept<T: TangoScalar>(
        _ name: String, _ blank: T, limit: Int32 = TestAttribute.spectrumLimit, properties: AttributeDefaults = AttributeDefaults()
    ) -> TestAttribute {
        .kept(
            Self.definition(name, T.tangoType, access: .readWrite, limit: limit, properties: properties),
            initial: { Self.blank(blank) }, keep: Self.firstElements)
    }

    /// Sets the length of `enum_spectrum_ro`.
    private static let enumeration = TestAttribute.kept(
        Self.definition("enum_spectrum", .enum, access: .readWrite, labels: TestAttribute.labels(from: 6)),
        initial: { Self.blank(Int16(0)) }, keep: Self.firstElements,
        written: { device, reading in
            device.round.enumSpectrumLength = reading.data.count
            if let slot = TangoTestClass.slot(of: "enum_spectrum_ro") { device.store(nil, in: slot) }
        })

    private static func blank<T: TangoScalar>(_ value: T) -> AttributeReading {
        .spectrum(Array(repeating: value, count: TestAttribute.spectrumLength))
    }

    @Sendable private static func firstElements(_ written: AttributeWrite) -> AttributeReading {
        AttributeReading(written.data.slice(0..<TestAttribute.spectrumLength))
    }
}
