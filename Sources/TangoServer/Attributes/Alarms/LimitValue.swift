import TangoCore

/// When a configuration is read: numbers in the database are taken otherwise than those clients send (measured).
enum ConfigurationMoment {
    case start, change
}

/// A limit as a number of the attribute's type: exact for integers of 64 bits, which a floating point number is not.
struct AttributeLimit: Sendable, Hashable {
    let number: Double
    let whole: Int128

    /// - Returns: `nil` for a text that is no number. Integers lose their fraction, and numbers beyond the type are brought into it the way
    ///   the incumbents do: short types wrap, the long ones fall to their minimum.
    init?(_ text: String, _ type: DataType, at moment: ConfigurationMoment) {
        if moment == .start, let whole = Self.short(text, type) {
            guard let whole else { return nil }
            self.init(whole)
            return
        }
        guard let number = Self.number(text) else { return nil }
        guard type != .double, type != .float else {
            self.init(number, Int128(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max))
            return
        }
        if let exact = Self.integer(text), Self.range(of: type).contains(exact) {
            self.init(exact)
        } else {
            // Clients' negative numbers for unsigned types lose their sign.
            self.init(Self.brought(moment == .change && Self.range(of: type).lowerBound == 0 ? abs(number) : number, to: type))
        }
    }

    /// The short types, which the database must have as whole numbers; `nil` for the other types, and in it for what is none.
    private static func short(_ text: String, _ type: DataType) -> Int128?? {
        let number = Self.integer(text)
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

    static func >= (left: AttributeLimit, right: AttributeLimit) -> Bool {
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

    // MARK: - Texts

    /// Reads a number as the incumbents do: blanks before it and a sign are fine, anything after it, hexadecimal and names are not.
    static func number(_ text: String) -> Double? {
        let text = Self.withoutLeadingBlanks(text)
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isPlain, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// The same for a whole number.
    static func integer(_ text: String) -> Int128? { Int128(Self.withoutLeadingBlanks(text)) }

    private static func withoutLeadingBlanks(_ text: String) -> String {
        guard let first = text.utf8.first, first <= UInt8(ascii: " ") else { return text }
        return String(text.drop { " \t\n\r\u{0B}\u{0C}\r\n".contains($0) })
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// Without the fraction; the minimum for what does not fit.
    init(saturatingDown number: Double) { self = Self(exactly: number.rounded(.towardZero)) ?? .min }
}
