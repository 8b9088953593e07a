import TangoCore

/// When a configuration is read: numbers in the database follow other rules than those of clients (cppTango 9.3.4).
enum ConfigurationMoment {
    case start, change
}

/// A limit as a number of the attribute's type: exact for integers of 64 bits, which a floating point number is not.
struct LimitValue: Sendable, Hashable {
    let number: Double
    let whole: Int128

    /// - Returns: `nil` for a text that is no number. Integers lose their fraction, and numbers beyond the type are brought into it the way
    ///   cppTango 9.3.4 does: short types wrap, the long ones become their minimum.
    init?(_ text: String, _ type: DataType, at moment: ConfigurationMoment) {
        if moment == .start, let whole = Self.short(text, type) {
            guard let whole else { return nil }
            self.init(whole)
            return
        }
        guard let number = NumberText.number(text) else { return nil }
        guard type != .double, type != .float else {
            self.init(number, Int128(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max))
            return
        }
        if let exact = NumberText.integer(text), Self.range(of: type).contains(exact) {
            self.init(exact)
        } else {
            // Clients' negative numbers for unsigned types lose their sign.
            self.init(Self.brought(moment == .change && Self.range(of: type).lowerBound == 0 ? abs(number) : number, to: type))
        }
    }

    /// The short types, which the database must have as whole numbers; `nil` for the other types, and in it for what is none.
    private static func short(_ text: String, _ type: DataType) -> Int128?? {
        let number = NumberText.integer(text)
        return switch type {
        case .uchar, .encoded: .some(number.flatMap { Int16(exactly: $0) }.map { Int128(UInt8(truncatingIfNeeded: $0)) })
        case .short: .some(number.flatMap { Int16(exactly: $0) }.map { Int128($0) })
        case .ushort: .some(number.flatMap { $0.magnitude <= UInt16.max ? Int128(UInt16(truncatingIfNeeded: $0)) : nil })
        default: nil
        }
    }

    private init(_ whole: Int128) { self.init(Double(whole), whole) }

    private init(_ number: Double, _ whole: Int128) {
        self.number = number
        self.whole = whole
    }

    static func >= (left: LimitValue, right: LimitValue) -> Bool {
        left.number == right.number ? left.whole >= right.whole : left.number > right.number
    }

    private static func range(of type: DataType) -> ClosedRange<Int128> {
        func of<T: FixedWidthInteger>(_: T.Type) -> ClosedRange<Int128> { Int128(T.min)...Int128(T.max) }
        return switch type {
        case .short, .enum: of(Int16.self)
        case .long: of(Int32.self)
        case .uchar, .encoded: of(UInt8.self)
        case .ushort: of(UInt16.self)
        case .ulong: of(UInt32.self)
        case .ulong64: of(UInt64.self)
        default: of(Int64.self)
        }
    }

    private static func brought(_ number: Double, to type: DataType) -> Int128 {
        switch type {
        case .short, .enum: Int128(Int16(truncatingIfNeeded: Int32(saturatingDown: number)))
        case .long: Int128(Int32(saturatingDown: number))
        case .uchar, .encoded: Int128(UInt8(truncatingIfNeeded: Int32(saturatingDown: number)))
        case .ushort: Int128(UInt16(truncatingIfNeeded: Int32(saturatingDown: number)))
        case .ulong: Int128(UInt32(truncatingIfNeeded: Int64(saturatingDown: number)))
        case .ulong64:
            number < 0x1p63
                ? Int128(UInt64(truncatingIfNeeded: Int64(saturatingDown: number)))
                : Int128(UInt64(exactly: number.rounded(.towardZero)) ?? 0)
        default: Int128(Int64(saturatingDown: number))
        }
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// Without the fraction; the minimum for what does not fit.
    init(saturatingDown number: Double) { self = Self(exactly: number.rounded(.towardZero)) ?? .min }
}
