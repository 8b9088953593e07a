/// A Swift type that is the value of an attribute: `Double` of a scalar, `[Double]` of a spectrum, `TangoImage<Double>` of an image.
public protocol AttributeConvertible<Scalar>: Sendable {
    associatedtype Scalar: TangoScalar
    static var attributeFormat: AttributeFormat { get }
    var attributeData: AttributeData { get }
    var attributeDimension: AttributeDimension { get }
    /// `nil` when the data are of another type, or not as many as the dimension says.
    init?(attributeData: AttributeData, dimension: AttributeDimension)
}

extension TangoScalar {
    public static var attributeFormat: AttributeFormat { .scalar }
    public var attributeData: AttributeData { Self.attributeData([self]) }
    public var attributeDimension: AttributeDimension { .scalar }
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let value = Self.values(of: attributeData)?.first else { return nil }
        self = value
    }
}

extension Array: AttributeConvertible where Element: TangoScalar {
    public typealias Scalar = Element

    public static var attributeFormat: AttributeFormat { .spectrum }
    public var attributeData: AttributeData { Element.attributeData(self) }
    public var attributeDimension: AttributeDimension { AttributeDimension(x: Int32(clamping: self.count)) }
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let values = Element.values(of: attributeData) else { return nil }
        self = values
    }
}

extension TangoImage: AttributeConvertible where Element: TangoScalar {
    public typealias Scalar = Element

    public static var attributeFormat: AttributeFormat { .image }
    public var attributeData: AttributeData { Element.attributeData(self.values) }
    public var attributeDimension: AttributeDimension {
        AttributeDimension(x: Int32(clamping: self.width), y: Int32(clamping: self.height))
    }
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let values = Element.values(of: attributeData), values.count == dimension.elementCount else { return nil }
        // One row may be written as a spectrum.
        self.init(values, width: Int(dimension.x), height: dimension.y == 0 ? 1 : Int(dimension.y))
    }
}
