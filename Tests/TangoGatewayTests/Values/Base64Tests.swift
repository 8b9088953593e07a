import Testing

@testable import TangoGateway

@Suite struct Base64Tests {
    @Test(
        arguments: [([], ""), ([102], "Zg=="), ([102, 111], "Zm8="), ([102, 111, 111], "Zm9v"), ([0xFB, 0xFF, 0, 1], "+/8AAQ==")]
            as [([UInt8], String)])
    func base64RoundTrips(bytes: [UInt8], text: String) {
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
    }

    @Test func badBase64IsRefused() {
        for text in ["A", "Zg=", "Z===", "Zm9v====", "Z m9", "Zm9v!", "=Zg="] { #expect(Base64.decode(text) == nil, "\(text)") }
    }
}
