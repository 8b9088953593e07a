/// What a client writes to one attribute.
public struct AttributeWrite: Sendable, Hashable {
    /// Name of the attribute.
    public var name: String
    /// The elements, row by row for an image.
    public var data: AttributeData
    /// Their shape.
    public var dimension: AttributeDimension

    /// Creates a write of any shape.
    public init(name: String, data: AttributeData, dimension: AttributeDimension) {
        self.name = name
        self.data = data
        self.dimension = dimension
    }

    /// Creates a write of a scalar or spectrum with all elements of `data`.
    public init(name: String, data: AttributeData) {
        self.init(name: name, data: data, dimension: AttributeDimension(x: Int32(clamping: data.count)))
    }
}
