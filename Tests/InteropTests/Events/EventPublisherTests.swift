import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

/// Events of the peers' servers, received with the bare protocol.
@Suite(.enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct EventPublisherTests {
    private static func poll(_ admin: DeviceProxy, _ device: String, _ attribute: String, period: Int32) async throws {
        try await admin.command(
            "AddObjPolling", .longStringArray(LongStringArray(longs: [period], strings: [device, "attribute", attribute])))
    }

    @Test func polledEventsOfTheCppTangoTest() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startCppTangoTest("test/cpp/1")
            let device = try await system.client.device("test/cpp/1")
            let admin = try await system.client.device("dserver/TangoTest/cpp")
            var config = try await device.attributeConfig("double_scalar")
            config.events.absoluteChange = "0.0001"
            config.events.period = "200"
            try await device.setAttributeConfigs([config])
            try await Self.poll(admin, "test/cpp/1", "double_scalar", period: 100)
            try await Self.poll(admin, "test/cpp/1", "long64_spectrum_ro", period: 100)

            let listener = try await RawListener(admin)
            let reply = try await listener.subscribe("test/cpp/1", "double_scalar", .change)
            #expect(reply.libraryRelease == 934 && reply.deviceVersion == 5 && reply.highWaterMark == 1000)
            #expect(reply.topic == "tango://\(system.host)/test/cpp/1/double_scalar.idl5_change")
            #expect(reply.channel == "tango://\(system.host)/dserver/tangotest/cpp")
            try await listener.subscribe("test/cpp/1", "double_scalar", .change, version: 4)
            try await listener.subscribe("test/cpp/1", "double_scalar", .periodic)
            try await listener.subscribe("test/cpp/1", "long64_spectrum_ro", .periodic, version: 4)
            try await listener.subscribe("test/cpp/1", "double_scalar", .attributeConfig)
            try await listener.subscribe("test/cpp/1", "double_scalar", .attributeConfig, version: 4)

            try await eventually {
                listener.values(.change, version: 5).count >= 3 && listener.values(.change, version: 4).count >= 3
                    && listener.values(.periodic, version: 5).count >= 3 && listener.values(.periodic, version: 4).count >= 3
            }
            for value in listener.values(.change, version: 5) + listener.values(.periodic, version: 5) {
                #expect(value.name == "double_scalar" && value.type == .double && value.data.count == 2)
            }
            for value in listener.values(.change, version: 4) { #expect(value.name == "double_scalar" && value.data.count == 2) }
            for value in listener.values(.periodic, version: 4) {
                guard case .long64(let numbers) = value.data else {
                    Issue.record("\(value)")
                    continue
                }
                #expect(numbers.count == Int(value.readDimension.x) && numbers.count > 1)
            }
            let counters = listener.events(.change, version: 5).map(\.counter)
            #expect(counters == Array(counters[0]..<counters[0] + UInt32(counters.count)))

            config.label = "changed"
            try await device.setAttributeConfigs([config])
            for version in [4, 5] {
                try await eventually { !listener.events(.attributeConfig, version: version).isEmpty }
                guard case .attributeConfig(let received)? = listener.events(.attributeConfig, version: version).last?.payload else {
                    Issue.record("no configuration")
                    continue
                }
                #expect(received.label == "changed" && received.events.absoluteChange == "0.0001" && received.name == "double_scalar")
            }

            // The error that ends polling.
            try await admin.command("RemObjPolling", .stringArray(["test/cpp/1", "attribute", "double_scalar"]))
            try await eventually { listener.events(.change, version: 5).last?.payload.isError == true }
            guard case .failure(let failure)? = listener.events(.change, version: 5).last?.payload else { return }
            #expect(failure.reason == "API_PollObjNotFound")

            try await eventually { listener.heartbeats == ["tango://\(system.host)/dserver/tangotest/cpp.heartbeat"] }
            #expect(listener.problems.isEmpty)

            let refusal = await #expect(throws: DevFailed.self) {
                try await listener.subscribe("test/cpp/1", "short_scalar", .change)
            }
            #expect(refusal?.reason == "API_AttributePollingNotStarted")
            await listener.close()
            await server.stop()
        }
    }

    @Test func theRequestsThatTheCppServerRefusesAreThoseRefusedHere() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startCppTangoTest("test/cpp/1")
            let admin = try await system.client.device("dserver/TangoTest/cpp")
            let refused = [
                ["a"], ["a", "b", "c"], ["test/cpp/1", "ampli", "subscribe", "nothing"], ["x", "y", "z", "idl5_idl5_change", "5"],
            ]
            for arguments in refused {
                let theirs = await #expect(throws: DevFailed.self) {
                    try await admin.command("ZmqEventSubscriptionChange", .stringArray(arguments))
                }
                let ours = #expect(throws: DevFailed.self) { try EventSubscriptionRequest(arguments) }
                #expect(theirs?.errors == ours?.errors, "\(arguments)")
            }
            await server.stop()
        }
    }

    @Test func pushedEventsOfPyTango() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/eventserver.py")], server: "eventserver/t", device: "test/py/1",
                deviceClass: "EventSource")
            let device = try await system.client.device("test/py/1")
            let admin = try await system.client.device("dserver/eventserver/t")
            let listener = try await RawListener(admin)
            let reply = try await listener.subscribe("test/py/1", "Current", .change, version: 6)
            #expect(reply.libraryRelease >= 1030 && reply.deviceVersion == 6)
            #expect(reply.topic == "tango://\(system.host)/test/py/1/current.idl5_change")
            for kind in [EventKind.archive, .alarm, .attributeConfig, .dataReady] {
                try await listener.subscribe("test/py/1", "Current", kind, version: 6)
            }
            try await listener.subscribe("test/py/1", "Current", .change, version: 4)
            try await listener.subscribe("test/py/1", "Wave", .user, version: 6)
            try await listener.subscribe("test/py/1", nil, .interfaceChange, version: 6)

            try await eventually {
                try await device.command("PushChange", 3.25)
                return !listener.values(.change, version: 5).isEmpty && !listener.values(.change, version: 4).isEmpty
            }
            for version in [4, 5] {
                let value = listener.values(.change, version: version).first
                #expect(value?.data == .double([3.25, 0]) && value?.quality == .valid && value?.name == "Current")
            }
            try await device.command("PushInvalid", 7.0)
            try await eventually { listener.values(.change, version: 5).last?.quality == .invalid }
            let invalid = listener.values(.change, version: 5).last
            #expect(invalid?.data == AttributeData.none && invalid?.time.seconds == 1000 && invalid?.readDimension == .zero)
            try await device.command("PushError", "Broken_Coil")
            try await eventually { listener.events(.change, version: 5).last?.payload.isError == true }
            guard case .failure(let failure)? = listener.events(.change, version: 5).last?.payload else { return }
            #expect(failure.reason == "Broken_Coil" && failure.reasonDescription == "pushed")

            try await device.command("PushArchive", 4.5)
            try await device.command("PushAlarm", 200.0)
            try await device.command("PushReady", Int64(42).commandData)
            try await eventually {
                !listener.values(.archive).isEmpty && !listener.values(.alarm).isEmpty && !listener.events(.dataReady).isEmpty
            }
            #expect(listener.values(.archive).last?.data == .double([4.5, 0]))
            #expect(listener.values(.alarm).last?.quality == .alarm)
            #expect(listener.events(.dataReady).last?.payload == .dataReady(DataReady(attribute: "Current", typeNumber: 5, counter: 42)))

            try await device.command("PushWave", Int64(50_000).commandData)
            try await eventually { !listener.values(.user).isEmpty }
            #expect(listener.values(.user).last?.data == .double((0..<50_000).map(Double.init)))

            var config = try await device.attributeConfig("Current")
            config.unit = "A"
            try await device.setAttributeConfigs([config])
            try await eventually { !listener.events(.attributeConfig).isEmpty }
            guard case .attributeConfig(let received)? = listener.events(.attributeConfig).last?.payload else { return }
            let present = try await device.attributeConfig("Current")
            #expect(received == present)

            try await device.command("AddAttribute", "Added")
            try await eventually {
                guard case .interfaceChange(let change)? = listener.events(.interfaceChange).last?.payload else { return false }
                return change.attributes.contains { $0.name == "Added" } && change.commands.contains { $0.name == "PushWave" }
            }
            #expect(listener.problems.isEmpty)
            await listener.close()
            await server.stop()
        }
    }
}
