/// One attribute as read, regardless of the interface version (IDL `AttributeValue` to `AttributeValue_5`).
///
/// `data` holds the read part (`readDimension`), then the set part (`writeDimension`). A failed read has `errors`, quality
/// `invalid`, no data, and the name of the request.
public struct AttributeValue: Sendable, Hashable {
    /// Name of the attribute.
    public var name: String
    /// The elements, read part first; see `readData` and `setData`.
    public var data: AttributeData
    /// The quality; `invalid` without data.
    public var quality: AttributeQuality
    /// Scalar, spectrum or image; `unknown` before interface 4.
    public var format: AttributeFormat
    /// The Tango type; `nil` when the interface does not transmit it and the data do not show it.
    public var type: DataType?
    /// When the value was read.
    public var time: Timestamp
    /// Size of the read part.
    public var readDimension: AttributeDimension
    /// Size of the set part; zero without one.
    public var writeDimension: AttributeDimension
    /// The error stack of a failed read, root cause first; empty otherwise. See `failure`.
    public var errors: [DevError]

    /// Creates a value.
    public init(
        name: String, data: AttributeData, quality: AttributeQuality = .valid, format: AttributeFormat, type: DataType?, time: Timestamp,
        readDimension: AttributeDimension, writeDimension: AttributeDimension = .zero, errors: [DevError] = []
    ) {
        self.name = name
        self.data = data
        self.quality = quality
        self.format = format
        self.type = type
        self.time = time
        self.readDimension = readDimension
        self.writeDimension = writeDimension
        self.errors = errors
    }

    /// Creates a failed read.
    public init(name: String, failure: DevFailed, format: AttributeFormat = .unknown, type: DataType? = nil, time: Timestamp) {
        self.init(
            name: name, data: .none, quality: .invalid, format: format, type: type, time: time, readDimension: .zero, errors: failure.errors
        )
    }

    /// The failure of the read; `nil` when it succeeded.
    public var failure: DevFailed? { self.errors.isEmpty ? nil : DevFailed(errors: self.errors) }

    /// The elements read, without the set part.
    public var readData: AttributeData {
        self.data.slice(0..<self.readDimension.elementCount)
    }

    /// The set part of a writable attribute; `nil` when the value has none.
    ///
    /// cppTango sends a `WRITE` attribute's elements once although both dimensions are given: its read part is the set part.
    public var setData: AttributeData? {
        let written = self.writeDimension.elementCount
        guard written > 0 else { return nil }
        let read = self.readDimension.elementCount
        return self.data.count >= read + written ? self.data.slice(read..<(read + written)) : self.data.slice(0..<written)
    }
}
