import TangoTesting

enum Mode: Int16, TangoEnum, CommandConvertible {
    case manual, remote, programmed
}

/// A device that uses every form of the declarations.
final class Workbench: Device {
    static let host = DeviceProperty("Host", String.self, description: "Where the hardware is")
    static let port = DeviceProperty("Port", Int.self, default: 5000)
    static let axes = DeviceProperty("Axes", [Double].self, default: [1, 2.5])
    static let nickname = DeviceProperty("Nickname", String?.self, default: nil)
    static let facility = ClassProperty("Facility", String.self, default: "nowhere")

    let context: DeviceContext
    let address: String
    var level = 1.5
    var target = 0.0
    var name = "start"
    var mode = Mode.manual
    var count = 0
    var trace: [Int32] = [1, 2, 3]
    var picture = TangoImage<UInt16>([1, 2, 3, 4, 5, 6], width: 3, height: 2)
    var log: [String] = []

    init(context: DeviceContext) throws {
        self.context = context
        self.address = "\(try context.property(Self.host)):\(try context.property(Self.port))"
        context.setState(.on)
    }
    func initialize() {}

    static let deviceClass = DeviceClass("Workbench", Workbench.self) {
        Workbench.host
        Workbench.port
        Workbench.axes
        Workbench.nickname
        Workbench.facility

        Attribute(
            "Level", Double.self, label: "The level", description: "How high", unit: "m", standardUnit: "1", displayUnit: "m",
            format: "%5.2f", minValue: 0, maxValue: 100, minAlarm: 1, maxAlarm: 90, minWarning: 2, maxWarning: 80,
            deltaTime: .milliseconds(500), deltaValue: 0.5, absoluteChange: 0.25, relativeChange: 5, eventPeriod: .seconds(2),
            archiveAbsoluteChange: 1, archiveRelativeChange: 10, archivePeriod: .seconds(10), level: .expert,
            memorization: .memorized
        ).stored(at: \.level)
        Attribute("ByKeyPath", Double.self).read(\.level)
        Attribute("ByMethod", Double.self).read { try $0.readLevel() }.write { try $0.writeLevel($1) }
        Attribute("ByAsyncMethod", Double.self).read { try await $0.readLevelLater() }.write { try await $0.writeLevelLater($1) }
        Attribute("Later", Int64.self).read { device in
            await Task.yield()
            return Int64(device.level)
        }
        Attribute("Moving", Double.self).reading { device in
            Reading(device.level, quality: .changing, time: Timestamp(seconds: 12, microseconds: 34))
        }
        Attribute("MovingByMethod", Double.self).reading { $0.reading() }
        Attribute("Nothing", Double.self).reading { _ in .invalid }
        Attribute("Target", Double.self).write { $0.target = $1 }
        Attribute("Actual", Double.self).read { $0.target * 2 }.showingSetValue(of: "Target")
        Attribute("Mode", Mode.self).stored(at: \.mode)
        Attribute("Number", Int16.self, enumLabels: nil).read { _ in 7 }
        Attribute("Count", Int.self, minValue: 0).stored(at: \.count)
        Attribute("Counts", [Int].self, maxDimX: 2).read { _ in [1, 2] }
        Attribute("Trace", [Int32].self, maxDimX: 5).stored(at: \.trace)
        Attribute("Picture", TangoImage<UInt16>.self, maxDimX: 4, maxDimY: 3).stored(at: \.picture)
        Attribute("WhenOn", Bool.self).read { _ in true }.write { _, _ in }.allowed(in: .on, .running)
        Attribute("NotWrittenWhenMoving", Bool.self).read { _ in true }.write { _, _ in }.notAllowed(in: .moving, for: .write)
        Attribute("WhenRemote", Bool.self).read { _ in true }.allowed { device, _ in device.mode == .remote }
        for channel in 1...3 {
            Attribute("Channel\(channel)", Int32.self).read { $0.trace[channel - 1] }
        }

        Command("Reset") { $0.level = 0 }
        Command("Ramp", inDescription: "target", outDescription: "way") { (device, target: Double) in
            defer { device.level = target }
            return target - device.level
        }
        Command("RampLater") { (device, target: Double) async throws -> Void in
            await Task.yield()
            device.level = target
        }
        Command("Names") { device in [device.name, device.address] }
        Command("Both") { (_, pair: LongStringArray) in DoubleStringArray(doubles: pair.longs.map(Double.init), strings: pair.strings) }
        Command("SetMode") { (device, mode: Mode) in device.mode = mode }
        Command("ResetByMethod") { $0.reset() }
        Command("AddByMethod") { try $0.add($1) }
        Command("AddLaterByMethod") { try await $0.addLater($1) }
        Command("Echo", in: .longArray, out: .longArray) { _, argument in argument }
        Command("Add") { (_, numbers: [Int]) in numbers.reduce(0, +) }
        Command("Fail") { _ in throw DevFailed("Bench_Broken", "it is broken") }
        Command("OnlyWhenOff", level: .expert) { _ in }.allowed(in: .off)

        DevicePipe("Settings", description: "all in one").read { device in
            [
                PipeElement("level", device.level), PipeElement("trace", device.trace),
                PipeElement("inner", [PipeElement("name", device.name)]),
            ]
        }.write { device, blob in
            device.level = try blob.value("Level")
            device.trace = try blob.values("trace")
            device.name = try blob.blob("inner").value("name")
        }
        DevicePipe("ByMethod").read { await $0.readPipe() }
    }

    func readLevel() throws -> Double { self.level }
    func writeLevel(_ level: Double) throws { self.level = level }
    func readLevelLater() async throws -> Double {
        await Task.yield()
        return self.level
    }
    func writeLevelLater(_ level: Double) async throws {
        await Task.yield()
        self.level = level
    }
    func reading() -> Reading<Double> { Reading(self.level, quality: .warning) }
    func reset() { self.level = -1 }
    func add(_ number: Double) throws -> Double { self.level + number }
    func addLater(_ number: Double) async throws -> Double {
        await Task.yield()
        return self.level + number
    }
    func readPipe() async -> [PipeElement] { [PipeElement("one", Int32(1))] }
}
