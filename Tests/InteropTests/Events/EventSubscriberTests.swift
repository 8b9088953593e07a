import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// Sends every kind of event on command.
private final class EventStand: Device {
    let context: DeviceContext
    var number = 0.0
    private var count: Int32 = 0

    init(context: DeviceContext) { self.context = context }
    func initialize() { self.context.setState(.on) }

    static let deviceClass = DeviceClass("EventStand", EventStand.self, execution: .inline, documentation: [:]) {
        Attribute(
            "Polled", Double.self, maxAlarm: 200, absoluteChange: 0.5, eventPeriod: .milliseconds(100), archiveAbsoluteChange: 0.5
        ).stored(at: \.number)
        Attribute("Pushed", Double.self).read { _ in 0 }.pushesEvents(.change).pushesEvents(.archive).announcesDataReady()
        Command("Push") { (device, number: Double) in try device.push(number) }
        Command("PushFailure") { (device, reason: String) in
            try device.context.push(.change, attribute: "Pushed", failure: DevFailed(ErrorReason(rawValue: reason), "as wanted"))
        }
        Command("Add") { (device, name: String) in
            try device.context.addAttribute(Attribute(name, of: EventStand.self, Double.self).read { _ in 1 })
        }
    }

    private func push(_ number: Double) throws {
        for kind in [PushKind.change, .archive, .user] { try self.context.push(kind, "Pushed", number) }
        self.count += 1
        try self.context.pushDataReady(attribute: "Pushed", counter: self.count)
    }
}

/// Events of our servers, received by unchanged clients.
@Suite(.enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct EventSubscriberTests {
    @Test func pyTangoReceivesEveryKind() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startInProcess(EventStand.deviceClass, name: "EventStand", device: "test/stand/1")
            let result = try await system.python("events.py", ["test/stand/1"])
            await server.stop()
            #expect(result.status == 0, "\(result.output)")
            #expect(
                result.output.split(separator: "\n").map(String.init) == [
                    "change", "archive", "periodic", "alarm", "pushed", "user", "pushed archive", "ready", "failure", "config", "interface",
                    "change ended", "archive ended", "periodic ended",
                ])
        }
    }

    @Test func pyTangoReceivesThemWithoutADatabase() async throws {
        try await TestServer.run([EventStand.deviceClass], devices: ["test/stand/1"]) { test in
            let result = try await PeerProcess.run(
                Peers.python,
                [Peers.script("peers/checks/events.py"), "tango://127.0.0.1:\(test.server.port)/test/stand/1#dbase=no"])
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test func valuesComeAgainWhenAServerReturnsOnOtherPorts() async throws {
        try await PeerSystem.withOurs { system, _ in
            func start() async throws -> DeviceServer {
                try await system.startInProcess(EventStand.deviceClass, name: "EventStand", device: "test/stand/1")
            }
            let first = try await start()
            let device = try await system.client.device("test/stand/1")
            try await system.client.device("dserver/EventStand/swift").command(
                "AddObjPolling", .longStringArray(LongStringArray(longs: [20], strings: ["test/stand/1", "attribute", "Polled"])))
            #expect(await device.configFailure("Polled") { $0.events.archivePeriod = "100" } == nil)
            let client = try await PeerProcess(
                Peers.python, [Peers.script("peers/checks/events.py"), "test/stand/1", "follow"], environment: system.environment)
            func write(until text: String) async throws {
                var number = 0.0
                try await eventually {
                    number += 1
                    try? await device.writeAttribute(AttributeWrite(name: "Polled", data: .double([number])))
                    return client.output.contains(text)
                }
            }
            try await write(until: "value\n")
            await first.stop()
            try await client.wait(for: "lost", within: .seconds(60))
            let second = try await start()
            try await write(until: "value\nlost\nvalue\n")
            #expect(try await client.finished() == 0)
            await second.stop()
        }
    }
}
