import CImageCodecs
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A gray-scale picture, row by row.
struct Picture: Sendable, Hashable {
    /// Largest width and height of libjpeg.
    static let largestSide = 65500

    var width: Int
    var height: Int
    var samples: [UInt8]

    /// Encodes as baseline JPEG, quality 85.
    /// - Throws: 400 with the message of the library.
    func jpeg() throws(HTTPFailure) -> [UInt8] {
        try self.encoded { image_codecs_jpeg($0, UInt32(self.width), UInt32(self.height), 85, &$1) }
    }

    /// Encodes as PNG, without loss.
    /// - Throws: 400 with the message of the library.
    func png() throws(HTTPFailure) -> [UInt8] {
        try self.encoded { image_codecs_png($0, UInt32(self.width), UInt32(self.height), &$1) }
    }

    private func encoded(
        _ encode: (UnsafePointer<UInt8>?, inout image_codecs_buffer) -> Int32
    ) throws(HTTPFailure) -> [UInt8] {
        var buffer = image_codecs_buffer()
        let result = self.samples.withUnsafeBufferPointer { encode($0.baseAddress, &buffer) }
        defer { free(buffer.bytes) }
        guard result == 0 else {
            let problem = withUnsafeBytes(of: buffer.problem) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            throw HTTPFailure.badRequest("The picture of \(self.width) x \(self.height) was not made: \(problem)")
        }
        return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
    }
}

extension AttributeValue {
    /// Returns the image as a picture: the smallest finite value is black, the largest white; booleans are black and white.
    /// - Throws: 400 when it is no image of numbers, or has no or too many elements.
    func picture() throws(HTTPFailure) -> Picture {
        let data = self.readData
        let (width, height) = (Int(self.readDimension.x), Int(self.readDimension.y))
        guard width > 0, height > 0, width <= Picture.largestSide, height <= Picture.largestSide, data.count == width * height else {
            throw HTTPFailure.badRequest("\(self.name) has no picture: \(width) x \(height)")
        }
        if case .boolean(let flags) = data { return Picture(width: width, height: height, samples: flags.map { $0 ? 255 : 0 }) }
        guard let values = data.numbers else { throw HTTPFailure.badRequest("\(self.name) is no image of numbers") }
        return Picture(width: width, height: height, samples: Self.gray(values))
    }

    private static func gray(_ values: [Double]) -> [UInt8] {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        // Halved, so that the difference of the largest possible numbers is finite.
        let span = high / 2 - low / 2
        return values.map { value in
            guard value.isFinite else { return value > 0 ? 255 : 0 }
            return span > 0 ? UInt8(((value / 2 - low / 2) / span * 255).rounded()) : 0
        }
    }
}

extension AttributeData {
    /// The elements as numbers; `nil` for other types.
    fileprivate var numbers: [Double]? {
        switch self {
        case .short(let values): values.map { Double($0) }
        case .long(let values): values.map { Double($0) }
        case .long64(let values): values.map { Double($0) }
        case .float(let values): values.map { Double($0) }
        case .double(let values): values
        case .uchar(let values): values.map { Double($0) }
        case .ushort(let values): values.map { Double($0) }
        case .ulong(let values): values.map { Double($0) }
        case .ulong64(let values): values.map { Double($0) }
        case .boolean, .string, .state, .deviceState, .encoded, .none: nil
        }
    }
}
