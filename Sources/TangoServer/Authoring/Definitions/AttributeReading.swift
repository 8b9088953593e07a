public import TangoCore

/// The value of an attribute as its read handler returns it, with a type known at run time. `Reading` is the typed form.
public struct AttributeReading: Sendable {
    /// The elements, of the attribute's type; an image row by row.
    public var data: AttributeData
    /// The size; it may not exceed the declared maximum.
    public var dimension: AttributeDimension
    /// `.valid` is replaced by `ALARM` or `WARNING` when the value is beyond a limit; other qualities stay.
    public var quality: AttributeQuality
    /// Time of the value; `nil` is the time of the read.
    public var time: Timestamp?

    /// Makes the value of an image.
    public init(_ data: AttributeData, dimension: AttributeDimension, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.data = data
        self.dimension = dimension
        self.quality = quality
        self.time = time
    }

    /// Makes the value of a scalar or spectrum: its width is the number of elements.
    public init(_ data: AttributeData, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.init(data, dimension: AttributeDimension(x: Int32(clamping: data.count)), quality: quality, time: time)
    }

    /// No value, with quality `ATTR_INVALID`.
    public static var invalid: AttributeReading { AttributeReading(.none, dimension: .zero, quality: .invalid) }
}
