import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// Members that come, go and speak while the device is busy.
@Suite struct DynamicSafetyTests {
    /// A read that goes on until it is let go.
    private func slow(_ name: String, _ started: Latch, _ goOn: Latch) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: .long, memorization: .none,
            reader: .async { _ in
                started.open()
                await goOn.wait()
                return AttributeReading(.long([7]), dimension: .scalar, quality: .alarm)
            })
    }

    @Test func anAttributeMayBeRemovedWhileItIsRead() async throws {
        try await TestServer.run([DeviceClass("Plain", PlainDevice.self)], devices: ["t/a/1"]) { test in
            let (context, device, started, goOn) = (try test.context(), try await test.device(), Latch(), Latch())
            try context.addAttribute(self.slow("slow", started, goOn))
            async let reading = device.readAttribute("slow")
            await started.wait()
            try context.removeAttribute("slow")
            #expect(context.attributeNames == ["State", "Status"])
            #expect(try await device.attributeConfigs().map(\.name) == ["State", "Status"])
            goOn.open()
            #expect(try await reading.data == .long([7]))
            #expect(context.runtime.members.activeAlarms.isEmpty)
            let gone = await #expect(throws: DevFailed.self) { try await device.readAttribute("slow") }
            #expect(gone?.reason == .attributeNotFound)
        }
    }

    @Test func aValueIsPushedWhileARequestHoldsTheDevice() async throws {
        try await TestServer.run([DeviceClass("Plain", PlainDevice.self)], devices: ["t/a/1"]) { test in
            let (context, device, started, goOn) = (try test.context(), try await test.device(), Latch(), Latch())
            let pushed = Mutex<[AttributeData]>([])
            _ = test.server.context?.changes.observe { _, change in
                if case .pushed(.change, let value) = change { pushed.withLock { $0.append(value.readData) } }
            }
            try context.addAttribute(self.slow("slow", started, goOn))
            async let reading = device.readAttribute("slow")
            await started.wait()
            // From a task that has nothing to do with the request; the request goes on only after it.
            try await Task.detached {
                try context.push(.change, attribute: "slow", AttributeReading(.long([1]), dimension: .scalar))
                context.setState(.moving)
            }.value
            #expect(pushed.withLock { $0 } == [.long([1])])
            #expect(context.state == .moving)
            goOn.open()
            #expect(try await reading.data == .long([7]))
        }
    }

    @Test func membersComeAndGoFromManyTasksWhileClientsRead() async throws {
        try await TestServer.run([DeviceClass("Plain", PlainDevice.self, execution: .inline)], devices: ["t/a/1", "t/a/2"]) { test in
            let (context, device) = (try test.context(), try await test.device())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for round in 0..<50 {
                            let name = "a\(task)_\(round % 5)"
                            try context.addAttribute(
                                AttributeDefinition(
                                    name: name, type: .long, properties: [.maxAlarm: "5"],
                                    reader: .sync { _ in AttributeReading(.long([9]), dimension: .scalar) }),
                                to: task % 2 == 0 ? .device : .deviceClass)
                            let value = try await device.readAttributes([name, "State"])
                            #expect(value[1].data == .deviceState(.alarm) || value[1].data == .deviceState(.on))
                            try context.removeAttribute(name, from: task % 2 == 0 ? .device : .deviceClass)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(context.attributeNames == ["State", "Status"])
            #expect(try await device.state() == .on)
            #expect(context.runtime.members.activeAlarms.isEmpty)
        }
    }

    @Test func aLockedAndPolledAttributeMayBeRemoved() async throws {
        try await TestServer.run([DeviceClass("Plain", PlainDevice.self, execution: .inline)], devices: ["t/a/1"]) { test in
            let (context, device) = (try test.context(), try await test.device())
            let definition = AttributeDefinition(
                name: "polled", type: .double, access: .readWrite, memorization: .memorizedWriteAtInit,
                reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) }, writer: .sync { _, _ in },
                pollingPeriod: .milliseconds(10))
            try context.addAttribute(definition)
            try await device.write("polled", 4.0)
            try await device.lock(validity: 10)
            try await eventually { (try? await device.readAttribute("polled", source: .cache)) != nil }
            try context.removeAttribute("polled")
            #expect(try await test.pollStatus().isEmpty)
            let gone = await #expect(throws: DevFailed.self) { try await device.readAttribute("polled", source: .cache) }
            #expect(gone?.reason == .attributeNotFound)
            // Everything of it is gone: it starts anew when it comes again.
            try context.addAttribute(definition)
            #expect(try await device.readAttribute("polled", source: .device).setData == .double([0]))
            try await device.unlock()
        }
    }
}
