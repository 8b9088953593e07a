import TangoCore
import TangoServer

/// Where the values of a twin come from.
package enum MirrorValues: Sendable {
    /// The values read from the original.
    case recorded
    /// Random numbers within the attribute's limits, else around the recorded ones.
    case random
    /// The values of a file; others are as recorded.
    case scripted(MirrorScript)
}

/// Makes random values that fit an attribute.
struct RandomValues: Sendable {
    private let config: AttributeConfig
    private let range: ClosedRange<Double>?
    /// Longest side without a recorded value.
    private static let side: Int32 = 16

    init(_ config: AttributeConfig) {
        self.config = config
        let limits = [(config.minValue, config.maxValue), (config.alarm.minAlarm, config.alarm.maxAlarm)]
        self.range =
            limits.lazy.compactMap { low, high in
                guard let low = Double(low), let high = Double(high), low < high, (high - low).isFinite else { return nil }
                return low...high
            }.first
    }

    /// Returns a value of the shape of the recorded one.
    func reading(like recorded: AttributeReading?) -> AttributeReading? {
        guard let type = self.config.type else { return nil }
        var dimension = recorded?.dimension ?? .zero
        if dimension.elementCount == 0 {
            dimension = AttributeDimension(
                x: self.config.format == .scalar ? 1 : max(0, min(self.config.maxDimX, Self.side)),
                y: self.config.format == .image ? max(0, min(self.config.maxDimY, Self.side)) : 0)
        } else if let recorded, recorded.data.count < dimension.elementCount {
            // The original announced more than it sent.
            return recorded
        }
        let count = dimension.elementCount
        func numbers<T: BinaryInteger & FixedWidthInteger>(_ type: T.Type) -> [T] {
            self.numbers(count, like: recorded, within: Double(T.min)...Double(T.max)).map { T(clamping: Int64($0.rounded(.towardZero))) }
        }
        let data: AttributeData
        switch type {
        case .boolean: data = .boolean((0..<count).map { _ in .random() })
        case .short: data = .short(numbers(Int16.self))
        case .long: data = .long(numbers(Int32.self))
        case .long64: data = .long64(numbers(Int64.self))
        case .uchar: data = .uchar(numbers(UInt8.self))
        case .ushort: data = .ushort(numbers(UInt16.self))
        case .ulong: data = .ulong(numbers(UInt32.self))
        case .ulong64: data = .ulong64(numbers(UInt64.self))
        case .float:
            let all = Double(-Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
            data = .float(self.numbers(count, like: recorded, within: all).map { Float($0) })
        case .double:
            let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
            data = .double(self.numbers(count, like: recorded, within: all))
        case .enum: data = .short((0..<count).map { _ in Int16.random(in: 0...Int16(clamping: max(0, self.config.enumLabels.count - 1))) })
        default: return recorded
        }
        return AttributeReading(data, dimension: dimension)
    }

    private func numbers(_ count: Int, like recorded: AttributeReading?, within all: ClosedRange<Double>) -> [Double] {
        // Int64 does not hold all of UInt64: half of it is plenty.
        let all = max(all.lowerBound, -9e18)...min(all.upperBound, all.upperBound > 1e30 ? all.upperBound : 9e18)
        let range: ClosedRange<Double>
        if let limits = self.range {
            range = limits
        } else if let magnitude = recorded?.data.largestMagnitude, magnitude > 0 {
            let width = min(magnitude * 2, 1e300)
            range = recorded?.data.isNegativeSomewhere == true ? -width...width : 0...width
        } else {
            range = 0...100
        }
        let clamped = range.clamped(to: all)
        return (0..<count).map { _ in .random(in: clamped) }
    }
}

extension AttributeData {
    /// The finite numbers, of numeric data.
    private var finiteNumbers: [Double] {
        switch self {
        case .short(let values): values.map(Double.init)
        case .long(let values): values.map(Double.init)
        case .long64(let values): values.map(Double.init)
        case .float(let values): values.map(Double.init).filter(\.isFinite)
        case .double(let values): values.filter(\.isFinite)
        case .uchar(let values): values.map(Double.init)
        case .ushort(let values): values.map(Double.init)
        case .ulong(let values): values.map(Double.init)
        case .ulong64(let values): values.map(Double.init)
        default: []
        }
    }

    fileprivate var largestMagnitude: Double? { self.finiteNumbers.map(abs).max() }
    fileprivate var isNegativeSomewhere: Bool { self.finiteNumbers.contains { $0 < 0 } }
}
