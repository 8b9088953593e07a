/// The value of an image attribute: a two-dimensional array, row by row.
public struct TangoImage<Element: Sendable>: Sendable {
    /// The elements, row by row.
    public var values: [Element]
    /// Number of columns.
    public var width: Int
    /// Number of rows.
    public var height: Int

    /// Creates an image; `values` has `width`·`height` elements, row by row.
    public init(_ values: [Element], width: Int, height: Int) {
        self.values = values
        self.width = width
        self.height = height
    }
}

extension TangoImage: AttributeConvertible where Element: TangoScalar {
    /// The type of the elements.
    public typealias Scalar = Element

    /// `IMAGE`
    public static var attributeFormat: AttributeFormat { .image }
    /// The elements, row by row.
    public var attributeData: AttributeData { Element.attributeData(self.values) }
    /// Width and height.
    public var attributeDimension: AttributeDimension {
        AttributeDimension(x: Int32(clamping: self.width), y: Int32(clamping: self.height))
    }
    /// Creates the image; `nil` when the elements are of another type or not as many as the dimension says.
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let values = Element.values(of: attributeData), values.count == dimension.elementCount else { return nil }
        // One row may be written as a spectrum.
        self.init(values, width: Int(dimension.x), height: dimension.y == 0 ? 1 : Int(dimension.y))
    }
}
