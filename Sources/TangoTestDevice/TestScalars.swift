import TangoCore
import TangoServer

/// The scalar attributes.
enum TestScalars {
    /// The attributes of all releases.
    static let generated: [TestAttribute] = [
        Self.written("ampli", Double.self, .ampli),
        Self.kept("boolean_scalar", true, description: "A boolean scalar attribute"),
        Self.sine("double_scalar", .doubleScalar),
        Self.sine("double_scalar_rww", .doubleScalarW, shows: "double_scalar_w"),
        Self.written("double_scalar_w", Double.self, .doubleScalarW),
        Self.random("float_scalar", Float.self, below: .floatScalar, sets: .floatScalar, description: "A float attribute"),
        Self.random("long64_scalar", Int64.self, below: .longScalar),
        Self.random("long_scalar", Int32.self, below: .longScalar, sets: .longScalar),
        Self.random("long_scalar_rww", Int32.self, below: .longScalarW, shows: "long_scalar_w"),
        Self.written("long_scalar_w", Int32.self, .longScalarW),
        Self.noValue,
        Self.random("short_scalar", Int16.self, below: .shortScalar, sets: .shortScalar),
        Self.random("short_scalar_ro", Int16.self, below: .shortScalar, access: .read),
        Self.random("short_scalar_rww", Int16.self, below: .shortScalarW, shows: "short_scalar_w"),
        Self.written("short_scalar_w", Int16.self, .shortScalarW),
        Self.kept("string_scalar", "Default string"),
        Self.throwException,
        Self.random("uchar_scalar", UInt8.self, below: .ucharScalar, sets: .ucharScalar),
        Self.random("ulong64_scalar", UInt64.self, below: .ulongScalar),
        Self.random("ushort_scalar", UInt16.self, below: .ushortScalar, sets: .ushortScalar),
        Self.random("ulong_scalar", UInt32.self, below: .ulongScalar, sets: .ulongScalar),
    ]

    /// The attributes of release 10.
    static let added: [TestAttribute] = [
        Self.kept("enum_scalar", Int16(0), labels: TestAttribute.labels(from: 0)),
        Self.written("freq", Double.self, .freq),
        .generated(AttributeDefinition(name: "enum_scalar_ro", type: .enum, enumLabels: TestAttribute.labels(from: 3))) { round in
            .scalar(Int16(round.random.number(below: 2)))
        },
    ]

    /// The attributes that client tests of later releases need.
    static let late: [TestAttribute] = [
        Self.echoMode,
        Self.shifted("long_scalar_ts_past", by: -3600),
        Self.shifted("long_scalar_ts_future", by: 3600),
    ]

    // MARK: Families

    /// A `WRITE` attribute: a setting of the generator.
    private static func written<T: TestValue>(_ name: String, _ type: T.Type, _ setting: Setting) -> TestAttribute {
        TestAttribute(
            definition: AttributeDefinition(name: name, type: T.tangoType, access: .write), write: TestAttribute.sets(setting, type))
    }

    /// Reads a random number below the one written to this or another attribute.
    /// - Parameter shows: the `WRITE` attribute whose set value a `READ_WITH_WRITE` attribute shows.
    private static func random<T: TestValue>(
        _ name: String, _ type: T.Type, below limit: Setting, sets setting: Setting? = nil, access: AttributeWriteType = .readWrite,
        shows partner: String? = nil, description: String? = nil
    ) -> TestAttribute {
        let definition = AttributeDefinition(
            name: name, type: T.tangoType, access: partner == nil ? access : .readWithWrite, writeAttributeName: partner,
            properties: [.description: description])
        return .generated(definition, write: setting.map { TestAttribute.sets($0, type) }) { round in
            .scalar(T(level: round.number(below: limit)))
        }
    }

    /// Reads a sine whose amplitude is the number written to this attribute or to the one it shows.
    private static func sine(_ name: String, _ amplitude: Setting, shows partner: String? = nil) -> TestAttribute {
        let definition = AttributeDefinition(
            name: name, type: .double, access: partner == nil ? .readWrite : .readWithWrite, writeAttributeName: partner)
        return .generated(definition, write: partner == nil ? TestAttribute.sets(amplitude, Double.self) : nil) { round in
            .scalar(round.sine(amplitude))
        }
    }

    /// Reads what was written, at once.
    private static func kept<T: TangoScalar>(
        _ name: String, _ initial: T, labels: [String] = [], description: String? = nil
    ) -> TestAttribute {
        .kept(
            AttributeDefinition(
                name: name, type: labels.isEmpty ? T.tangoType : .enum, access: .readWrite, enumLabels: labels,
                properties: [.description: description]),
            initial: { .scalar(initial) },
            keep: { AttributeReading($0.data.slice(0..<1), dimension: .scalar) })
    }

    /// Reads what was written, with a time that many seconds from now.
    private static func shifted(_ name: String, by seconds: Int32) -> TestAttribute {
        var attribute = Self.kept(name, Int32(0))
        attribute.read = { device, slot in
            var time = Timestamp.now
            time.seconds &+= seconds
            var reading = device.reading(slot, orMake: { _ in .scalar(Int32(0)) })
            reading.time = time
            return reading
        }
        return attribute
    }

    // MARK: Others

    /// An attribute whose read fails with `API_AttrValueNotSet`.
    private static let noValue = TestAttribute(definition: AttributeDefinition(name: "no_value", type: .long), read: { _, _ in nil })

    private static let throwException = TestAttribute(
        definition: AttributeDefinition(name: "throw_exception", type: .long),
        read: { _, _ in
            throw DevFailed("exception test", "here is the exception you requested", origin: "TangoTest::read_throw_exception")
        })

    /// Whether the generated scalars read as written. In this class the generator always renews them.
    private static let echoMode = TestAttribute(
        definition: AttributeDefinition(name: "echo_mode", type: .boolean), read: { _, _ in .scalar(false) })
}
