import Foundation
import HTTPTypes
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct ContentCodingTests {
    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br, gzip;q=0.5", true), ("*", true),
            ("deflate", false),
            ("gzip;q=0", false), ("gzip; q=0.0, *", false), ("*;q=0", false), ("identity;q=1, gzip;q=0.5", false),
            ("identity;q=0.5, gzip", true),
            ("gzip;q=x", false),
        ] as [(String?, Bool)])
    func clientsChoose(header: String?, isGzip: Bool) {
        #expect((ContentCoding(accepting: header) == .gzip) == isGzip)
    }

    private func unpacked(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await TestFolder.with { folder in
            let path = folder.file("body.gz")
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "gzip -d '\(path)'"]
            try process.run()
            process.waitUntilExit()
            return try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("body"))))
        }
    }

    @Test func whatIsCompressedIsUnpackedByGzip() async throws {
        for size in [1, 1000, 1_000_000] {
            let bytes = Array(String(repeating: "0.125,", count: size).utf8)
            guard let compressed = ContentCoding.compressed(bytes) else {
                #expect(size == 1)
                continue
            }
            #expect(compressed.count < bytes.count / 2)
            #expect(try await self.unpacked(compressed) == bytes)
        }
        var generator = SystemRandomNumberGenerator()
        #expect(ContentCoding.compressed((0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) }) == nil)
        #expect(ContentCoding.compressed([]) == nil)
    }

    @Test func largeAnswersAreCompressedForThoseWhoAsk() async throws {
        try await LiveSystem.run { system in
            let path = "sys/tg_test/1/attributes"
            let plain = await system.send(.get, path)
            #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding")
            let packed = await system.send(.get, path, headers: [.acceptEncoding: "gzip"])
            #expect(packed.status == 200 && packed.headers[.contentEncoding] == "gzip" && packed.headers[.vary] == "Accept-Encoding")
            #expect(packed.headers[.contentType] == "application/json")
            #expect(try await self.unpacked(packed.body) == plain.body)
            let tag = try #require(packed.headers[.eTag])
            #expect(tag != plain.headers[.eTag])
            let head = await system.send(.head, path, headers: [.acceptEncoding: "gzip"])
            #expect(head.headers[.contentLength] == String(packed.body.count) && head.body.isEmpty)
            for known in [tag, plain.headers[.eTag] ?? ""] {
                let again = await system.send(.get, path, headers: [.acceptEncoding: "gzip", .ifNoneMatch: known])
                #expect(
                    again.status == 304 && again.headers[.eTag] == known && again.headers[.contentEncoding] == nil && again.body.isEmpty)
                #expect(again.headers[.vary] == "Accept-Encoding")
            }
            let small = await system.send(.get, "sys/tg_test/1/state", headers: [.acceptEncoding: "gzip"])
            #expect(small.headers[.contentEncoding] == nil && small.status == 200)
            let part = await system.send(.get, "\(path)?range=0-20", headers: [.acceptEncoding: "gzip"])
            #expect(part.status == 206 && part.headers[.contentEncoding] == "gzip")
            let picture = await system.send(
                .get, "sys/tg_test/1/attributes/uchar_image_ro/value", headers: [.acceptEncoding: "gzip", .accept: "image/png"])
            #expect(picture.headers[.contentType] == "image/png" && picture.headers[.contentEncoding] == nil)
        }
    }
}
