import TangoTesting
import Testing

@testable import Camera

struct CameraTests {
    private func run(_ body: (TestSystem, DeviceProxy) async throws -> Void) async throws {
        try await withDevices([TestDevice(Camera.deviceClass, "test/camera/1", properties: ["Size": ["8", "4"]])]) { system in
            try await body(system, try await system.device("test/camera/1"))
        }
    }

    @Test func aSnapIsAPicture() async throws {
        try await self.run { (_, camera) async throws in
            #expect(try await camera.read("Picture", as: TangoImage<UInt16>.self).valueIfValid == nil)
            #expect(try await camera.command("Snap", as: Int64.self) == 1)
            let picture: TangoImage<UInt16> = try await camera.read("Picture")
            #expect(picture.width == 8 && picture.height == 4 && picture.values.count == 32)
            #expect(picture.values.max() == picture.values[2 * 8 + 4])
            #expect(try await camera.read("Histogram", as: [Int32].self).value.reduce(0, +) == 32)
        }
    }

    @Test func itRunsUntilStopped() async throws {
        try await self.run { (_, camera) async throws in
            try await camera.write("Exposure", 0.001)
            try await camera.command("Start")
            let refused = await #expect(throws: DevFailed.self) { try await camera.command("Snap") }
            #expect(refused?.reason == .commandNotAllowed)
            while try await camera.read("Frames", as: Int64.self).valueIfValid ?? 0 < 3 { try await Task.sleep(for: .milliseconds(2)) }
            try await camera.command("Stop")
            #expect(try await camera.state() == .standby)
            let frames = try await camera.read("Frames", as: Int64.self).valueIfValid
            #expect(try await camera.command("Snap", as: Int64.self) == (frames ?? 0) + 1)
        }
    }

    @Test func initEndsTheRun() async throws {
        try await self.run { (_, camera) async throws in
            try await camera.command("Start")
            try await camera.command("Init")
            #expect(try await camera.state() == .standby)
        }
    }
}
