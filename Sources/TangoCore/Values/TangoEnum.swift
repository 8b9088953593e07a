/// A Swift enumeration that is a DevEnum: its raw values are 0, 1, 2 …, its labels the names of the cases unless `enumLabels` is declared.
public protocol TangoEnum: TangoScalar, CaseIterable, RawRepresentable where RawValue == Int16 {}

extension TangoEnum {
    /// `DevEnum`
    public static var tangoType: DataType { .enum }
    /// Returns the raw values.
    public static func attributeData(_ values: [Self]) -> AttributeData { .short(values.map(\.rawValue)) }
    /// Returns the cases of the numbers in `data`; `nil` when one has no case.
    public static func values(of data: AttributeData) -> [Self]? {
        guard case .short(let numbers) = data else { return nil }
        let values = numbers.compactMap(Self.init(rawValue:))
        return values.count == numbers.count ? values : nil
    }
    /// The names of the cases.
    public static var enumLabels: [String] { Self.allCases.map { String(describing: $0) } }
}

extension CommandConvertible where Self: TangoEnum {
    /// `DevEnum`
    public static var commandType: DataType { .enum }
    /// The raw value, as `DevShort`.
    public var commandData: CommandData { .short(self.rawValue) }
    /// Creates the case of a number; `nil` when there is none.
    public init?(_ data: CommandData) {
        guard case .short(let number) = data else { return nil }
        self.init(rawValue: number)
    }
}
