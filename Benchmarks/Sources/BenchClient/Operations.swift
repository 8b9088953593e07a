import TangoClient

/// One kind of request that is measured.
struct Operation: Sendable {
    typealias Body = @Sendable (DeviceProxy) async throws -> Void

    /// Bytes of the user's data that one operation carries.
    var payload = 0.0
    /// What has to be done once before.
    var prepare: Body = { _ in }
    var run: Body

    struct BadReply: Error {}

    static let names =
        "ping,read_scalar,read_string,read_20,read_spectrum_1k,read_spectrum_10k,read_spectrum_100k,read_image_500x500,"
        + "write_scalar,write_spectrum_10k,cmd_void,echo_double,echo_array_10k,read_pipe_1k,write_pipe_1k"

    /// `nil` for an operation this client does not know.
    init?(_ name: String) {
        switch name {
        case "ping": self.run = { _ = try await $0.ping() }
        case "state": self.run = { _ = try await $0.state() }
        case "read_scalar":
            self.run = { device in try Self.check(try await device.readAttribute("ScalarRO").data == .double([1.25])) }
        case "read_string":
            self.run = { device in
                guard case .string(let texts) = try await device.readAttribute("StringRO").data else { throw BadReply() }
                try Self.check(texts.first?.utf8.count == 32)
            }
        case "read_20":
            let names = (0..<20).map { "S\($0 < 10 ? "0" : "")\($0)" }
            self.payload = 160
            self.run = { device in
                var sum = 0.0
                for value in try await device.readAttributes(names) {
                    guard case .double(let numbers) = value.data else { throw BadReply() }
                    sum += numbers[0]
                }
                try Self.check(sum == 190)
            }
        case "write_scalar":
            self.run = { device in try await device.write("ScalarRW", 4.5) }
        case "cmd_void": self.run = { _ = try await $0.command("CmdVoid") }
        case "echo_double":
            self.run = { device in try Self.check(try await device.command("EchoDouble", .double(2.5)) == .double(2.5)) }
        case "echo_string":
            let text = CommandData.string("0123456789abcdef0123456789abcdef")
            self.run = { device in try Self.check(try await device.command("EchoString", text) == text) }
        case "read_spectrum_1k": self = .readSpectrum(1000)
        case "read_spectrum_10k": self = .readSpectrum(10_000)
        case "read_spectrum_100k": self = .readSpectrum(100_000)
        case "read_spectrum_1m": self = .readSpectrum(1_000_000)
        case "read_image_500x500":
            self.payload = 8 * 500 * 500
            self.prepare = { device in _ = try await device.command("SetImageSize", .longArray([500, 500])) }
            self.run = { device in try Self.check(try await device.readAttribute("ImageRO").data.count == 250_000) }
        case "write_spectrum_10k":
            let data = Array(repeating: 1.0, count: 10_000)
            self.payload = 80_000
            self.run = { device in try await device.write("SpectrumRW", data) }
        case "echo_array_10k":
            let data = Array(repeating: 1.0, count: 10_000)
            self.payload = 160_000
            self.run = { device in
                guard case .doubleArray(let answer) = try await device.command("EchoDoubleArray", .doubleArray(data)) else {
                    throw BadReply()
                }
                try Self.check(answer.count == data.count)
            }
        case "read_pipe_1k":
            self.payload = 8000
            self.prepare = { device in _ = try await device.command("SetPipeSize", .long(1000)) }
            self.run = { device in
                guard case .value(.double(let data), _)? = try await device.readPipe("BenchPipe").blob.elements.last?.content else {
                    throw BadReply()
                }
                try Self.check(data.count == 1000)
            }
        case "write_pipe_1k":
            let blob = PipeBlob(
                name: "bench",
                elements: [
                    PipeElement(name: "count", content: .value(.long64([7]), isArray: false)),
                    PipeElement(name: "label", content: .value(.string(["bench-pipe"]), isArray: false)),
                    PipeElement(name: "data", content: .value(.double(Array(repeating: 1, count: 1000)), isArray: true)),
                ])
            self.payload = 8000
            self.run = { device in try await device.writePipe("BenchPipe", blob) }
        default: return nil
        }
    }

    private init(payload: Double, prepare: @escaping Body, run: @escaping Body) {
        self.payload = payload
        self.prepare = prepare
        self.run = run
    }

    private static func readSpectrum(_ count: Int) -> Operation {
        Operation(
            payload: Double(8 * count),
            prepare: { device in _ = try await device.command("SetSpectrumSize", .long(Int32(count))) },
            run: { device in
                guard case .double(let data) = try await device.readAttribute("SpectrumRO").data else { throw BadReply() }
                try Self.check(data.count == count && data[count - 1] == Double(count - 1))
            })
    }

    private static func check(_ isRight: Bool) throws {
        guard isRight else { throw BadReply() }
    }
}
