import TangoCore

/// How an element is compared with a limit.
enum LimitComparison {
    case below, atOrBelow, above, atOrAbove
}

extension AttributeData {
    /// Index of the first element that compares so with the limit; `nil` for data that are no numbers.
    func firstIndex(_ comparison: LimitComparison, _ limit: LimitValue) -> Int? {
        func narrow<T: BinaryInteger>(_ values: [T]) -> Int? { Self.first(values, comparison, limit.number) { Double($0) } }
        func wide<T: BinaryInteger>(_ values: [T]) -> Int? { Self.first(values, comparison, limit.whole) { Int128($0) } }
        return switch self {
        case .short(let values): narrow(values)
        case .long(let values): narrow(values)
        case .uchar(let values): narrow(values)
        case .encoded(let values): values.first.flatMap { narrow($0.data) }
        case .ushort(let values): narrow(values)
        case .ulong(let values): narrow(values)
        case .long64(let values): wide(values)
        case .ulong64(let values): wide(values)
        case .float(let values): Self.first(values, comparison, Float(limit.number)) { $0 }
        case .double(let values): Self.first(values, comparison, limit.number) { $0 }
        default: nil
        }
    }

    private static func first<T, N: Comparable>(_ values: [T], _ comparison: LimitComparison, _ limit: N, _ number: (T) -> N) -> Int? {
        switch comparison {
        case .below: values.firstIndex { number($0) < limit }
        case .atOrBelow: values.firstIndex { number($0) <= limit }
        case .above: values.firstIndex { number($0) > limit }
        case .atOrAbove: values.firstIndex { number($0) >= limit }
        }
    }

    /// Whether an element differs by that much from the other's; over the shorter of the two. Not a number on one side only differs.
    func differs(from other: AttributeData, by delta: Double) -> Bool {
        func whole<T: FixedWidthInteger>(_ left: [T], _ right: [T]) -> Bool {
            zip(left, right).contains { a, b in Double(a > b ? Int128(a) - Int128(b) : Int128(b) - Int128(a)) >= delta }
        }
        func floating<T: BinaryFloatingPoint>(_ left: [T], _ right: [T]) -> Bool {
            zip(left, right).contains { a, b in
                if a.isNaN || b.isNaN { return a.isNaN != b.isNaN }
                return Double(abs(a - b)) >= delta
            }
        }
        return switch (self, other) {
        case (.short(let a), .short(let b)): whole(a, b)
        case (.long(let a), .long(let b)): whole(a, b)
        case (.long64(let a), .long64(let b)): whole(a, b)
        case (.uchar(let a), .uchar(let b)): whole(a, b)
        case (.ushort(let a), .ushort(let b)): whole(a, b)
        case (.ulong(let a), .ulong(let b)): whole(a, b)
        case (.ulong64(let a), .ulong64(let b)): whole(a, b)
        case (.float(let a), .float(let b)): floating(a, b)
        case (.double(let a), .double(let b)): floating(a, b)
        default: false
        }
    }
}
