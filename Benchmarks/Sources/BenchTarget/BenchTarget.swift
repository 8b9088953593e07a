import TangoServer

/// A device whose only purpose is to be measured; its interface is that of the servers it is compared with.
final class BenchTarget: Device {
    private static let maximumLength = 1_000_000
    private static let maximumSide = 2000
    private static let maximumDynamic = 100_000

    private let context: DeviceContext
    private var scalar = 0.0
    private var spectrum: [Double] = []
    private var written: [Double] = []
    private var image = TangoImage<Double>([], width: 0, height: 0)
    private var pipeCount: Int64 = 0
    private var pipeData: [Double] = []
    private var eventSpectrum: [Double] = []
    private var dynamicCount = 0
    private var dynamicReads: Int64 = 0

    init(context: DeviceContext) {
        self.context = context
    }

    func initialize() throws {
        self.context.setState(.on)
        self.context.setStatus("The device is in ON state.")
        self.scalar = 0
        self.written = []
        self.eventSpectrum = Self.firstEvents
        self.spectrum = Self.firstSpectrum
        self.image = TangoImage(Self.firstImage, width: 100, height: 100)
        self.pipeData = Self.firstSpectrum
    }

    // What all devices show at first is in memory once; setting a size gives a device its own.
    private static let firstEvents = Array(repeating: 0.0, count: 1000)
    private static let firstSpectrum = ramp(1000)
    private static let firstImage = ramp(100 * 100)

    private static func ramp(_ count: Int) -> [Double] { (0..<count).map(Double.init) }

    private static func wrong(_ text: String) -> DevFailed { DevFailed(.invalidArguments, text, origin: "BenchTarget") }

    private static func length(_ argument: CommandData) throws(DevFailed) -> Int {
        guard case .long(let value) = argument, (1...Self.maximumLength).contains(Int(value)) else {
            throw Self.wrong("The length is out of range")
        }
        return Int(value)
    }

    // MARK: - Commands

    private func setSpectrumSize(_ argument: CommandData) throws(DevFailed) {
        self.spectrum = Self.ramp(try Self.length(argument))
    }

    private func setPipeSize(_ argument: CommandData) throws(DevFailed) {
        self.pipeData = Self.ramp(try Self.length(argument))
    }

    private func setImageSize(_ argument: CommandData) throws(DevFailed) {
        guard case .longArray(let size) = argument, size.count == 2, size.allSatisfy({ (1...Self.maximumSide).contains(Int($0)) }) else {
            throw Self.wrong("SetImageSize takes [x, y], each from 1 to \(Self.maximumSide)")
        }
        let (x, y) = (Int(size[0]), Int(size[1]))
        self.image = TangoImage(Self.ramp(x * y), width: x, height: y)
    }

    private func pushEvents(_ argument: CommandData) throws(DevFailed) -> CommandData {
        guard case .longArray(let values) = argument, values.count == 4 else {
            throw Self.wrong("PushEvents takes [kind, count, period_us, size]")
        }
        throw DevFailed(.notSupportedFeature, "This server cannot push events yet", origin: "BenchTarget")
    }

    private func addDynamicAttributes(_ argument: CommandData) throws(DevFailed) -> CommandData {
        guard case .long(let value) = argument, value >= 0, self.dynamicCount + Int(value) <= Self.maximumDynamic else {
            throw Self.wrong("AddDynamicAttributes: the count is out of range")
        }
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<value {
            try self.context.addAttribute(Self.dynamic(Self.dynamicName(self.dynamicCount)))
            self.dynamicCount += 1
        }
        return .doubleArray([(clock.now - start) / .seconds(1), Double(self.dynamicCount)])
    }

    private func removeDynamicAttributes() throws(DevFailed) -> CommandData {
        let clock = ContinuousClock()
        let start = clock.now
        while self.dynamicCount > 0 {
            self.dynamicCount -= 1
            try self.context.removeAttribute(Self.dynamicName(self.dynamicCount))
        }
        return .doubleArray([(clock.now - start) / .seconds(1), 0])
    }

    private static func dynamicName(_ index: Int) -> String {
        let digits = String(index)
        return "dyn_" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// All share one handler.
    private static let readDynamic = AttributeReader.sync { call in
        try call.device(as: BenchTarget.self).dynamicReads += 1
        return AttributeReading(.double([2.5]), dimension: .scalar)
    }

    private static func dynamic(_ name: String) -> AttributeDefinition {
        AttributeDefinition(name: name, type: .double, reader: Self.readDynamic)
    }

    // MARK: - The class

    static let deviceClass = DeviceClass(
        "BenchTarget", BenchTarget.self, execution: .inline, deviceDescription: "Benchmark target"
    ) {
        Attribute("ScalarRO", Double.self).read { _ in 1.25 }
        Attribute("ScalarRW", Double.self).stored(at: \.scalar)
        for index in 0..<20 {
            Attribute("S\(index < 10 ? "0" : "")\(index)", Double.self).read { _ in Double(index) }
        }
        Attribute("StringRO", String.self).read { _ in "0123456789abcdef0123456789abcdef" }
        Attribute("DynReads", Int64.self).read { $0.dynamicReads }
        Attribute("SpectrumRO", [Double].self, maxDimX: BenchTarget.maximumLength).read { $0.spectrum }
        Attribute("SpectrumRW", [Double].self, maxDimX: BenchTarget.maximumLength).stored(at: \.written)
        Attribute("ImageRO", TangoImage<Double>.self, maxDimX: BenchTarget.maximumSide, maxDimY: BenchTarget.maximumSide).read { $0.image }
        Attribute("EventScalar", Double.self).read { _ in 0.0 }
        Attribute("EventSpectrum", [Double].self, maxDimX: BenchTarget.maximumLength).read { $0.eventSpectrum }
        BenchTarget.commands
        Member.pipe(BenchTarget.pipe)
    }

    @MemberBuilder<BenchTarget>
    private static var commands: [Member] {
        Command("CmdVoid", of: BenchTarget.self) { _, _ in .void }
        Command("EchoDouble", of: BenchTarget.self, in: .double, out: .double) { _, argument in argument }
        Command("EchoString", of: BenchTarget.self, in: .string, out: .string) { _, argument in argument }
        Command("EchoDoubleArray", of: BenchTarget.self, in: .doubleArray, out: .doubleArray) { _, argument in argument }
        Command("SetSpectrumSize", of: BenchTarget.self, in: .long) { device, argument in
            try device.setSpectrumSize(argument)
            return .void
        }
        Command("SetImageSize", of: BenchTarget.self, in: .longArray) { device, argument in
            try device.setImageSize(argument)
            return .void
        }
        Command("SetPipeSize", of: BenchTarget.self, in: .long) { device, argument in
            try device.setPipeSize(argument)
            return .void
        }
        Command("PushEvents", of: BenchTarget.self, in: .longArray, out: .doubleArray) { device, argument in
            try device.pushEvents(argument)
        }
        Command("AddDynamicAttributes", of: BenchTarget.self, in: .long, out: .doubleArray) { device, argument in
            try device.addDynamicAttributes(argument)
        }
        Command("RemoveDynamicAttributes", of: BenchTarget.self, out: .doubleArray) { device, _ in
            try device.removeDynamicAttributes()
        }
    }

    private static let pipe = PipeDefinition(
        PipeConfig(name: "BenchPipe", writable: .readWrite),
        reader: .sync { call in
            let device = try call.device(as: BenchTarget.self)
            return PipeBlob(
                name: "bench",
                elements: [
                    PipeElement(name: "count", content: .value(.long64([device.pipeCount]), isArray: false)),
                    PipeElement(name: "label", content: .value(.string(["bench-pipe"]), isArray: false)),
                    PipeElement(name: "data", content: .value(.double(device.pipeData), isArray: true)),
                ])
        },
        writer: .sync { call, blob in
            let contents = blob.elements.map(\.content)
            guard contents.count == 3, case .value(.long64(let count), _) = contents[0], case .value(.string, _) = contents[1],
                case .value(.double(let data), _) = contents[2], count.count == 1
            else { throw BenchTarget.wrong("BenchPipe takes count, label and data") }
            let device = try call.device(as: BenchTarget.self)
            device.pipeCount = count[0]
            device.pipeData = data
        })
}
