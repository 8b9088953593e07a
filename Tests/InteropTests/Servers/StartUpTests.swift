import Synchronization
import TangoClient
import TangoCore
import TangoDatabase
import TangoServer
import TangoTestDevice
import Testing

/// Compares what our server sends to a database, from start to stop, with what was recorded of cppTango 9.3.4 (Compatibility W13).
@Suite struct StartUpTests {
    @Test func theDatabaseHearsTheRecordedCommandsInTheRecordedOrder() async throws {
        let database = try await RecordingDatabase()
        let server = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(
                name: "TangoTest", arguments: ServerArguments(instance: "test", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: database.host))
        try await server.start()
        #expect(
            database.commands == [
                "DbGetDataForServerCache", "DbUnExportEvent", "DbPutClassProperty", "DbExportDevice",
                "DbExportDevice", "DbDeleteDeviceProperty",
            ])
        #expect(database.argument(0)?.first == "TangoTest/test")
        #expect(database.argument(0)?.last?.hasSuffix("%%10") == true)
        #expect(database.recorded[1].argument == .string("DServer/TangoTest/test"))
        #expect(database.argument(3)?.first == "sys/tg_test/1")
        #expect(database.argument(4)?.first == "dserver/TangoTest/test")
        #expect(database.argument(4)?.last == "6")
        let exported = try await database.client.database().devices(exportedOnly: true)
        #expect(exported.contains("sys/tg_test/1") && exported.contains("dserver/TangoTest/test"))

        database.clear()
        await server.stop()
        #expect(database.recorded.map(\.name) == ["DbUnExportServer"])
        #expect(try await database.client.database().devices(exportedOnly: true).isEmpty)
        await database.stop()
    }

    @Test func manyDevicesAreLoadedOneByOneAndHaveTheirPropertiesAndTheAdminDeviceIsExportedLast() async throws {
        let database = try await RecordingDatabase()
        let names = (0..<600).map { "many/a/\($0)" }
        let client = try database.client.database()
        try await client.command(
            "DbAddServer", .stringArray(["Many/test", "dserver/Many/test", "DServer"] + names.flatMap { [$0, "Many"] }))
        try await client.putProperties(ofDevice: names[599], [(name: "Words", values: ["a", "b"])])
        try await client.putProperties(ofClass: "Many", [(name: "Words", values: ["all"])])
        try await client.command(
            "DbPutDeviceAttributeProperty2", .stringArray([names[599], "1", "Level", "1", "unit", "1", "mm"]))
        try await client.putProperties(ofObject: "CtrlSystem", [(name: "WAttrNaNAllowed", values: ["true"])])
        let many = DeviceClass("Many", Many.self) {
            AttributeDefinition(name: "Level", type: .double, reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) })
            Attribute("Any", Double.self).write { _, _ in }
            Command("Words", of: Many.self, out: .stringArray) { device, _ in .stringArray(device.context.property("Words") ?? []) }
        }
        var arguments = ServerArguments(instance: "test", endPoint: .init(host: "127.0.0.1", port: 0))
        arguments.loadsDevicesIndividually = true
        let server = DeviceServer(
            classes: [many],
            configuration: .init(name: "Many", arguments: arguments, tangoHost: database.host))
        database.clear()
        try await server.start()
        #expect(!database.commands.contains("DbGetDataForServerCache"))
        let exports = database.recorded.filter { $0.name == "DbExportDevice" }
        #expect(exports.count == 601)
        if case .stringArray(let last)? = exports.last?.argument { #expect(last.first == "dserver/Many/test") }
        let exported = try await client.devices(exportedOnly: true)
        #expect(exported.count(where: { $0.hasPrefix("many/a/") }) == 600)

        let (own, other) = (try await database.client.device(names[599]), try await database.client.device(names[0]))
        let (words, classWords) = (try await own.command("Words"), try await other.command("Words"))
        #expect(words == .stringArray(["a", "b"]))
        #expect(classWords == .stringArray(["all"]))
        let (unit, otherUnit) = (try await own.attributeConfig("Level").unit, try await other.attributeConfig("Level").unit)
        #expect(unit == "mm")
        #expect(otherUnit == "")
        // A setting of the whole control system.
        try await own.write("Any", Double.nan)
        await server.stop()
        await database.stop()
    }

    private final class Many: Device {
        let context: DeviceContext
        init(context: DeviceContext) { self.context = context }
        func initialize() {}
    }

    @Test func aSecondInstanceIsRefusedWhileTheFirstAnswers() async throws {
        let database = try await RecordingDatabase()
        let arguments = ServerArguments(instance: "test", endPoint: .init(host: "127.0.0.1", port: 0))
        let first = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(name: "TangoTest", arguments: arguments, tangoHost: database.host))
        try await first.start()
        let second = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(name: "TangoTest", arguments: arguments, tangoHost: database.host))
        let refusal = await #expect(throws: ServerStartError.self) { try await second.start() }
        #expect(refusal?.description == "This server is already running, exiting!")
        await second.stop()
        #expect(try await database.client.device("sys/tg_test/1").state() == .running)
        await first.stop()
        await database.stop()
    }

    @Test func aServerTheDatabaseDoesNotKnowIsRefused() async throws {
        let database = try await RecordingDatabase()
        let server = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(
                name: "TangoTest", arguments: ServerArguments(instance: "nowhere", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: database.host))
        let refusal = await #expect(throws: ServerStartError.self) { try await server.start() }
        #expect(refusal?.description == "The device server TangoTest/nowhere is not defined in database. Exiting!")
        await server.stop()
        await database.stop()
    }

    /// Trap 11: what nobody polls or pushes has no events to subscribe to.
    @Test func trap11EventsOfAnAttributeThatIsNotPolledAreRefused() async throws {
        let database = try await RecordingDatabase()
        let server = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(
                name: "TangoTest", arguments: ServerArguments(instance: "test", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: database.host))
        try await server.start()
        let admin = try await database.client.device("dserver/TangoTest/test")
        for event in ["change", "alarm", "periodic"] {
            let failure = await #expect(throws: DevFailed.self) {
                try await admin.command(
                    "ZmqEventSubscriptionChange", .stringArray(["sys/tg_test/1", "double_scalar", "subscribe", event, "6"]))
            }
            #expect(failure?.reason == "API_AttributePollingNotStarted")
        }
        #expect(try await admin.state() == .on)
        await server.stop()
        await database.stop()
    }
}

/// A database in memory that records the commands it receives.
final class RecordingDatabase: Sendable {
    struct Entry: Sendable {
        var name: String
        var argument: CommandData
    }

    private let entries: EntryList
    private let server: DeviceServer
    let client: ControlSystem
    let host: TangoHost

    private final class EntryList: Sendable {
        let entries = Mutex<[Entry]>([])
    }

    final class FakeDatabase: Device {
        init(context: DeviceContext) { context.setState(.on) }
        func initialize() {}
    }

    init() async throws {
        let commands = CommandTable(try .inMemory())
        let list = EntryList()
        self.entries = list
        let deviceClass = DeviceClass("DataBase", FakeDatabase.self, serialModel: .none) {
            DatabaseCommand.all.map { command in
                Member.command(
                    CommandDefinition(
                        command.info,
                        handler: .sync { _, argument in
                            list.entries.withLock { $0.append(Entry(name: command.info.name, argument: argument)) }
                            return try commands.execute(command.info.name, argument)
                        }))
            }
        }
        self.server = DeviceServer(
            classes: [deviceClass],
            configuration: .init(
                name: "DataBaseds",
                arguments: ServerArguments(
                    instance: "2", source: .none([.init(name: "sys/database/2")]), endPoint: .init(host: "127.0.0.1", port: 0)),
                objectKeys: ["sys/database/2": "database"]))
        try await self.server.start()
        self.host = TangoHost(host: "127.0.0.1", port: self.server.port)
        self.client = ControlSystem(host: self.host)
    }

    /// All commands, in order.
    var recorded: [Entry] { self.entries.entries.withLock { $0 } }
    var commands: [String] { self.recorded.map(\.name) }

    func argument(_ index: Int) -> [String]? {
        guard self.recorded.indices.contains(index), case .stringArray(let strings) = self.recorded[index].argument else { return nil }
        return strings
    }

    func clear() { self.entries.entries.withLock { $0 = [] } }

    func stop() async {
        await self.client.shutdown()
        await self.server.stop()
    }
}
