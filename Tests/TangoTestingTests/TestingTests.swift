import TangoTesting
import Testing

private final class Counter: Device {
    var count: Int32 = 0
    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Counter", Counter.self, execution: .inline) {
        Attribute("Limit", Double.self, memorization: .memorized).read { _ in 1 }.write { _, _ in }
        Command("Count") { device in
            device.count += 1
            return device.count
        }
    }
}

struct TestingTests {
    @Test func devicesOfSeveralClassesRunTogether() async throws {
        let devices = [
            TestDevice(Counter.deviceClass, "test/counter/1"), TestDevice(Counter.deviceClass, "test/counter/2"),
            TestDevice(Workbench.deviceClass, "test/bench/1", properties: ["Host": ["h"]]),
        ]
        try await withDevices(devices) { (system) async throws in
            #expect(try await system.device("test/counter/1").command("Count", as: Int32.self) == 1)
            #expect(try await system.device("TEST/counter/1").command("Count", as: Int32.self) == 2)
            #expect(try await system.device("test/counter/2").command("Count", as: Int32.self) == 1)
            #expect(try await system.device("test/bench/1").command("Names", as: [String].self) == ["start", "h:5000"])
            let admin = try await system.device(system.adminName)
            #expect(
                try await admin.command("QueryDevice", as: [String].self) == [
                    "Counter::test/counter/1", "Counter::test/counter/2", "Workbench::test/bench/1",
                ])
        }
    }

    @Test func memorizedValuesAndConfigurationsOutliveARestart() async throws {
        try await withDevices([TestDevice(Counter.deviceClass, "test/counter/1")]) { system in
            let device = try await system.device("test/counter/1")
            try await device.write("Limit", 2.5)
            var config = try await device.attributeConfig("Limit")
            config.label = "renamed"
            try await device.setAttributeConfigs([config])
            #expect(try await device.command("Count", as: Int32.self) == 1)
            #expect(system.storedProperties(of: "test/counter/1", attribute: "limit") == ["__value": ["2.5"], "label": ["renamed"]])
            try await system.restart()
            #expect(try await device.read("Limit", as: Double.self).setPoint == 2.5)
            #expect(try await device.attributeConfig("Limit").label == "renamed")
            #expect(try await device.command("Count", as: Int32.self) == 1)
            try await device.write("Limit", 4.5)
            try await system.device(system.adminName).command("DevRestart", .string("test/counter/1"))
            #expect(try await device.read("Limit", as: Double.self).setPoint == 4.5)
        }
    }

    @Test func whatADatabaseWouldHoldCanBeGiven() async throws {
        let device = TestDevice(
            Counter.deviceClass, "test/counter/1", attributeProperties: ["limit": ["unit": ["mm"], "__value": ["7.5"]]])
        try await withDevices([device]) { (system) async throws in
            let device = try await system.device("test/counter/1")
            #expect(try await device.attributeConfig("Limit").unit == "mm")
            #expect(try await device.read("Limit", as: Double.self).setPoint == 7.5)
        }
    }

    @Test func theObjectIsReachedUnderItsGate() async throws {
        try await withDevices([TestDevice(Counter.deviceClass, "test/counter/1")]) { system in
            try await system.withObject(of: "test/counter/1", as: Counter.self) { $0.count = 41 }
            #expect(try await system.device("test/counter/1").command("Count", as: Int32.self) == 42)
            let wrong = await #expect(throws: DevFailed.self) {
                try await system.withObject(of: "test/counter/1", as: Workbench.self) { $0.level }
            }
            #expect(wrong?.reason == "API_WrongDeviceClass")
            #expect(throws: DevFailed.self) { try system.context(of: "test/counter/9") }
        }
    }

    @Test func systemsAreIsolatedFromEachOther() async throws {
        try await withDevices([TestDevice(Counter.deviceClass, "test/counter/1")]) { (first) async throws in
            try await withDevices([TestDevice(Counter.deviceClass, "test/counter/1")]) { (second) async throws in
                #expect(try await first.device("test/counter/1").command("Count", as: Int32.self) == 1)
                #expect(try await second.device("test/counter/1").command("Count", as: Int32.self) == 1)
                #expect(first.locator(of: "a/b/c") != second.locator(of: "a/b/c"))
            }
        }
    }

    @Test func wrongNamesAreRefused() async throws {
        await #expect(throws: ServerStartError.self) {
            try await withDevices([TestDevice(Counter.deviceClass, "a/b/c"), TestDevice(Counter.deviceClass, "A/B/c")]) { _ in }
        }
        await #expect(throws: ServerStartError.self) { try await withDevices([TestDevice(Counter.deviceClass, "nonsense")]) { _ in } }
    }

    @Test func whatTheBodyThrowsIsThrown() async throws {
        await #expect(throws: CancellationError.self) {
            try await withDevices([TestDevice(Counter.deviceClass, "test/counter/1")]) { _ in throw CancellationError() }
        }
    }
}
