import Foundation
import TangoTestSupport
import Testing

@testable import TangoServer

/// Texts from outside: none may end the process.
@Suite struct StoredTextsTests {
    private static let corpus: [[UInt8]] = {
        let folder = Peers.repository.appendingPathComponent("Fuzz/TextFuzz/Corpus")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { try? Data(contentsOf: $0) }.map(Array.init)
    }()

    /// The same numbers at each run.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ (self.state >> 29)
        }
    }

    private static let numbers = [
        "9223372036854775807", "-9223372036854775808", "170141183460469231731687303715884105727",
        "-170141183460469231731687303715884105728", "-1", "0", "1e400", "-1e-400", "nan", "4294967296", "-2147483648",
    ].map { Array($0.utf8) }

    @Test func everyReaderKnowsSomethingOfTheCorpus() {
        #expect(Self.corpus.count >= 8)
        for bytes in Self.corpus { #expect(StoredTexts.exercise(bytes) > 0) }
    }

    @Test func mutatedTextsAreReadOrRefused() {
        var random = Random(state: 7)
        for _ in 0..<3000 {
            var bytes = Self.corpus.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9, using: &random)))
                case 2: bytes.insert(contentsOf: Self.numbers.randomElement(using: &random) ?? [], at: place)
                default:
                    // Another number in place of a line.
                    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
                    let line = Int.random(in: 0..<lines.count, using: &random)
                    let number = Self.numbers.randomElement(using: &random) ?? []
                    bytes = Array(lines.enumerated().map { $0.offset == line ? number : $0.element }.joined(separator: [10]))
                }
            }
            StoredTexts.exercise(bytes)
        }
    }
}
