import TangoTesting
import Testing

@testable import GasAnalyser

struct GasAnalyserTests {
    @Test func eachMassIsAnAttributeWithItsAlarm() async throws {
        let device = TestDevice(GasAnalyser.deviceClass, "test/rga/1", properties: ["Masses": ["100"]])
        try await withDevices([device]) { (system) async throws in
            let analyser = try await system.device("test/rga/1")
            #expect(try await analyser.attributeConfigs().count == 2 + 100 + 2)
            #expect(try await analyser.attributeConfig("Mass28").alarm.maxAlarm == "1e-08")
            #expect(try await analyser.attributeConfig("Mass29").alarm.maxAlarm == "Not specified")
            try await analyser.command("Leak", .long(28))
            try await analyser.command("Leak", .long(29))
            let values = try await analyser.readAttributes(["Mass28", "Mass29", "Mass1"])
            #expect(values.map(\.quality) == [.alarm, .valid, .valid])
            #expect(values.map(\.data) == [.double([1e-6]), .double([1e-6]), .double([1e-10])])
            #expect(try await analyser.readSpectrum("Spectrum", of: Double.self).value?[27] == 1e-6)
            // A limit of one mass, set by a client.
            var config = try await analyser.attributeConfig("Mass1")
            config.alarm.maxAlarm = "1e-12"
            try await analyser.setAttributeConfigs([config])
            #expect(try await analyser.readAttribute("Mass1").quality == .alarm)
            try await analyser.command("Pump")
            #expect(try await analyser.readAttribute("Mass28").quality == .valid)
            let refused = await #expect(throws: DevFailed.self) { try await analyser.command("Leak", .long(101)) }
            #expect(refused?.reason == .invalidArguments)
        }
    }

    @Test func wrongPropertiesAreAFault() async throws {
        let devices = [
            TestDevice(GasAnalyser.deviceClass, "test/rga/1", properties: ["Alarms": ["a lot"]]),
            TestDevice(GasAnalyser.deviceClass, "test/rga/2", properties: ["Masses": ["0"]]),
        ]
        try await withDevices(devices) { (system) async throws in
            #expect(try await system.device("test/rga/1").state() == .fault)
            #expect(try await system.device("test/rga/2").status().contains("Masses must be from 1 to 300, not 0"))
        }
    }
}
