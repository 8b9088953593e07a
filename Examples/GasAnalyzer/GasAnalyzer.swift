import TangoServer

/// A residual gas analyzer: a spectrum of all masses, and an attribute for each mass, with alarm limits of its own and archived by itself
/// (RFC-15, second use case). One closure reads them all.
final class GasAnalyzer: Device {
    static let masses = DeviceProperty("Masses", Int.self, default: 50, description: "Highest mass measured [u]")
    static let alarms = DeviceProperty(
        "Alarms", [String].self, default: ["18:1e-7", "28:1e-8"], description: "Mass and partial pressure [mbar] that is an alarm")

    static let deviceClass = DeviceClass("GasAnalyzer", GasAnalyzer.self, execution: .inline) {
        GasAnalyzer.masses
        GasAnalyzer.alarms
        Attribute("Spectrum", [Double].self, description: "Partial pressures from mass 1 on", unit: "mbar", format: "%8.2e", maxDimX: 300)
            .read { $0.pressures }
        Attribute("TotalPressure", Double.self, unit: "mbar", format: "%8.2e").read { $0.pressures.reduce(0, +) }
        Command("Leak", inDescription: "Mass that leaks in") { (device, mass: Int32) in try device.leak(Int(mass)) }
        Command("Pump") { $0.pump() }
    }

    private let context: DeviceContext
    private var pressures: [Double] = []

    init(context: DeviceContext) throws {
        self.context = context
        let count = try context.property(Self.masses)
        guard (1...300).contains(count) else { throw DevFailed("GasAnalyzer_WrongProperty", "Masses must be from 1 to 300, not \(count)") }
        self.pressures = Array(repeating: 1e-10, count: count)
        let alarms = try Self.limits(try context.property(Self.alarms))
        try context.add(of: GasAnalyzer.self) {
            for mass in 1...count {
                Attribute("Mass\(mass)", Double.self, unit: "mbar", format: "%8.2e", maxAlarm: alarms[mass], relativeChange: 10)
                    .read { $0.pressures[mass - 1] }
            }
        }
    }

    func initialize() { self.context.setState(.on) }

    /// Returns limits by mass, from lines like `28:1e-8`.
    private static func limits(_ lines: [String]) throws -> [Int: Double] {
        var limits: [Int: Double] = [:]
        for line in lines {
            let parts = line.split(separator: ":")
            guard parts.count == 2, let mass = Int(parts[0]), let limit = Double(parts[1]) else {
                throw DevFailed("GasAnalyzer_WrongProperty", "Alarms must be like 28:1e-8, not \(line)")
            }
            limits[mass] = limit
        }
        return limits
    }

    private func leak(_ mass: Int) throws {
        guard self.pressures.indices.contains(mass - 1) else { throw DevFailed(.invalidArguments, "Mass \(mass) is not measured") }
        self.pressures[mass - 1] = 1e-6
    }

    private func pump() {
        for index in self.pressures.indices { self.pressures[index] = 1e-10 }
    }
}
