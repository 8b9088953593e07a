import Foundation
import NIOCore
import NIOPosix
import TangoClient
import TangoCore
import TangoDatabase
import TangoIIOP
import TangoServer
import TangoTestDevice
import TangoTestSupport
import TangoWire
import Testing

/// Requests that kill or hang cppTango 9.3.4 or PyTango 10.3.1 servers, or whose effect only a whole server shows.
@Suite struct ServerTrapTests {
    private static func withServer(
        _ classes: [DeviceClass] = [TangoTestClass.deviceClass], _ source: ServerArguments.Source = .none([.init(name: "t/a/1")]),
        _ body: (DeviceServer, ControlSystem) async throws -> Void
    ) async throws {
        let server = DeviceServer(
            classes: classes,
            configuration: .init(
                name: "Trap", arguments: ServerArguments(instance: "test", source: source, endPoint: .init(host: "127.0.0.1", port: 0))))
        let client = ControlSystem(host: TangoHost(host: "127.0.0.1", port: 1))
        let outcome: Result<Void, any Error>
        do {
            try await server.start()
            outcome = .success(try await body(server, client))
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        await server.stop()
        try outcome.get()
    }

    private static func device(_ server: DeviceServer, _ client: ControlSystem) async throws -> DeviceProxy {
        try await client.device("tango://127.0.0.1:\(server.port)/t/a/1#dbase=no")
    }

    @Test func trap06TheSameAttributeTwiceInOneReadIsAnsweredTwice() async throws {
        try await Self.withServer { server, client in
            let call = DeviceCall.readAttributes(
                ["double_scalar", "double_scalar", "State", "state"], source: .device, identity: .cpp(pid: 1), version: 5)
            let answer = try await client.connections.call(
                Endpoint(host: "127.0.0.1", port: server.port, version: .v1_2), objectKey: "t/a/1", call, timeout: .seconds(10))
            guard case .attributeValues(let values) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(values.map(\.name) == ["double_scalar", "double_scalar", "State", "State"])
            #expect(values.allSatisfy { $0.failure == nil })
            #expect(try await Self.device(server, client).state() == .running)
        }
    }

    @Test func trap17MemorizedWritesConfigurationAndDynamicAttributesNeedNoDatabase() async throws {
        final class Memory: Device {
            var value = 0.0
            init(context: DeviceContext) throws {
                context.setState(.on)
                try context.addAttribute(
                    AttributeDefinition(name: "added", type: .long, reader: .sync { _ in AttributeReading(.long([7]), dimension: .scalar) })
                )
            }
            func initialize() {}
        }
        let memory = DeviceClass("Memory", Memory.self) {
            Attribute("kept", Double.self, memorization: .memorized).stored(at: \.value)
        }
        try await Self.withServer([memory]) { server, client in
            let device = try await Self.device(server, client)
            try await device.write("kept", 2.5)
            #expect(try await device.read("kept", as: Double.self).setPoint == 2.5)
            var config = try await device.attributeConfig("kept")
            config.unit = "mm"
            try await device.setAttributeConfigs([config])
            #expect(try await device.attributeConfig("kept").unit == "mm")
            #expect(try await device.read("added", as: Int32.self).value == 7)
        }
    }

    @Test func trap18AClassWithPipesStartsFromAFile() async throws {
        let file = try TestFolder.make().appendingPathComponent("trap.res")
        try "Trap/test/DEVICE/TangoTest: \"t/a/1\"\nt/a/1/double_scalar->unit: mV\n".write(to: file, atomically: true, encoding: .utf8)
        try await Self.withServer([TangoTestClass.deviceClass], .file(file.path)) { server, client in
            let device = try await Self.device(server, client)
            #expect(try await device.readPipe("string_long_short_ro").blob.elements.count == 3)
            #expect(try await device.attributeConfig("double_scalar").unit == "mV")
        }
        try FileManager.default.removeItem(at: file.deletingLastPathComponent())
    }

    @Test func trap19OnlyAbsentDevicePropertiesHaveABlankFiller() throws {
        let store = CommandTable(try .inMemory())
        #expect(
            try store.execute("DbGetDeviceProperty", .stringArray(["sys/tg_test/1", "none"]))
                == .stringArray(["sys/tg_test/1", "1", "none", "0", " "]))
        #expect(
            try store.execute("DbGetDeviceAttributeProperty2", .stringArray(["sys/tg_test/1", "none"]))
                == .stringArray(["sys/tg_test/1", "1", "none", "0"]))
    }

    @Test func trap20NamesInTheDatabaseHaveNoCase() throws {
        let store = CommandTable(try .inMemory())
        guard case .longStringArray(let answer) = try store.execute("DbImportDevice", .string("DSERVER/tangotest/TEST")) else {
            Issue.record("not imported")
            return
        }
        #expect(answer.strings.first == "dserver/tangotest/test" && answer.strings.last == "DServer")
    }

    /// The times themselves are tested with short ones in the transport's tests.
    @Test func trap21IdleConnectionsAreClosedAfterTheTimesOfThePeers() {
        #expect(ServerLimits().idleTime == .seconds(180))
    }
}
