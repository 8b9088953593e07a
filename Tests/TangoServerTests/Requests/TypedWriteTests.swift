import TangoCore
import TangoTestSupport
import Testing

@testable import TangoClient
@testable import TangoServer

/// Literals written with `DeviceProxy.write`.
struct TypedWriteTests {
    @Test func literalsGoToAttributesOfAnyNumericType() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await device.write("number", 5)
            #expect(try await device.read("number") == 5.0)
            try await device.write("whole", 5)
            try await device.write("WHOLE", -32_768)
            try await device.write("small", 255)
            try await device.write("color", 2)
            try await device.write("asynchronous", 7)
            try await device.write("row", [4, 5])
            #expect(try await device.read("row") == [Int32(4), 5])
            try await device.write("picture", TangoImage([1, 2, 3, 4], width: 2, height: 2))
            #expect(try await device.read("picture", as: TangoImage<UInt8>.self).value.values == [1, 2, 3, 4])
        }
    }

    @Test func theTypeIsRequestedOnce() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            for number in 0..<5 { try await device.write("whole", number) }
            let lines = try await device.blackBox(50)
            #expect(lines.count { $0.contains("get_attribute_config") } == 1)
            #expect(lines.count { $0.contains("write_attributes_4") } == 6)
        }
    }

    /// The server was started again with another class, and the attribute has another type since.
    @Test func aTypeThatHasBecomeAnotherIsLearnedAnew() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            device.setKnownType(.uchar, ofAttribute: "number")
            try await device.write("number", -5)
            #expect(try await device.read("number") == -5.0)
            device.setKnownType(.long, ofAttribute: "number")
            try await device.write("number", 2.5)
            #expect(try await device.read("number") == 2.5)
        }
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            for (name, value) in [("whole", 32_768), ("small", 256), ("small", -1), ("text", 5), ("flag", 1)] {
                for _ in 0..<2 {
                    let failure = await #expect(throws: DevFailed.self) { try await device.write(name, value) }
                    #expect(failure?.errors.contains { $0.reason == .incompatibleAttributeType } == true, "\(name)")
                }
            }
            // A type that was chosen is sent as it is.
            let failure = await #expect(throws: DevFailed.self) { try await device.write("whole", Int32(5)) }
            #expect(failure?.errors.contains { $0.reason == .incompatibleAttributeType } == true)
        }
    }
}
