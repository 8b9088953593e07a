/// A Swift type that can be the value of an attribute: `Double` for a scalar, `[Double]` for a spectrum, `TangoImage<Double>` for an image.
public protocol AttributeConvertible<Scalar>: Sendable {
    /// The type of the elements.
    associatedtype Scalar: TangoScalar
    /// Scalar, spectrum or image.
    static var attributeFormat: AttributeFormat { get }
    /// The elements in Tango's form.
    var attributeData: AttributeData { get }
    /// The size of the value.
    var attributeDimension: AttributeDimension { get }
    /// Creates the value from elements in Tango's form; `nil` when they are of another type, or not as many as an image's dimension says.
    init?(attributeData: AttributeData, dimension: AttributeDimension)
}

extension TangoScalar {
    /// `SCALAR`
    public static var attributeFormat: AttributeFormat { .scalar }
    /// The value as one element.
    public var attributeData: AttributeData { Self.attributeData([self]) }
    /// One element.
    public var attributeDimension: AttributeDimension { .scalar }
    /// Creates the value from the first element; `nil` when there is none or it is of another type.
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let value = Self.values(of: attributeData)?.first else { return nil }
        self = value
    }
}

extension Array: AttributeConvertible where Element: TangoScalar {
    /// The type of the elements.
    public typealias Scalar = Element

    /// `SPECTRUM`
    public static var attributeFormat: AttributeFormat { .spectrum }
    /// The elements in order.
    public var attributeData: AttributeData { Element.attributeData(self) }
    /// As many elements as the array has.
    public var attributeDimension: AttributeDimension { AttributeDimension(x: Int32(clamping: self.count)) }
    /// Creates the array from all elements; `nil` when they are of another type.
    public init?(attributeData: AttributeData, dimension: AttributeDimension) {
        guard let values = Element.values(of: attributeData) else { return nil }
        self = values
    }
}
