import TangoClient
import TangoCore
import TangoServer
import TangoTestDevice
import Testing

/// The forms of a device's name that the commands of an admin device accept, with a database that knows an alias. `AdministrationTests`
/// compares them with cppTango.
@Suite struct AdminNameTests {
    private static let name = "sys/tg_test/1"

    private static func pair(_ number: Int32, _ strings: String...) -> CommandData {
        .longStringArray(LongStringArray(longs: [number], strings: strings))
    }

    /// Commands, each of them harmless, with the device in that form.
    private static func commands(_ name: String) -> [(name: String, argument: CommandData)] {
        [
            ("AddObjPolling", Self.pair(1000, name, "attribute", "short_scalar")),
            ("UpdObjPollingPeriod", Self.pair(2000, name, "attribute", "short_scalar")), ("DevPollStatus", .string(name)),
            ("RemObjPolling", .stringArray([name, "attribute", "short_scalar"])),
            ("AddLoggingTarget", .stringArray([name, "console::cout"])), ("GetLoggingTarget", .string(name)),
            ("SetLoggingLevel", Self.pair(0, name)), ("RemoveLoggingTarget", .stringArray([name, "console::cout"])),
            ("LockDevice", Self.pair(10, name)), ("DevLockStatus", .string(name)), ("ReLockDevices", .stringArray([name])),
            ("UnLockDevice", Self.pair(0, name)),
        ]
    }

    @Test func allCommandsTakeNamesOfAnyCaseAliasesExceptDevRestartWhichTakesLocators() async throws {
        let database = try await RecordingDatabase()
        try await database.client.database().putAlias("The_Alias", ofDevice: Self.name)
        let server = DeviceServer(
            classes: [TangoTestClass.deviceClass],
            configuration: .init(
                name: "TangoTest", arguments: ServerArguments(instance: "test", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: database.host))
        try await server.start()
        let admin = try await database.client.device(server.adminName)
        func failure(_ command: String, _ argument: CommandData) async -> DevFailed? {
            do {
                try await admin.command(command, argument)
                return nil
            } catch {
                return error
            }
        }
        for name in [Self.name, "SYS/Tg_Test/1", "the_alias", "THE_ALIAS"] {
            for (command, argument) in Self.commands(name) { #expect(await failure(command, argument) == nil, "\(command) \(name)") }
        }
        let others = ["tango://\(database.host)/\(Self.name)", "\(Self.name)#dbase=yes", "no/such/device", "no_alias", ""]
        for name in others {
            for (command, argument) in Self.commands(name) where command != "SetLoggingLevel" {
                #expect(await failure(command, argument)?.reason == .deviceNotFound, "\(command) \(name)")
            }
        }
        for name in [Self.name, "SYS/Tg_Test/1"] + others.prefix(2) {
            #expect(await failure("DevRestart", .string(name)) == nil, "\(name)")
        }
        for name in ["the_alias", server.adminName] + others.dropFirst(2) {
            #expect(await failure("DevRestart", .string(name))?.reason == .deviceNotFound, "\(name)")
        }
        await server.stop()
        await database.stop()
    }
}
