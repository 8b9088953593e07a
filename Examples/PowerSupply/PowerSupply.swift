import TangoServer

/// A simulated magnet power supply: a state machine (OFF, ON, MOVING, FAULT), alarms, and a memorized set point.
final class PowerSupply: Device {
    static let rampRate = DeviceProperty("RampRate", Double.self, default: 5, description: "How fast the current changes [A/s]")
    static let loadResistance = DeviceProperty("LoadResistance", Double.self, default: 0.5, description: "Resistance of the magnet [Ohm]")

    static let deviceClass = DeviceClass("PowerSupply", PowerSupply.self) {
        PowerSupply.rampRate
        PowerSupply.loadResistance

        Attribute(
            "Current", Double.self, description: "Current through the magnet", unit: "A", format: "%7.3f", maxAlarm: 95, maxWarning: 90,
            absoluteChange: 0.1
        )
        .reading { $0.readCurrent() }

        Attribute(
            "Setpoint", Double.self, description: "Current to go to", unit: "A", format: "%7.3f", minValue: 0, maxValue: 100,
            memorization: .memorized
        )
        .read { $0.setpoint }
        .write { try $0.writeSetpoint($1) }
        .notAllowed(in: .fault, for: .write)

        Attribute("Voltage", Double.self, unit: "V").read { $0.current * $0.resistance }
        Attribute("Interlock", Interlock.self, description: "Why the supply tripped").read { $0.interlock }

        Command("On") { try $0.turnOn() }.allowed(in: .off)
        Command("Off") { $0.turnOff() }.notAllowed(in: .fault)
        Command("Ramp", inDescription: "Current to go to [A]", outDescription: "How long it takes [s]") { (device, target: Double) in
            try device.ramp(to: target)
        }
        .allowed(in: .on, .moving)
        Command("Trip", level: .expert) { $0.trip(.overTemperature) }
        Command("Reset") { $0.reset() }.allowed(in: .fault)

        DevicePipe("Summary", description: "Everything at once").read { device in
            [
                PipeElement("state", device.context.state), PipeElement("current", device.current),
                PipeElement("setpoint", device.setpoint),
            ]
        }
    }

    enum Interlock: Int16, TangoEnum {
        case none, overTemperature, waterFlow
    }

    private let context: DeviceContext
    private var rate = 0.0
    private var resistance = 0.0
    private var setpoint = 0.0
    private var interlock = Interlock.none
    /// Current and time at the start of the ramp; `nil` at rest.
    private var ramp: (start: Double, began: ContinuousClock.Instant)?
    private var resting = 0.0

    init(context: DeviceContext) {
        self.context = context
    }

    func initialize() async throws {
        self.rate = try self.context.property(Self.rampRate)
        self.resistance = try self.context.property(Self.loadResistance)
        guard self.rate > 0 else { throw DevFailed("PowerSupply_WrongProperty", "RampRate must be positive, it is \(self.rate)") }
        self.context.setState(.off)
    }

    /// Sets the state to ON when a ramp is over, before each request.
    func alwaysExecuted() throws {
        guard self.ramp != nil, self.current == self.setpoint else { return }
        self.settle(.on)
    }

    private var current: Double {
        guard let ramp = self.ramp else { return self.resting }
        let way = self.setpoint - ramp.start
        let gone = min(abs(way), (ContinuousClock.now - ramp.began) / .seconds(1) * self.rate)
        return gone == abs(way) ? self.setpoint : ramp.start + (way < 0 ? -gone : gone)
    }

    func readCurrent() -> Reading<Double> {
        Reading(self.current, quality: self.ramp == nil ? .valid : .changing)
    }

    func writeSetpoint(_ target: Double) throws {
        guard self.context.state != .off else {
            self.setpoint = target
            return
        }
        _ = try self.ramp(to: target)
    }

    func ramp(to target: Double) throws -> Double {
        guard (0...100).contains(target) else { throw DevFailed(.writeOutsideLimit, "The current must be from 0 to 100 A, not \(target)") }
        let start = self.current
        self.setpoint = target
        self.ramp = (start, .now)
        self.context.setState(.moving)
        self.context.logger.info("ramp", metadata: ["from": "\(start)", "to": "\(target)"])
        return abs(target - start) / self.rate
    }

    func turnOn() throws {
        _ = try self.ramp(to: self.setpoint)
    }

    func turnOff() {
        self.resting = 0
        self.settle(.off)
    }

    func trip(_ cause: Interlock) {
        self.interlock = cause
        self.turnOff()
        self.context.setState(.fault)
        self.context.setStatus("Tripped: \(cause)")
    }

    func reset() {
        self.interlock = .none
        self.context.setStatus(nil)
        self.context.setState(.off)
    }

    private func settle(_ state: DevState) {
        if state == .on { self.resting = self.setpoint }
        self.ramp = nil
        self.context.setState(state)
    }
}
