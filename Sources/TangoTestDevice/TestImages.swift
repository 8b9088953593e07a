import TangoCore
import TangoServer

/// The image attributes.
enum TestImages {
    /// Greatest width and height of `ushort_image_ro`.
    static let largestSide = 8192

    static let all: [TestAttribute] = [
        Self.kept("boolean_image", false),
        Self.noise("boolean_image_ro", Bool.self, below: 2, properties: [.label: "boolean_image"]),
        Self.kept("double_image", Double(0)),
        Self.spot("double_image_ro", Double.self),
        Self.kept("float_image", Float(0)),
        Self.spot("float_image_ro", Float.self, properties: Self.levels("A float image attribute", label: "float_image")),
        Self.spot("long64_image_ro", Int64.self),
        Self.longImage,
        Self.spot("long_image_ro", Int32.self),
        Self.kept("short_image", Int16(0)),
        Self.spot("short_image_ro", Int16.self),
        Self.kept("string_image", "", limit: 256),
        .generated(Self.definition("string_image_ro", .string, limit: 256)) { round in .image(round.imageTexts()) },
        Self.kept("uchar_image", UInt8(0)),
        Self.noise("uchar_image_ro", UInt8.self, properties: Self.levels("An unsigned char image attribute", label: "uchar_image")),
        Self.spot("ulong64_image_ro", UInt64.self),
        Self.spot("ulong_image_ro", UInt32.self),
        Self.kept("ushort_image", UInt16(0)),
        Self.ushortImage,
        .generated(Self.definition("enum_image_ro", .enum, labels: TestAttribute.labels(from: 12))) { round in
            let dimension = round.enumImageDimension
            return AttributeReading(.short(round.noise(Int16.self, count: dimension.elementCount, below: 2)), dimension: dimension)
        },
        Self.enumeration,
    ]

    private static func definition(
        _ name: String, _ type: DataType, access: AttributeWriteType = .read, limit: Int = TestAttribute.imageSide,
        labels: [String] = [], properties: AttributeDefaults = AttributeDefaults()
    ) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: type, format: .image, access: access, maxDimX: Int32(limit), maxDimY: Int32(limit), enumLabels: labels,
            properties: properties)
    }

    private static func levels(_ description: String, label: String? = nil) -> AttributeDefaults {
        [.description: description, .label: label, .minValue: "0", .maxValue: "255"]
    }

    /// Reads random numbers.
    private static func noise<T: TestValue>(
        _ name: String, _ type: T.Type, below limit: Int = 256, properties: AttributeDefaults = AttributeDefaults()
    ) -> TestAttribute {
        .generated(Self.definition(name, T.tangoType, properties: properties)) { round in
            .image(round.noise(type, count: TestAttribute.imageDimension.elementCount, below: limit))
        }
    }

    /// Reads a round spot.
    private static func spot<T: TestValue>(
        _ name: String, _ type: T.Type, properties: AttributeDefaults = AttributeDefaults()
    ) -> TestAttribute {
        .generated(Self.definition(name, T.tangoType, properties: properties)) { round in .image(round.spot(type)) }
    }

    /// Reads what was written.
    private static func kept<T: TangoScalar>(_ name: String, _ blank: T, limit: Int = TestAttribute.imageSide) -> TestAttribute {
        .kept(
            Self.definition(name, T.tangoType, access: .readWrite, limit: limit), initial: { Self.blank(blank) }, keep: Self.asWritten)
    }

    /// Reads random numbers, in a size that the device chooses.
    private static let ushortImage = TestAttribute.generated(
        Self.definition("ushort_image_ro", .ushort, limit: Self.largestSide, properties: Self.levels("An unsigned short image attribute"))
    ) { round in
        let side = round.ushortImageSide
        return AttributeReading(
            .ushort(round.noise(UInt16.self, count: side * side, below: 256)), dimension: AttributeDimension(x: Int32(side), y: Int32(side))
        )
    }

    /// Reads an image of full size: first what was written, then zeros.
    private static let longImage = TestAttribute.kept(
        Self.definition("long_image", .long, access: .readWrite), initial: { Self.blank(Int32(0)) },
        keep: { written in
            let size = TestAttribute.imageDimension.elementCount
            let values = (Int32.values(of: written.data) ?? []).prefix(size)
            return .image(Array(values) + Array(repeating: 0, count: size - values.count))
        })

    /// Sets the dimension of `enum_image_ro`.
    private static let enumeration = TestAttribute.kept(
        Self.definition("enum_image", .enum, access: .readWrite, labels: TestAttribute.labels(from: 15)),
        initial: { Self.blank(Int16(0)) }, keep: Self.asWritten,
        written: { device, reading in
            device.round.enumImageDimension = reading.dimension
            if let slot = TangoTestClass.slot(of: "enum_image_ro") { device.store(nil, in: slot) }
        })

    private static func blank<T: TangoScalar>(_ value: T) -> AttributeReading {
        .image(Array(repeating: value, count: TestAttribute.imageDimension.elementCount))
    }

    @Sendable private static func asWritten(_ written: AttributeWrite) -> AttributeReading {
        AttributeReading(written.data, dimension: written.dimension)
    }
}
