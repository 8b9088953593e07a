import TangoCore

extension AttributeValue {
    /// The image as a grey picture: the smallest finite value black, the largest white; booleans black and white.
    /// - Throws: 400 when it is no image of numbers.
    func jpeg() throws(HTTPFailure) -> [UInt8] {
        let data = self.readData
        let (width, height) = (Int(self.readDimension.x), Int(self.readDimension.y))
        guard width > 0, height > 0, width <= 65535, height <= 65535, data.count == width * height else {
            throw HTTPFailure.badRequest("\(self.name) has no picture: \(width) x \(height)")
        }
        guard let values = data.numbers else { throw HTTPFailure.badRequest("\(self.name) is no image of numbers") }
        return JPEGEncoder.encode(grey: Self.grey(values), width: width, height: height)
    }

    private static func grey(_ values: [Double]) -> [UInt8] {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        // Halved, so that the difference of the largest numbers is finite.
        let span = high / 2 - low / 2
        return values.map { value in
            guard value.isFinite else { return value > 0 ? 255 : 0 }
            return span > 0 ? UInt8(((value / 2 - low / 2) / span * 255).rounded()) : 0
        }
    }
}

extension AttributeData {
    /// The elements as numbers; a boolean is 0 or 1. `nil` for texts and the like.
    fileprivate var numbers: [Double]? {
        switch self {
        case .boolean(let values): values.map { $0 ? 1 : 0 }
        case .short(let values): values.map { Double($0) }
        case .long(let values): values.map { Double($0) }
        case .long64(let values): values.map { Double($0) }
        case .float(let values): values.map { Double($0) }
        case .double(let values): values
        case .uchar(let values): values.map { Double($0) }
        case .ushort(let values): values.map { Double($0) }
        case .ulong(let values): values.map { Double($0) }
        case .ulong64(let values): values.map { Double($0) }
        case .string, .state, .deviceState, .encoded, .none: nil
        }
    }
}

/// Baseline JPEG of one component (ITU-T T.81), quality about 85, with the Huffman tables of its annex K.
enum JPEGEncoder {
    /// Order in which the coefficients of a block are written.
    private static let zigzag: [Int] = [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49,
        56,
        57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ]
    /// Table K.1, scaled to quality 85 (30 %).
    private static let quantization: [Int] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18,
        22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103,
        99,
    ].map { ($0 * 30 + 50) / 100 }

    private static let dcCounts: [UInt8] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    private static let dcValues: [UInt8] = Array(0...11)
    private static let acCounts: [UInt8] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D]
    private static let acValues: [UInt8] = [
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91,
        0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A,
        0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53,
        0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79,
        0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
        0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9,
        0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2,
        0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
    ]

    private struct Code {
        var bits: UInt32 = 0
        var length = 0
    }

    private struct BitWriter {
        var bytes: [UInt8]
        private var pending: UInt32 = 0
        private var count = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func write(_ bits: UInt32, _ length: Int) {
            self.pending = self.pending << UInt32(length) | bits
            self.count += length
            while self.count >= 8 {
                self.count -= 8
                let byte = UInt8(truncatingIfNeeded: self.pending >> UInt32(self.count))
                self.bytes.append(byte)
                // A byte of ones would look like a marker.
                if byte == 0xFF { self.bytes.append(0) }
            }
        }

        mutating func flush() {
            if self.count > 0 { self.write(UInt32(1) << UInt32(8 - self.count) - 1, 8 - self.count) }
        }
    }

    /// - Parameter grey: `width` · `height` samples, row by row.
    static func encode(grey: [UInt8], width: Int, height: Int) -> [UInt8] {
        var writer = BitWriter(bytes: Self.header(width: width, height: height))
        let dcCodes = Self.codes(Self.dcCounts, Self.dcValues)
        let acCodes = Self.codes(Self.acCounts, Self.acValues)
        var previous = 0
        var block = [Float](repeating: 0, count: 64)
        for top in stride(from: 0, to: height, by: 8) {
            for left in stride(from: 0, to: width, by: 8) {
                for index in 0..<64 {
                    // The last column and row are repeated beyond the edge.
                    let (x, y) = (min(left + index % 8, width - 1), min(top + index / 8, height - 1))
                    block[index] = Float(grey[y * width + x]) - 128
                }
                Self.write(Self.quantized(block), &previous, dcCodes, acCodes, to: &writer)
            }
        }
        writer.flush()
        return writer.bytes + [0xFF, 0xD9]
    }

    private static func header(width: Int, height: Int) -> [UInt8] {
        func word(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
        bytes += [0xFF, 0xDB, 0, 67, 0] + Self.zigzag.map { UInt8(Self.quantization[$0]) }
        bytes += [0xFF, 0xC0, 0, 11, 8] + word(height) + word(width) + [1, 1, 0x11, 0]
        bytes += [0xFF, 0xC4] + word(3 + 16 + Self.dcValues.count) + [0x00] + Self.dcCounts + Self.dcValues
        bytes += [0xFF, 0xC4] + word(3 + 16 + Self.acValues.count) + [0x10] + Self.acCounts + Self.acValues
        return bytes + [0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0]
    }

    /// Codes by symbol.
    private static func codes(_ counts: [UInt8], _ values: [UInt8]) -> [Code] {
        var codes = [Code](repeating: Code(), count: 256)
        var code: UInt32 = 0
        var index = 0
        for length in 1...16 {
            for _ in 0..<counts[length - 1] {
                codes[Int(values[index])] = Code(bits: code, length: length)
                code += 1
                index += 1
            }
            code <<= 1
        }
        return codes
    }

    /// cos((2x + 1)uπ / 16), scaled for an orthonormal transform; row u, column x. From the exact half-angle values of cos(kπ/16).
    private static let basis: [Float] = {
        let cosines: [Float] = [1, 0.980_785_28, 0.923_879_53, 0.831_469_61, 0.707_106_78, 0.555_570_23, 0.382_683_43, 0.195_090_32, 0]
        return (0..<64).map { index in
            let (u, x) = (index / 8, index % 8)
            if u == 0 { return 0.353_553_39 }
            // cos is even and has period 32 in sixteenths of π.
            let step = (2 * x + 1) * u % 32
            let folded = step > 16 ? 32 - step : step
            return (folded <= 8 ? cosines[folded] : -cosines[16 - folded]) / 2
        }
    }()

    private static func quantized(_ block: [Float]) -> [Int] {
        let basis = Self.basis
        var rows = [Float](repeating: 0, count: 64)
        for y in 0..<8 {
            for u in 0..<8 {
                var sum: Float = 0
                for x in 0..<8 { sum += block[y * 8 + x] * basis[u * 8 + x] }
                rows[y * 8 + u] = sum
            }
        }
        var coefficients = [Int](repeating: 0, count: 64)
        for u in 0..<8 {
            for v in 0..<8 {
                var sum: Float = 0
                for y in 0..<8 { sum += rows[y * 8 + u] * basis[v * 8 + y] }
                coefficients[v * 8 + u] = Int((sum / Float(Self.quantization[v * 8 + u])).rounded())
            }
        }
        return Self.zigzag.map { coefficients[$0] }
    }

    private static func write(_ block: [Int], _ previous: inout Int, _ dc: [Code], _ ac: [Code], to writer: inout BitWriter) {
        func put(_ symbol: Int, _ codes: [Code], _ value: Int) {
            let size = Int.bitWidth - abs(value).leadingZeroBitCount
            let code = codes[symbol << 4 | size]
            writer.write(code.bits, code.length)
            let bits = value < 0 ? value - 1 : value
            if size > 0 { writer.write(UInt32(truncatingIfNeeded: bits) & (UInt32(1) << UInt32(size) - 1), size) }
        }
        put(0, dc, block[0] - previous)
        previous = block[0]
        var run = 0
        for value in block.dropFirst() {
            if value == 0 {
                run += 1
                continue
            }
            while run > 15 {
                writer.write(ac[0xF0].bits, ac[0xF0].length)
                run -= 16
            }
            put(run, ac, value)
            run = 0
        }
        if run > 0 { writer.write(ac[0].bits, ac[0].length) }
    }
}
