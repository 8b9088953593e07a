import TangoTesting
import Testing

@testable import GasAnalyzer

struct GasAnalyzerTests {
    @Test func eachMassIsAnAttributeWithItsAlarm() async throws {
        let device = TestDevice(GasAnalyzer.deviceClass, "test/rga/1", properties: ["Masses": ["100"]])
        try await withDevices([device]) { (system) async throws in
            let analyzer = try await system.device("test/rga/1")
            #expect(try await analyzer.attributeConfigs().count == 2 + 100 + 2)
            #expect(try await analyzer.attributeConfig("Mass28").alarm.maxAlarm == "1e-08")
            #expect(try await analyzer.attributeConfig("Mass29").alarm.maxAlarm == "Not specified")
            try await analyzer.command("Leak", .long(28))
            try await analyzer.command("Leak", .long(29))
            let values = try await analyzer.readAttributes(["Mass28", "Mass29", "Mass1"])
            #expect(values.map(\.quality) == [.alarm, .valid, .valid])
            #expect(values.map(\.data) == [.double([1e-6]), .double([1e-6]), .double([1e-10])])
            #expect(try await analyzer.read("Spectrum", as: [Double].self).value[27] == 1e-6)
            // A client sets a limit of one mass.
            var config = try await analyzer.attributeConfig("Mass1")
            config.alarm.maxAlarm = "1e-12"
            try await analyzer.setAttributeConfigs([config])
            #expect(try await analyzer.readAttribute("Mass1").quality == .alarm)
            try await analyzer.command("Pump")
            #expect(try await analyzer.readAttribute("Mass28").quality == .valid)
            let refused = await #expect(throws: DevFailed.self) { try await analyzer.command("Leak", .long(101)) }
            #expect(refused?.reason == .invalidArguments)
        }
    }

    @Test func wrongPropertiesAreAFault() async throws {
        let devices = [
            TestDevice(GasAnalyzer.deviceClass, "test/rga/1", properties: ["Alarms": ["a lot"]]),
            TestDevice(GasAnalyzer.deviceClass, "test/rga/2", properties: ["Masses": ["0"]]),
        ]
        try await withDevices(devices) { (system) async throws in
            #expect(try await system.device("test/rga/1").state() == .fault)
            #expect(try await system.device("test/rga/2").status().contains("Masses must be from 1 to 300, not 0"))
        }
    }
}
