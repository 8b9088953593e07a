import Testing

@testable import TangoCore

struct TangoTextTests {
    /// Bytes in wire form.
    private static func wire(_ bytes: UInt8...) -> String { TangoText.latin1(bytes) }

    @Test(arguments: [
        (wire(), ""), (wire(0x61), "a"), (wire(0xC3, 0xA9), "é"), (wire(0xE9), "é"), (wire(0xC2, 0xB0, 0x43), "°C"),
        (wire(0xB0, 0x43), "°C"), (wire(0xE2, 0x82, 0xAC), "€"), (wire(0xC3, 0xA9, 0xE9), "Ã©é"), ("€", "€"),
    ])
    func bytesAreReadAsUTF8ElseAsLatin1(wire: String, text: String) {
        #expect(TangoText.readable(wire) == text)
    }

    @Test func metadataTravelsAsUTF8() {
        #expect(TangoText.wire("°C", .metadata) == Self.wire(0xC2, 0xB0, 0x43))
        #expect(TangoText.wire("Ω", .metadata) == Self.wire(0xCE, 0xA9))
        #expect(TangoText.wire("plain", .metadata) == "plain")
    }

    @Test func valuesTravelAsLatin1WhereItFits() {
        #expect(TangoText.wire("café", .value) == Self.wire(0x63, 0x61, 0x66, 0xE9))
        #expect(TangoText.wire("10 €", .value) == "10 " + Self.wire(0xE2, 0x82, 0xAC))
        // As Latin-1 it would be read as "é".
        #expect(TangoText.wire("Ã©", .value) == Self.wire(0xC3, 0x83, 0xC2, 0xA9))
    }

    @Test func metadataOfTheKernelIsNotEncodedTwice() {
        #expect(TangoText.wireMetadata("°C") == Self.wire(0xC2, 0xB0, 0x43))
        #expect(TangoText.wireMetadata(TangoText.wireMetadata("°C")) == Self.wire(0xC2, 0xB0, 0x43))
        #expect(TangoText.wireMetadata("Ω") == Self.wire(0xCE, 0xA9))
    }

    @Test(arguments: [TangoText.Kind.metadata, .value])
    func everyTextComesBackAsItWas(kind: TangoText.Kind) {
        var random = SystemRandomNumberGenerator()
        let letters: [ClosedRange<UInt32>] = [0x20...0x7E, 0x80...0xFF, 0x100...0x24F, 0x3A0...0x3FF, 0x4E00...0x4FFF, 0x1F600...0x1F64F]
        for _ in 0..<20_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                guard let range = letters.randomElement(using: &random),
                    let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random))
                else { continue }
                scalars.append(scalar)
            }
            let text = String(scalars)
            let wire = TangoText.wire(text, kind)
            #expect(wire.unicodeScalars.allSatisfy { $0.value <= 0xFF }, "\(text.debugDescription)")
            #expect(TangoText.readable(wire).unicodeScalars.elementsEqual(text.unicodeScalars), "\(text.debugDescription)")
        }
    }

    /// What a device gets and gives back keeps its bytes: those of `wire` are the scalars up to U+00FF, or the UTF-8 of the text.
    @Test func everyByteSequenceSurvivesAnAuthor() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 1...255, using: &random) : [0xE2, 0x82, 0xAC, 0xC3, 0xA9].randomElement() ?? 1
            }
            let text = TangoText.authorValue(TangoText.latin1(bytes))
            let isLatin1 = text.unicodeScalars.allSatisfy { $0.value <= 0xFF }
            let back = isLatin1 ? text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
            #expect(back == bytes)
        }
        #expect(TangoText.authorValue(Self.wire(0xCE, 0xA9)) == "Ω")
        #expect(TangoText.authorValue(Self.wire(0xE9)) == "é")
        #expect(TangoText.authorValue(Self.wire(0xC3, 0xA9)) == "Ã©")
    }
}
