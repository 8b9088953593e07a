import TangoTesting
import Testing

@testable import PowerSupply

struct PowerSupplyTests {
    private func run(_ properties: [String: [String]] = [:], _ body: (TestSystem, DeviceProxy) async throws -> Void) async throws {
        try await withDevices([TestDevice(PowerSupply.deviceClass, "test/ps/1", properties: properties)]) { system in
            try await body(system, try await system.device("test/ps/1"))
        }
    }

    @Test func itRampsAndSettles() async throws {
        try await self.run(["RampRate": ["1000"]]) { (_, supply) async throws in
            #expect(try await supply.state() == .off)
            try await supply.command("On")
            #expect(try await supply.command("Ramp", 20.0, as: Double.self) <= 0.02)
            while try await supply.state() == .moving { try await Task.sleep(for: .milliseconds(2)) }
            let current = try await supply.read("Current", as: Double.self)
            #expect(try current.value == 20 && current.quality == .valid)
            #expect(try await supply.read("Voltage", as: Double.self).value == 10)
        }
    }

    @Test func aSlowRampShowsAsChanging() async throws {
        try await self.run(["RampRate": ["0.001"]]) { (_, supply) async throws in
            try await supply.command("On")
            try await supply.write("Setpoint", 50.0)
            #expect(try await supply.read("Current", as: Double.self).quality == .changing)
            #expect(try await supply.state() == .moving)
            try await supply.command("Off")
            #expect(try await supply.read("Current", as: Double.self).value == 0)
        }
    }

    @Test func aTripIsAFaultUntilReset() async throws {
        try await self.run { (_, supply) async throws in
            try await supply.command("Trip")
            #expect(try await supply.state() == .fault)
            #expect(try await supply.status() == "Tripped: overTemperature")
            #expect(try await supply.read("Interlock", as: PowerSupply.Interlock.self).value == .overTemperature)
            let refused = await #expect(throws: DevFailed.self) { try await supply.write("Setpoint", 1.0) }
            #expect(refused?.reason == .attributeNotAllowed)
            let off = await #expect(throws: DevFailed.self) { try await supply.command("Off") }
            #expect(off?.reason == .commandNotAllowed)
            try await supply.command("Reset")
            #expect(try await supply.state() == .off)
        }
    }

    @Test func theSetPointOutlivesTheServer() async throws {
        try await self.run { (system, supply) async throws in
            try await supply.write("Setpoint", 12.5)
            try await system.restart()
            #expect(try await supply.read("Setpoint", as: Double.self).setPoint == 12.5)
            let beyond = await #expect(throws: DevFailed.self) { try await supply.write("Setpoint", 101.0) }
            #expect(beyond?.reason == .writeOutsideLimit)
        }
    }

    @Test func aHighCurrentIsAnAlarm() async throws {
        try await self.run(["RampRate": ["1e6"]]) { (_, supply) async throws in
            try await supply.write("Setpoint", 96.0)
            try await supply.command("On")
            while try await supply.read("Current", as: Double.self).quality == .changing { try await Task.sleep(for: .milliseconds(2)) }
            #expect(try await supply.read("Current", as: Double.self).quality == .alarm)
        }
    }

    @Test func aWrongPropertyIsAFault() async throws {
        try await self.run(["RampRate": ["-1"]]) { (_, supply) async throws in
            #expect(try await supply.state() == .fault)
            #expect(try await supply.status().contains("RampRate must be positive"))
        }
    }
}
