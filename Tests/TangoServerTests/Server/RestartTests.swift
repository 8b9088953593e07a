import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// Restarts of devices and of the whole server (kernel rules 4).
struct RestartTests {
    /// How many objects of a class there are.
    final class Objects: Sendable {
        private let store = Mutex(0)
        var count: Int { self.store.withLock { $0 } }
        func change(by difference: Int) { self.store.withLock { $0 += difference } }
    }

    /// Counts its objects.
    final class Counted: Device {
        private let objects: Objects
        private let background: Task<Void, Never>

        convenience init(context: DeviceContext) { self.init(context: context, Objects()) }

        init(context: DeviceContext, _ objects: Objects) {
            self.objects = objects
            objects.change(by: 1)
            context.setState(.on)
            self.background = Task.detached { try? await Task.sleep(for: .seconds(3600)) }
        }
        func initialize() {}

        func release() async { self.background.cancel() }

        deinit { self.objects.change(by: -1) }
    }

    private func restartAll(_ server: DeviceServer) async { await server.lifecycle?.restartAll() }

    @Test func aThousandRestartsLeakNothingAndKeepTheAddress() async throws {
        let objects = Objects()
        let deviceClass = DeviceClass("Counted", make: { Counted(context: $0, objects) })
        try await TestServer.run([deviceClass], devices: ["t/a/1", "t/a/2", "t/a/3"]) { test in
            let (port, device, admin) = (test.server.port, try await test.device(), try await test.admin())
            for round in 0..<1000 {
                await test.server.lifecycle?.restartAll()
                if round % 100 == 0 { #expect(try await device.state() == .on) }
            }
            for _ in 0..<300 { try await admin.command("DevRestart", .string("t/a/2")) }
            #expect(test.server.port == port)
            #expect(test.server.devices.count == 3)
            // What is not in a device's hands any more is freed when the last request has let go of it.
            try await eventually { objects.count == 3 }
            #expect(try await device.state() == .on)
            #expect(try await admin.command("QueryDevice") == .stringArray(["Counted::t/a/1", "Counted::t/a/2", "Counted::t/a/3"]))
        }
        try await eventually { objects.count == 0 }
    }

    @Test func theInitCommandOfTheAdminDeviceHasRestartedTheServerWhenItAnswers() async throws {
        let objects = Objects()
        let deviceClass = DeviceClass("Counted", make: { Counted(context: $0, objects) })
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let before = try test.context().runtime
            try await test.admin().command("Init")
            #expect(try test.context().runtime !== before)
            #expect(try await test.device().state() == .on)
        }
    }

    @Test func devRestartTakesNamesOfEveryForm() async throws {
        let objects = Objects()
        let deviceClass = DeviceClass("Counted", make: { Counted(context: $0, objects) })
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let admin = try await test.admin()
            for name in ["T/A/1", "tango://anyhost:10000/t/a/1", "t/a/1#dbase=no"] {
                let before = try test.context().runtime
                try await admin.command("DevRestart", .string(name))
                #expect(try test.context().runtime !== before, "\(name)")
            }
            let unknown = await admin.commandFailure("DevRestart", .string("t/a/9"))
            #expect(unknown?.reason == .deviceNotFound && unknown?.reasonDescription == "Device t/a/9 not found")
        }
    }
}
