import TangoCore

/// What of a value counts for the next event.
struct EventValue: Sendable, Hashable {
    /// Read part, then set part.
    var data: AttributeData
    /// The type of the attribute, since a DevEnum travels as a number.
    var type: DataType?
    var quality: AttributeQuality
    /// The error in place of a value; empty without one.
    var errors: [DevError]

    init(_ value: AttributeValue) {
        self.data = value.data
        self.type = value.type
        self.quality = value.quality
        self.errors = value.errors
    }
}
