import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// The stream of changes of a server, and how bursts of changes of an interface become one (kernel rule 22.6).
@Suite struct InterfaceChangeTests {
    private func number(_ name: String) -> AttributeDefinition {
        AttributeDefinition(name: name, type: .long, reader: .sync { _ in AttributeReading(.long([1]), dimension: .scalar) })
    }

    /// Collects the changes of devices.
    private final class Listener: Sendable {
        private let heard = Mutex<[(device: String, change: DeviceChange)]>([])

        func listen(to server: DeviceServer) {
            _ = server.context?.changes.observe { device, change in self.heard.withLock { $0.append((device.text, change)) } }
        }

        var all: [(device: String, change: DeviceChange)] { self.heard.withLock { $0 } }

        /// The lists of attributes announced for a device: `added` and what else is not of the class.
        func interfaces(of device: String) -> [(commands: [String], attributes: [String])] {
            self.all.compactMap { heard in
                guard heard.device == device, case .interface(let commands, let attributes, _) = heard.change else { return nil }
                return (commands.map(\.name), attributes.map(\.name))
            }
        }
    }

    private func run(
        _ deviceClass: DeviceClass = DeviceClass("Plain", PlainDevice.self), _ body: (TestServer, Listener) async throws -> Void
    ) async throws {
        try await TestServer.run([deviceClass], devices: ["t/a/1", "t/a/2"]) { test in
            let listener = Listener()
            listener.listen(to: test.server)
            try await body(test, listener)
        }
    }

    @Test func aBurstIsAnnouncedOnceWithTheFullLists() async throws {
        try await self.run { test, listener in
            let context = try test.context()
            for name in ["a", "b", "c", "d", "e", "f"] { try context.addAttribute(self.number(name)) }
            try context.addCommand(
                CommandDefinition(CommandInfo(name: "Go", inType: .void, outType: .void), handler: .sync { _, _ in .void }))
            try await eventually { !listener.interfaces(of: "t/a/1").isEmpty }
            // A second burst: what comes after it has been waited for, so the first one was announced once.
            try context.removeAttribute("a")
            try await eventually { listener.interfaces(of: "t/a/1").count > 1 }
            let announced = listener.interfaces(of: "t/a/1")
            #expect(announced.count == 2)
            #expect(announced[0].attributes == ["a", "b", "c", "d", "e", "f", "State", "Status"])
            #expect(announced[0].commands == ["Init", "State", "Status", "Go"])
            #expect(announced[1].attributes.first == "b")
            #expect(listener.interfaces(of: "t/a/2").isEmpty)
        }
    }

    @Test func whatIsTheSameInTheEndIsNotAnnounced() async throws {
        try await self.run { test, listener in
            let (context, other) = (try test.context(), try test.context("t/a/2"))
            try context.addAttribute(self.number("a"))
            try context.removeAttribute("a")
            try context.addAttribute(self.number("b"))
            try context.replaceAttribute(self.number("b"))
            try context.removeAttribute("b")
            // The other device's change comes after it.
            try other.addAttribute(self.number("x"))
            try await eventually { !listener.interfaces(of: "t/a/2").isEmpty }
            #expect(listener.interfaces(of: "t/a/1").isEmpty)
        }
    }

    @Test func whatIsAddedToTheClassComesToAllDevicesAndStaysWithADevRestart() async throws {
        try await self.run { test, listener in
            let context = try test.context()
            try context.addAttribute(self.number("mine"))
            try context.addAttribute(self.number("ours"), to: .deviceClass)
            try context.addCommand(
                CommandDefinition(CommandInfo(name: "OursToo", inType: .void, outType: .void), handler: .sync { _, _ in .void }),
                to: .deviceClass)
            let (first, second) = (try await test.device(), try await test.device("t/a/2"))
            #expect(try await first.attributeConfigs().map(\.name) == ["mine", "ours", "State", "Status"])
            #expect(try await second.attributeConfigs().map(\.name) == ["ours", "State", "Status"])
            #expect(try await second.commandList().map(\.name) == ["Init", "State", "Status", "OursToo"])
            try await eventually { !listener.interfaces(of: "t/a/1").isEmpty && !listener.interfaces(of: "t/a/2").isEmpty }
            try context.addCommand(
                CommandDefinition(CommandInfo(name: "Mine", inType: .void, outType: .void), handler: .sync { _, _ in .void }))
            try await eventually { listener.interfaces(of: "t/a/1").count == 2 }
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await first.attributeConfigs().map(\.name) == ["ours", "mine", "State", "Status"])
            // The restart is announced at once, because a command is gone.
            #expect(listener.interfaces(of: "t/a/1").count == 3)
            #expect(listener.interfaces(of: "t/a/1").last?.commands == ["Init", "State", "Status", "OursToo"])
            let configs = listener.all.filter { heard in
                if case .attributeConfig = heard.change { heard.device == "t/a/1" } else { false }
            }
            #expect(configs.count == 4)
            try context.removeAttribute("ours", from: .deviceClass)
            #expect(try await second.attributeConfigs().map(\.name) == ["State", "Status"])
            try await test.admin().command("RestartServer")
            try await eventually { (try? await second.commandList().map(\.name)) == ["Init", "State", "Status"] }
        }
    }

    @Test func aConflictOnOneDeviceAddsNothingToTheClass() async throws {
        try await self.run { test, _ in
            let (first, second) = (try test.context(), try test.context("t/a/2"))
            try second.addAttribute(AttributeDefinition(name: "x", type: .string))
            let failure = #expect(throws: DevFailed.self) { try first.addAttribute(self.number("x"), to: .deviceClass) }
            #expect(failure?.reason == .attributeNotFound)
            #expect(first.attributeNames == ["State", "Status"])
            let missing = #expect(throws: DevFailed.self) { try first.removeAttribute("x", from: .deviceClass) }
            #expect(missing?.reason == .attributeProperty)
        }
    }

    /// Adds two attributes each time it is initialized, unless it has them.
    final class Growing: Device {
        let context: DeviceContext
        init(context: DeviceContext) { self.context = context }

        func initialize() async throws {
            let count = self.context.attributeNames.count
            for name in ["a\(count)", "b\(count)"] {
                try self.context.addAttribute(
                    AttributeDefinition(name: name, type: .long, reader: .sync { _ in AttributeReading(.long([1]), dimension: .scalar) }))
            }
        }
    }

    @Test func whatInitAddsIsAnnouncedOnceAtItsEnd() async throws {
        try await self.run(DeviceClass("Growing", Growing.self)) { test, listener in
            let device = try await test.device()
            #expect(listener.all.isEmpty)
            try await device.command("Init")
            #expect(listener.interfaces(of: "t/a/1").map(\.attributes) == [["a2", "b2", "a4", "b4", "State", "Status"]])
        }
    }

    @Test func aConfigurationAndAPushedValueAreSent() async throws {
        try await self.run(BenchDevice.deviceClass()) { test, listener in
            let (device, context) = (try await test.device(), try test.context())
            #expect(await device.configFailure("number") { $0.unit = "V" } == nil)
            try context.push(.change, attribute: "NUMBER", AttributeReading(.double([2]), dimension: .scalar))
            try context.pushDataReady(attribute: "number", counter: 3)
            try context.push(.user, attribute: "number", failure: DevFailed("Bench_Broken", "broken"))
            let kinds = listener.all.map { heard in
                switch heard.change {
                case .attributeConfig(let config): "config \(config.name) \(config.unit)"
                case .pushed(let kind, let value): "\(kind) \(value.name) \(value.readData) \(value.errors.count)"
                case .dataReady(let name, let counter): "ready \(name) \(counter)"
                default: "other"
                }
            }
            #expect(kinds == ["config number V", "change number double([2.0]) 0", "ready number 3", "user number none 1"])
            let failure = #expect(throws: DevFailed.self) { try context.push(.change, attribute: "nope", .invalid) }
            #expect(failure?.reason == .attributeNotFound)
        }
    }
}
