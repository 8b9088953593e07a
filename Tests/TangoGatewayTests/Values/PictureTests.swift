import HTTPTypes
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct PictureTests {
    private func image(_ data: AttributeData, _ width: Int32, _ height: Int32) -> AttributeValue {
        AttributeValue(
            name: "i", data: data, format: .image, type: data.elementType, time: .zero,
            readDimension: AttributeDimension(x: width, y: height))
    }

    @Test func valuesBecomeGrayFromTheSmallestToTheLargest() throws {
        let doubles: [Double] = [-1, 0, 1, .nan, .infinity, -.infinity]
        #expect(try self.image(.double(doubles), 3, 2).picture() == Picture(width: 3, height: 2, samples: [0, 128, 255, 0, 255, 0]))
        #expect(try self.image(.double([-1.7e308, 1.7e308]), 2, 1).picture().samples == [0, 255])
        #expect(try self.image(.long64([.min, .max]), 1, 2).picture().samples == [0, 255])
        #expect(try self.image(.short([5, 5]), 2, 1).picture().samples == [0, 0])
        #expect(try self.image(.boolean([true, true]), 2, 1).picture().samples == [255, 255])
        #expect(try self.image(.boolean([true, false]), 2, 1).picture().samples == [255, 0])
    }

    @Test func valuesThatAreNoPictureAreRefused() {
        #expect(throws: HTTPFailure.self) { try self.image(.string(["a"]), 1, 1).picture() }
        #expect(throws: HTTPFailure.self) { try self.image(.double([]), 0, 0).picture() }
        #expect(throws: HTTPFailure.self) { try self.image(.double([1]), 2, 1).picture() }
        #expect(throws: HTTPFailure.self) { try self.image(.uchar([UInt8](repeating: 0, count: 65501)), 65501, 1).picture() }
    }

    @Test(arguments: [(1, 1), (15, 10), (64, 64), (65500, 1), (1, 65500), (300, 200)])
    func picturesAreWholeFilesOfTheirSize(width: Int, height: Int) throws {
        let samples = (0..<(width * height)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let picture = Picture(width: width, height: height, samples: samples)
        let jpeg = try picture.jpeg()
        #expect(jpeg.starts(with: [0xFF, 0xD8, 0xFF, 0xE0]) && jpeg.suffix(2) == [0xFF, 0xD9])
        // The frame header: baseline, 8 bits, height, width, one component.
        let frame: [UInt8] = [
            0xFF, 0xC0, 0, 11, 8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), 1,
        ]
        #expect(jpeg.indices.contains { jpeg[$0...].starts(with: frame) })
        let png = try picture.png()
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        func word(_ number: Int) -> [UInt8] {
            [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        }
        // IHDR: size, 8 bits, gray.
        #expect(Array(png[16..<26]) == word(width) + word(height) + [8, 0])
        #expect(png.suffix(8).prefix(4).elementsEqual(Array("IEND".utf8)))
    }

    @Test func theLibrarysRefusalIsAnErrorNotACrash() {
        let empty = Picture(width: 0, height: 0, samples: [])
        #expect(throws: HTTPFailure.self) { try empty.jpeg() }
        #expect(throws: HTTPFailure.self) { try empty.png() }
        let wide = Picture(width: 70000, height: 1, samples: [UInt8](repeating: 1, count: 70000))
        #expect(throws: HTTPFailure.self) { try wide.jpeg() }
    }

    @Test func clientsChooseTheForm() async throws {
        try await LiveSystem.run { system in
            let path = "test/echo/1/attributes/double_image/value"
            _ = await system.send(.put, path, #"{"data":[1,2,3,4,5,6],"width":3,"height":2}"#)
            let specified = await system.send(.get, path, headers: [.accept: "image/jpeg"])
            #expect(specified.status == 200 && specified.headers[.contentType] == "image/jpeg")
            #expect(specified.text.hasPrefix("data:/jpeg;base64,/9j/") && specified.headers[.contentDisposition] == "inline")
            #expect(specified.headers[.vary]?.contains("Accept") == true)
            let raw = await system.send(.get, path + "?raw=true", headers: [.accept: "image/jpeg"])
            #expect(raw.headers[.contentType] == "image/jpeg" && raw.body.starts(with: [0xFF, 0xD8]))
            #expect(specified.text == "data:/jpeg;base64," + Base64.encode(raw.body))
            #expect(await system.send(.get, path + "?raw").headers[.contentType] == "image/jpeg")
            #expect(
                await system.send(.get, path + "?raw", headers: [.accept: "application/json"]).headers[.contentType] == "application/json")
            let png = await system.send(.get, path, headers: [.accept: "image/png"])
            #expect(png.headers[.contentType] == "image/png" && png.body.starts(with: [0x89, 0x50]))
            #expect(await system.send(.get, path, headers: [.accept: "*/*"]).headers[.contentType] == "application/json")
            for type in ["image/jpeg", "image/png"] {
                #expect(await system.send(.get, "test/echo/1/attributes/Limited/value", headers: [.accept: type]).status == 400)
                _ = await system.send(.put, "test/echo/1/attributes/string_image/value", #"[["a"]]"#)
                let text = await system.send(.get, "test/echo/1/attributes/string_image/value", headers: [.accept: type])
                #expect(text.status == 400 && text.headers[.contentType] == "application/json")
            }
        }
    }
}
