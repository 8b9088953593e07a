/// The size of an attribute value: `x` elements, or `x` columns and `y` rows of an image (IDL `AttributeDim`).
public struct AttributeDimension: Sendable, Hashable {
    /// Number of elements, or of columns.
    public var x: Int32
    /// Number of rows of an image; 0 for scalars and spectra.
    public var y: Int32

    /// Creates a dimension.
    public init(x: Int32, y: Int32 = 0) {
        self.x = x
        self.y = y
    }
    /// No elements.
    public static let zero = AttributeDimension(x: 0, y: 0)
    /// One element.
    public static let scalar = AttributeDimension(x: 1, y: 0)

    /// Number of elements: `x`, or `x`·`y` for an image. Zero for negative sizes.
    public var elementCount: Int {
        if self.y == 0 { return max(0, Int(self.x)) }
        return max(0, Int(self.x)) * max(0, Int(self.y))
    }
}
