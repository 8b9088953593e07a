import TangoClient
import TangoServer

/// Quoted by the guide.
func guideMain() async {
    await DeviceServer.main(classes: [Thermostat.deviceClass])
}

/// Quoted by the README.
func readmeDevice() async {
    final class PowerSupply: Device {
        let context: DeviceContext
        var current = 0.0
        init(context: DeviceContext) { self.context = context }

        func initialize() async throws { self.context.setState(.on) }

        func ramp(to target: Double) async throws {
            guard target >= 0 else { throw DevFailed("PS_Negative", "The current must be positive, not \(target)") }
            self.current = target
        }
    }

    let powerSupply = DeviceClass("PowerSupply", PowerSupply.self) {
        Attribute("Current", Double.self, unit: "A", minValue: 0, maxValue: 100, maxAlarm: 90).stored(at: \.current)
        Command("Ramp") { (device, target: Double) in try await device.ramp(to: target) }.allowed(in: .on)
        Command("Off") { $0.context.setState(.off) }
    }
    await DeviceServer.main(classes: [powerSupply])
}

/// Quoted by the README.
func readmeClient() async throws {
    let tango = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 10000))
    let device = try await tango.device("sys/tg_test/1")
    let wave: [Double] = try await device.read("wave")  // the value alone
    let reading: TypedReading<Double> = try await device.read("double_scalar")  // value, set point, quality, time
    try await device.write("double_scalar", 3.5)
    let echo: String = try await device.command("DevString", "hello")
    let many = try await device.readAttributes(["wave", "State", "throw_exception"])  // one request; each has its own error
    await tango.shutdown()
    print(wave, reading, echo, many)
}
