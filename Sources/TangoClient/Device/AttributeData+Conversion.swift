import TangoCore

extension AttributeData {
    /// Returns integers of 64 bits or doubles, the types of literals, as numbers of another type; `nil` when that is no number or does not
    /// hold them all.
    func converted(to type: DataType) -> AttributeData? {
        switch self {
        case .long64(let values): Self.integers(values, type)
        case .double(let values): Self.floatingPoint(values, type)
        default: nil
        }
    }

    private static func integers(_ values: [Int64], _ type: DataType) -> AttributeData? {
        func all<T: FixedWidthInteger>(_ type: T.Type) -> [T]? {
            let converted = values.compactMap { T(exactly: $0) }
            return converted.count == values.count ? converted : nil
        }
        return switch type {
        case .short, .enum: all(Int16.self).map { .short($0) }
        case .long: all(Int32.self).map { .long($0) }
        case .long64: .long64(values)
        case .uchar: all(UInt8.self).map { .uchar($0) }
        case .ushort: all(UInt16.self).map { .ushort($0) }
        case .ulong: all(UInt32.self).map { .ulong($0) }
        case .ulong64: all(UInt64.self).map { .ulong64($0) }
        case .float: .float(values.map { Float($0) })
        case .double: .double(values.map { Double($0) })
        default: nil
        }
    }

    private static func floatingPoint(_ values: [Double], _ type: DataType) -> AttributeData? {
        switch type {
        case .double: return .double(values)
        case .float:
            let converted = values.map { Float($0) }
            return zip(values, converted).allSatisfy { $0.isFinite == $1.isFinite } ? .float(converted) : nil
        default: return nil
        }
    }
}
