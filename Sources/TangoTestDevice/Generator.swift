import TangoCore
import TangoServer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    package import Darwin
#endif

/// Numbers of the generator that clients set by writing attributes.
enum Setting: Int, CaseIterable {
    case ampli, freq
    case doubleScalar, doubleScalarW
    case shortScalar, shortScalarW
    case longScalar, longScalarW
    case ulongScalar
    case ushortScalar, ucharScalar, floatScalar

    /// Its value until it is written, whatever set value clients see.
    var initial: Double {
        switch self {
        case .ampli: 1
        case .freq: 10
        case .ushortScalar, .ucharScalar, .floatScalar: 0
        default: 256
        }
    }
}

/// A value for each `Setting`.
struct Settings: Equatable {
    private var values = Setting.allCases.map(\.initial)

    subscript(setting: Setting) -> Double {
        get { self.values[setting.rawValue] }
        set { self.values[setting.rawValue] = newValue }
    }
}

/// One round of the generator: everything the values read in it depend on.
struct Round {
    /// Rounds since initialization.
    private(set) var number = 0
    /// The settings at the start of the round; a write takes effect in the next one.
    private(set) var settings: Settings
    var random: SplitMix64
    /// Radius of the spot in the numeric images.
    private(set) var spotRadius: Double
    var ushortImageSide = TestAttribute.imageSide
    /// Length of `enum_spectrum` and `enum_spectrum_ro`.
    var enumSpectrumLength = TestAttribute.spectrumLength
    /// Dimension of `enum_image` and `enum_image_ro`.
    var enumImageDimension = TestAttribute.imageDimension

    /// Round 0.
    init(settings: Settings, random: SplitMix64) {
        self.settings = settings
        self.random = random
        self.spotRadius = 0
        self.drawSpotRadius()
    }

    mutating func advance(with settings: Settings) {
        self.number += 1
        self.settings = settings
        self.drawSpotRadius()
    }

    /// An eighth of the image, plus or minus 20 %.
    private mutating func drawSpotRadius() {
        self.spotRadius = Double(TestAttribute.imageSide) / 8 * (0.8 + 0.4 * Double(self.random.number(below: 1001)) / 1000)
    }

    /// Returns a whole number from 0 to below the setting; 0 when the setting is 1 or less.
    mutating func number(below setting: Setting) -> Double {
        let limit = self.settings[setting]
        // Also false for NaN.
        guard limit > 1 else { return 0 }
        return Double(self.random.number(below: Int(min(limit, Double(UInt32.max)))))
    }

    /// `double_scalar`: a sine, one degree per round.
    func sine(_ setting: Setting) -> Double {
        self.settings[setting] * sin(Self.degree * Double(self.number % 360))
    }

    /// `wave`: a sine over the elements, moving one degree per round.
    func wave() -> [Double] {
        let amplitude = self.settings[.ampli]
        let step = self.settings[.freq] * Self.degree
        let phase = self.number % 360
        return (0..<TestAttribute.spectrumLength).map { amplitude * sin(step * Double($0 + phase)) }
    }

    /// Returns random values.
    mutating func noise<T: TestValue>(_ type: T.Type, count: Int, below limit: Int) -> [T] {
        (0..<count).map { _ in T(level: Double(self.random.number(below: limit))) }
    }

    /// Returns a round spot in the middle of an image: the radius at its center, falling to 0 at its edge.
    func spot<T: TestValue>(_ type: T.Type) -> [T] {
        let side = TestAttribute.imageSide
        let reach = Int(self.spotRadius)
        let near = (side / 2 - reach)...(side / 2 + reach)
        var values = [T](repeating: T(level: 0), count: side * side)
        for row in near {
            for column in near {
                let (x, y) = (Double(column - side / 2), Double(row - side / 2))
                values[row * side + column] = T(level: max(0, self.spotRadius - (x * x + y * y).squareRoot()))
            }
        }
        return values
    }

    /// `[07]::hello-world-0815`
    mutating func spectrumTexts() -> [String] {
        (0..<TestAttribute.spectrumLength).map { index in
            "[\(decimal(index, digits: 2))]::hello-world-\(decimal(self.random.number(below: 10_000), digits: 4))"
        }
    }

    /// `[column][row]::hello world::0815`
    mutating func imageTexts() -> [String] {
        let indices = (0..<TestAttribute.imageSide).map { "[\(decimal($0, digits: 2))]" }
        var texts: [String] = []
        texts.reserveCapacity(indices.count * indices.count)
        for row in indices {
            let rest = row + "::hello world::"
            for column in indices {
                var text = column
                // One allocation for each of the many texts.
                text.reserveCapacity(32)
                text += rest
                text += decimal(self.random.number(below: 10_000), digits: 4)
                texts.append(text)
            }
        }
        return texts
    }

    /// Uses the value of pi that the C++ class uses.
    private static let degree = 3.14159 / 180
}

/// Returns the number with at least that many digits, as `%.2d` prints it.
private func decimal(_ number: Int, digits: Int) -> String {
    let text = String(number)
    return text.utf8.count < digits ? String(repeating: "0", count: digits - text.utf8.count) + text : text
}

/// A type of which the generator makes values and reads settings.
protocol TestValue: TangoScalar {
    /// - Parameter level: within the range of the type.
    init(level: Double)
    var level: Double { get }
}

extension TestValue where Self: BinaryInteger {
    init(level: Double) { self.init(level) }
    var level: Double { Double(self) }
}

extension TestValue where Self: BinaryFloatingPoint {
    init(level: Double) { self.init(level) }
    var level: Double { Double(self) }
}

extension Bool: TestValue {
    init(level: Double) { self = level != 0 }
    var level: Double { self ? 1 : 0 }
}

extension Int16: TestValue {}
extension Int32: TestValue {}
extension Int64: TestValue {}
extension UInt8: TestValue {}
extension UInt16: TestValue {}
extension UInt32: TestValue {}
extension UInt64: TestValue {}
extension Float: TestValue {}
extension Double: TestValue {}

/// A small generator of pseudo random numbers (Steele, Lea and Flood, 2014): an image needs 63001 of them.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var bits = self.state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Returns a number from 0 to below the limit, which is positive.
    mutating func number(below limit: Int) -> Int {
        Int(self.next() % UInt64(limit))
    }
}
