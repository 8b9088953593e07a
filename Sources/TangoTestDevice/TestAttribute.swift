import TangoCore
import TangoServer

/// A row of the table of attributes: its definition, and how the device reads and writes it.
struct TestAttribute: Sendable {
    typealias Make = @Sendable (inout Round) -> AttributeReading
    typealias Keep = @Sendable (AttributeWrite) -> AttributeReading
    /// Receives the slot of the attribute.
    typealias Read = @Sendable (TangoTestDevice, Int) throws -> AttributeReading?
    typealias Write = @Sendable (TangoTestDevice, Int, AttributeWrite) -> Void

    /// The definition without reader and writer.
    var definition: AttributeDefinition
    /// Whether each round of the generator gives it a new value.
    var isRenewed = false
    /// `nil`: it reads its set value.
    var read: Read?
    /// `nil`: the kernel keeps the set value; nothing changes here.
    var write: Write?

    /// Greatest number of elements that a spectrum reads.
    static let spectrumLength = 256
    /// Greatest number of elements that may be written to a spectrum.
    static let spectrumLimit: Int32 = 4096
    static let imageSide = 251
    static let imageDimension = AttributeDimension(x: Int32(Self.imageSide), y: Int32(Self.imageSide))

    /// Returns the definition with handlers for that slot of the device.
    func lowered(slot: Int) -> AttributeDefinition {
        var definition = self.definition
        if let read = self.read {
            definition.reader = .sync { call in
                call.context.logger.debug("read \(call.name)")
                return try read(try call.device(as: TangoTestDevice.self), slot)
            }
        }
        if definition.access.isWritable {
            let write = self.write
            definition.writer = .sync { call, written in
                call.context.logger.debug("write \(call.name)")
                write?(try call.device(as: TangoTestDevice.self), slot, written)
            }
        }
        return definition
    }

    /// Makes an attribute whose value each round replaces.
    static func generated(_ definition: AttributeDefinition, write: Write? = nil, make: @escaping Make) -> TestAttribute {
        TestAttribute(
            definition: definition, isRenewed: true, read: { device, slot in device.reading(slot, orMake: make) }, write: write)
    }

    /// Makes an attribute that reads what was written.
    /// - Parameters:
    ///   - initial: its value after initialization.
    ///   - keep: returns the part of a written value that it reads.
    ///   - written: applies other effects of the new value.
    static func kept(
        _ definition: AttributeDefinition, initial: @escaping @Sendable () -> AttributeReading, keep: @escaping Keep,
        written: (@Sendable (TangoTestDevice, AttributeReading) -> Void)? = nil
    ) -> TestAttribute {
        TestAttribute(
            definition: definition,
            read: { device, slot in device.reading(slot, orMake: { _ in initial() }) },
            write: { device, slot, value in
                let reading = keep(value)
                device.store(reading, in: slot)
                written?(device, reading)
            })
    }

    /// Uses the number written in later rounds.
    static func sets<T: TestValue>(_ setting: Setting, _ type: T.Type) -> Write {
        { device, _, written in
            if let value = T.values(of: written.data)?.first { device.set(setting, to: value.level) }
        }
    }

    /// `LABEL3`, `LABEL4`, `LABEL5`
    static func labels(from first: Int) -> [String] { (first..<(first + 3)).map { "LABEL\($0)" } }
}

extension AttributeReading {
    static func scalar<T: TangoScalar>(_ value: T) -> AttributeReading {
        AttributeReading(T.attributeData([value]), dimension: .scalar)
    }

    static func spectrum<T: TangoScalar>(_ values: [T]) -> AttributeReading {
        AttributeReading(T.attributeData(values))
    }

    /// Makes an image of the usual size.
    static func image<T: TangoScalar>(_ values: [T]) -> AttributeReading {
        AttributeReading(T.attributeData(values), dimension: TestAttribute.imageDimension)
    }
}
