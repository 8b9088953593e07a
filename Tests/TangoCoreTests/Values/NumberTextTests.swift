import TangoCore
import Testing

struct NumberTextTests {
    @Test(
        arguments: [
            ("5", 5), (" \t\n\r\u{0B}\u{0C}5", 5), ("+5", 5), ("-5.25", -5.25), (".5", 0.5), ("1e3", 1000), ("1E-3", 0.001), ("", nil),
            (" ", nil),
            ("5 ", nil), ("5x", nil), ("0x10", nil), ("nan", nil), ("inf", nil), ("1e999", nil), ("-", nil), ("1e", nil), ("1_000", nil),
            ("٥", nil), ("\u{A0}5", nil),
        ] as [(String, Double?)])
    func wholeNumbers(_ text: String, _ number: Double?) { #expect(NumberText.number(text) == number) }

    @Test(
        arguments: [
            ("5", 5), ("  +5", 5), ("-5", -5), ("18446744073709551615", 18_446_744_073_709_551_615), ("", nil), ("5.0", nil), ("5 ", nil),
            ("1e3", nil), ("0x10", nil), ("170141183460469231731687303715884105728", nil),
        ] as [(String, Int128?)])
    func wholeIntegers(_ text: String, _ number: Int128?) { #expect(NumberText.integer(text) == number) }

    @Test(
        arguments: [
            ("5", 5), ("5x", 5), (" -5.5 mm", -5.5), ("1e3V", 1000), ("1e", 1), ("1e+", 1), ("2.5.5", 2.5), ("5-3", 5), (".5.", 0.5),
            ("3.", 3),
            ("", nil), ("x5", nil), (".", nil), ("-.e5", nil), ("1e999", nil), ("--5", nil), ("0x10", 0), ("5٥", 5),
        ] as [(String, Double?)])
    func leadingNumbers(_ text: String, _ number: Double?) { #expect(NumberText.leadingNumber(text) == number) }

    @Test(
        arguments: [
            ("5", 5), ("5.9", 5), (" -5x", -5), ("+7 8", 7), ("", nil), ("-", nil), ("x", nil), ("--5", nil), ("0x10", 0), ("1e3", 1),
            ("5٥", 5),
        ] as [(String, Int128?)])
    func leadingIntegers(_ text: String, _ number: Int128?) { #expect(NumberText.leadingInteger(text) == number) }

    @Test(
        arguments: [
            ("5", 5), ("-007", -7), ("+6", 6), ("0x7fFF", 0x7FFF), ("-0X10", -16), ("0o17", 15), ("0b101", 5), ("0", 0), ("", nil),
            ("-", nil), ("0x", nil), ("0b2", nil), ("0xg", nil), ("--1", nil), ("+-1", nil), ("0x-1", nil), ("1 ", nil), ("1.0", nil),
            ("1e3", nil), ("١", nil), ("170141183460469231731687303715884105728", .max), ("-170141183460469231731687303715884105729", .min),
        ] as [(String, Int128?)])
    func literals(_ text: String, _ number: Int128?) { #expect(NumberText.literal(text) == number) }

    @Test(arguments: [("", []), ("00fF", [0, 255]), ("0", nil), ("0g", nil), ("٠٠", nil)] as [(String, [UInt8]?)])
    func hexadecimalBytes(_ text: String, _ bytes: [UInt8]?) { #expect(NumberText.hexadecimalBytes(text) == bytes) }

    /// Against the definition: the longest start that is a number.
    @Test(
        arguments: [
            ("1e3", 1000), ("1E+3", 1000), ("1.50e1", 15), ("3.0", 3), ("-3.000", -3), ("1000e-3", 1), ("0.05e2", 5), ("+7", 7), ("12", 12),
            ("0", 0), ("-0.0", 0), ("0e99999999999999999999", 0), ("9007199254740993.0", 9_007_199_254_740_993),
            ("9223372036854775807e0", 9_223_372_036_854_775_807), ("-9223372036854775808.00", -9_223_372_036_854_775_808),
            ("18446744073709551615.0", 18_446_744_073_709_551_615), ("1.8446744073709551615e19", 18_446_744_073_709_551_615),
            ("0.5", nil), ("15e-1", nil), ("1e-1", nil), ("1e39", nil), ("1e99999999999999999999", nil), ("1e-99999999999999999999", nil),
            ("", nil), (".", nil), ("-", nil), ("1e", nil), ("e1", nil), ("1e+", nil), ("1.5.0", nil), ("nan", nil), ("0x10", nil),
            (" 1", nil),
            ("--1", nil), ("1e1e1", nil), ("0ex", nil),
        ] as [(String, Int128?)])
    func wholeNumbersWithFractionOrExponentAreExact(_ text: String, _ number: Int128?) { #expect(NumberText.wholeNumber(text) == number) }

    @Test func leadingNumbersAreTheLongestOnes() {
        var random = SeededGenerator()
        let characters = Array("00159.+-eE x")
        for _ in 0..<20_000 {
            let text = String((0..<Int.random(in: 0...9, using: &random)).map { _ in characters[Int.random(in: 0..<12, using: &random)] })
            let trimmed = text.drop { $0 == " " }
            let starts = (0...trimmed.count).reversed().map { trimmed.prefix($0) }
            let number = starts.lazy.filter { NumberText.isDecimal($0) }.compactMap { Double($0) }.first
            #expect(NumberText.leadingNumber(text) == number.flatMap { $0.isFinite ? $0 : nil }, "\(text)")
            #expect(NumberText.leadingInteger(text) == starts.lazy.compactMap { Int128($0) }.first, "\(text)")
        }
    }

    @Test func printedNumbersAreReadBack() {
        var random = SeededGenerator()
        for _ in 0..<5_000 {
            let number = Double(bitPattern: random.next())
            if number.isFinite {
                #expect(NumberText.number("\(number)") == number)
                #expect(NumberText.leadingNumber("\(number) A") == number)
            }
            let integer = Int64(bitPattern: random.next())
            #expect(NumberText.integer("\(integer)") == Int128(integer))
            #expect(NumberText.leadingInteger(" \(integer)m") == Int128(integer))
        }
    }

    /// Linear in the length of the text.
    @Test(.timeLimit(.minutes(1))) func longTextsAreReadAtOnce() {
        #expect(NumberText.leadingNumber("1" + String(repeating: "e", count: 1_000_000)) == 1)
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
