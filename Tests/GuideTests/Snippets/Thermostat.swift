import TangoServer
import TangoTesting
import Testing

/// The device of the guide, which quotes it word by word.
final class Thermostat: Device {
    static let host = DeviceProperty("Host", String.self, description: "Address of the controller")
    static let channels = DeviceProperty("Channels", Int.self, default: 4)
    static let facility = ClassProperty("Facility", String.self, default: "home")

    enum Mode: Int16, TangoEnum, CommandConvertible {
        case heating, cooling, standby
    }

    static let deviceClass = DeviceClass("Thermostat", Thermostat.self) {
        Thermostat.host
        Thermostat.channels
        Thermostat.facility

        Attribute("Temperature", Double.self, unit: "°C", format: "%5.2f", minAlarm: 5, maxAlarm: 60, minWarning: 10, maxWarning: 50)
            .reading { try await $0.readTemperature() }

        Attribute(
            "Target", Double.self, label: "Target temperature", unit: "°C", minValue: 10, maxValue: 30, memorization: .memorized
        )
        .stored(at: \.target)
        .notAllowed(in: .fault, for: .write)

        Attribute("Mode", Mode.self).read { $0.mode }.write { $0.mode = $1 }
        Attribute("History", [Double].self, unit: "°C", maxDimX: 1000).read(\.history)
        Attribute("Map", TangoImage<Double>.self, maxDimX: 16, maxDimY: 16, level: .expert).read { device in
            TangoImage(device.history, width: device.history.count, height: 1)
        }

        Attribute("Demand", Double.self).write { $0.demand = $1 }
        Attribute("Power", Double.self, unit: "W").read { $0.demand * 100 }.showingSetValue(of: "Demand")

        for channel in 1...4 {
            Attribute("Channel\(channel)", Double.self, unit: "°C").read { device in try await device.controller.temperature(of: channel) }
        }

        Command("On") { $0.turnOn() }.allowed(in: .off, .standby)
        Command("Off") { $0.context.setState(.off) }
        Command("Heat", inDescription: "Target [°C]", outDescription: "Time it takes [s]") { (device, target: Double) in
            try await device.heat(to: target)
        }
        Command("SetMode", level: .expert) { (device, mode: Mode) in device.mode = mode }

        DevicePipe("Summary").read { device in
            [PipeElement("target", device.target), PipeElement("history", device.history)]
        }
        .write { device, blob in
            device.target = try blob.value("target")
        }
    }

    let context: DeviceContext
    var target = 20.0
    var demand = 0.0
    var mode = Mode.standby
    var history: [Double] = [20]
    let controller: Controller
    private var watcher: Task<Void, any Error>?

    init(context: DeviceContext) throws {
        self.context = context
        self.controller = Controller(host: try context.property(Self.host))
    }

    func initialize() async throws {
        try await self.controller.connect()
        self.watcher = Self.watch(self.context)
        self.context.setState(.off)
    }

    func release() async {
        self.watcher?.cancel()
    }

    func readTemperature() async throws -> Reading<Double> {
        let temperature = try await self.controller.temperature(of: 1)
        return Reading(temperature, quality: self.context.state == .moving ? .changing : .valid)
    }

    func turnOn() {
        self.context.setState(.on)
        self.context.logger.info("switched on", metadata: ["target": "\(self.target)"])
    }

    func heat(to target: Double) async throws -> Double {
        guard target < 60 else { throw DevFailed("Thermostat_TooHot", "\(target) °C is more than the house stands") }
        try await self.controller.set(target)
        self.target = target
        return abs(target - 20) * 60
    }

    private static func watch(_ context: DeviceContext) -> Task<Void, any Error> {
        Task.detached {
            while true {
                try await Task.sleep(for: .seconds(1))
                try await context.withDevice { (device: Thermostat) in
                    device.history.append(try await device.controller.temperature(of: 1))
                }
            }
        }
    }
}

/// The hardware of the guide.
actor Controller {
    private let host: String
    private var temperature = 20.0

    init(host: String) {
        self.host = host
    }

    func connect() throws {
        guard self.host != "nowhere" else { throw DevFailed("Thermostat_NoController", "No controller at \(self.host)") }
    }

    func temperature(of channel: Int) throws -> Double { self.temperature + Double(channel - 1) }
    func set(_ temperature: Double) throws { self.temperature = temperature }
}

/// A device whose attributes are known at run time only.
final class Rack: Device {
    static let deviceClass = DeviceClass("Rack", Rack.self, execution: .inline)

    let context: DeviceContext
    var values: [String: Double] = ["Pump": 1, "Valve": 0]

    init(context: DeviceContext) throws {
        self.context = context
        for name in self.values.keys.sorted() {
            try context.addAttribute(
                Attribute(name, of: Rack.self, Double.self).read { $0.values[name] ?? 0 }.write { $0.values[name] = $1 })
        }
        try context.addCommand(
            Command("Forget", of: Rack.self) { (_, name: String) in
                try context.removeAttribute(name)
            })
    }

    func initialize() { self.context.setState(.on) }
}

struct ThermostatTests {
    @Test func itHeats() async throws {
        let device = TestDevice(Thermostat.deviceClass, "test/thermostat/1", properties: ["Host": ["here"]])
        try await withDevices([device]) { system in
            let thermostat = try await system.device("test/thermostat/1")
            #expect(try await thermostat.command("Heat", 25.0, as: Double.self) == 300)
            #expect(try await thermostat.read("Temperature", as: Double.self).value == 25)

            // The object itself, while no request runs on it.
            let target = try await system.withObject(of: "test/thermostat/1", as: Thermostat.self) { $0.target }
            #expect(target == 25)

            // Memorized values and changed configurations are there after a restart.
            try await thermostat.write("Target", 22.5)
            try await system.restart()
            #expect(try await thermostat.read("Target", as: Double.self).setPoint == 22.5)
        }
    }

    @Test func theRestOfTheGuideIsTrue() async throws {
        let devices = [
            TestDevice(Thermostat.deviceClass, "test/thermostat/1", properties: ["Host": ["here"]]),
            TestDevice(Thermostat.deviceClass, "test/thermostat/2", properties: ["Host": ["nowhere"]]),
            TestDevice(Thermostat.deviceClass, "test/thermostat/3"), TestDevice(Rack.deviceClass, "test/rack/1"),
        ]
        try await withDevices(devices) { (system) async throws in
            let thermostat = try await system.device("test/thermostat/1")
            try await thermostat.command("On")
            #expect(try await thermostat.state() == .on)
            let again = await #expect(throws: DevFailed.self) { try await thermostat.command("On") }
            #expect(again?.reason == .commandNotAllowed)
            let hot = await #expect(throws: DevFailed.self) { try await thermostat.command("Heat", .double(70)) }
            #expect(hot?.reason == "Thermostat_TooHot")
            try await thermostat.write("Demand", 2.0)
            let power = try await thermostat.read("Power", as: Double.self)
            #expect(try power.value == 200 && power.setPoint == 2)
            #expect(try await thermostat.read("Channel3", as: Double.self).value == 22)
            #expect(try await thermostat.readPipe("Summary").blob.value("target", as: Double.self) == 20)
            #expect(try await thermostat.read("Map", as: TangoImage<Double>.self).value.height == 1)
            #expect(try await system.device("test/thermostat/2").status().contains("No controller at nowhere"))
            #expect(try await system.device("test/thermostat/3").status().contains("Host of device test/thermostat/3 is mandatory"))
            let rack = try await system.device("test/rack/1")
            try await rack.write("Valve", 0.5)
            #expect(try await rack.read("Valve", as: Double.self).value == 0.5)
            try await rack.command("Forget", .string("Pump"))
            #expect(try await rack.attributeConfigs().map(\.name) == ["Valve", "State", "Status"])
        }
    }
}
