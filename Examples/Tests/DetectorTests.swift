import TangoTesting
import Testing

@testable import Detectors

struct DetectorTests {
    @Test func eachModelHasItsFeatures() async throws {
        let devices = ["basic", "cooled", "gated"].map {
            TestDevice(Detector.deviceClass, "test/detector/\($0)", properties: ["Model": [$0]])
        }
        try await withDevices(devices) { (system) async throws in
            for (model, attributes, commands) in [
                ("basic", ["Features", "CountRate", "Threshold", "State", "Status"], [String]()),
                ("cooled", ["Features", "CountRate", "Threshold", "Temperature", "Cooling", "State", "Status"], ["Purge"]),
                ("gated", ["Features", "CountRate", "Threshold", "GateMode", "GateWidth", "State", "Status"], ["SoftTrigger"]),
            ] {
                let detector = try await system.device("test/detector/\(model)")
                #expect(try await detector.attributeConfigs().map(\.name) == attributes)
                #expect(try await detector.commandList().map(\.name) == ["Init", "State", "Status"] + commands)
                #expect(try await detector.read("Features", as: [String].self).value.first == "CountRate")
            }
            let gated = try await system.device("test/detector/gated")
            #expect(try await gated.attributeConfig("GateMode").enumLabels == ["open", "internal", "external"])
            try await gated.write("GateWidth", 12.5)
            #expect(try await gated.read("GateWidth", as: Double.self).value == 12.5)
            let beyond = await #expect(throws: DevFailed.self) { try await gated.write("GateWidth", 0.0) }
            #expect(beyond?.reason == .writeOutsideLimit)
            try await gated.command("SoftTrigger")
        }
    }

    @Test func anUnknownModelIsAFault() async throws {
        let devices = [
            TestDevice(Detector.deviceClass, "test/detector/1", properties: ["Model": ["odd"]]), TestDevice(Detector.deviceClass, "a/b/c"),
        ]
        try await withDevices(devices) { (system) async throws in
            #expect(try await system.device("test/detector/1").status().contains("There is no detector odd"))
            #expect(try await system.device("a/b/c").status().contains("Model of device a/b/c is mandatory"))
        }
    }
}
