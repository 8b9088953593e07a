/// SplitMix64: random numbers that are the same in every run with the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of the values of an enumeration.
    mutating func pick<E: CaseIterable>(_ type: E.Type = E.self) -> E where E.AllCases.Index == Int {
        let all = E.allCases
        return all[Int.random(in: all.startIndex..<all.endIndex, using: &self)]
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T {
        // The limits come up more often than chance would have them.
        switch self.count(0...9) {
        case 0: T.min
        case 1: T.max
        case 2: 0
        default: T.random(in: T.min...T.max, using: &self)
        }
    }

    mutating func list<T>(_ counts: ClosedRange<Int> = 0...5, _ element: (inout SeededRandom) -> T) -> [T] {
        (0..<self.count(counts)).map { _ in element(&self) }
    }

    /// Text of Latin-1 characters, without NUL.
    mutating func text() -> String {
        let scalars = self.list(0...9) { random in
            UnicodeScalar(UInt8.random(in: random.chance(0.2) ? 0x80...0xFF : 0x20...0x7E, using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }

    mutating func texts() -> [String] { self.list { $0.text() } }

    /// Any number but NaN, which is not equal to itself.
    mutating func double() -> Double {
        let value = Double(bitPattern: self.next())
        return value.isNaN ? -0.5 : value
    }

    mutating func float() -> Float {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: self.next()))
        return value.isNaN ? 0.25 : value
    }
}
