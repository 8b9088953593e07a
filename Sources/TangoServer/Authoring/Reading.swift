public import TangoCore

/// A value with a quality or a time of its own, as a read handler returns it to `Attribute.reading`.
public struct Reading<Value: AttributeConvertible>: Sendable {
    /// `nil` is no value: quality `ATTR_INVALID`.
    public var value: Value?
    /// `.valid` is replaced by `ALARM` or `WARNING` when the value is beyond a limit; other qualities stay.
    public var quality: AttributeQuality
    /// Time of the value; `nil` is the time of the read.
    public var time: Timestamp?

    /// Makes a value.
    public init(_ value: Value, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.value = value
        self.quality = quality
        self.time = time
    }

    private init() {
        self.quality = .invalid
    }

    /// No value, with quality `ATTR_INVALID`.
    public static var invalid: Reading { Reading() }

    /// The same for the kernel.
    var lowered: AttributeReading {
        guard let value = self.value else {
            var reading = AttributeReading.invalid
            reading.time = self.time
            return reading
        }
        return AttributeReading(value.attributeData, dimension: value.attributeDimension, quality: self.quality, time: self.time)
    }
}
