import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// Stands in for TangoAccessControl where there is no MariaDB: the rights are a table of ours.
private final class AccessService: Device {
    static let rights = Mutex<[String: String]>([:])
    static let questions = Mutex<[[String]]>([])

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static func deviceClass(knowsSeveralAddresses: Bool = true) -> DeviceClass {
        DeviceClass("TangoAccessControl", AccessService.self, execution: .inline) {
            CommandDefinition(
                CommandInfo(name: knowsSeveralAddresses ? "GetAccessForMultiIP" : "GetAccess", inType: .stringArray, outType: .string),
                handler: .sync { _, argument in
                    guard case .stringArray(let question) = argument, question.count >= 3 else { return .string("read") }
                    Self.questions.withLock { $0.append(question) }
                    let device = knowsSeveralAddresses ? question[1] : question[2]
                    return .string(Self.rights.withLock { $0[device] } ?? "write")
                })
            CommandDefinition(
                CommandInfo(name: "GetAllowedCommands", inType: .string, outType: .stringArray),
                handler: .sync { _, argument in
                    if case .string(let name) = argument { Self.questions.withLock { $0.append([name]) } }
                    return .stringArray(["State", "Status", "DevString"])
                })
        }
    }
}

/// Access control is a matter of clients: ours beside PyTango, on the C++ service and on ours.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct AccessControlTests {
    private static func outcome(_ name: String, _ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "\(name)\t-\t-"
        } catch {
            let cause = DevFailed(wrapping: error).rootCause
            return "\(name)\t\(cause.reason)\t'\(cause.description)'"
        }
    }

    /// What `refusals.py` does, with our client.
    private static func outcomes(_ system: ControlSystem, _ name: String) async throws -> [String] {
        let device = try await system.device(name)
        let database = try system.database()
        let steps: [(String, () async throws -> Void)] = [
            ("read", { _ = try await device.readAttribute("double_scalar") }), ("state", { _ = try await device.state() }),
            ("State", { try await device.command("State") }), ("status", { try await device.command("Status") }),
            ("command", { try await device.command("DevVoid") }),
            ("allowed command", { try await device.command("DevString", .string("x")) }),
            ("unknown command", { try await device.command("NoSuch") }), ("init", { try await device.command("Init") }),
            ("write", { try await device.write("double_scalar", 1.5) }),
            (
                "write several",
                {
                    let writes = [
                        AttributeWrite(name: "double_scalar", data: .double([1.5])),
                        AttributeWrite(name: "short_scalar", data: .short([2])),
                    ]
                    if let failure = try await device.writeAttributes(writes).compactMap(\.self).first { throw failure }
                }
            ),
            (
                "write and read",
                {
                    let write = AttributeWrite(name: "double_scalar", data: .double([1.5]))
                    _ = try await device.writeReadAttributes([write], read: ["double_scalar"])
                }
            ),
            ("configure", { try await device.setAttributeConfigs([try await device.attributeConfig("double_scalar")]) }),
            ("black box", { _ = try await device.blackBox(1) }),
            ("put property", { try await database.putProperties(ofDevice: name, [(name: "kept", values: ["1"])]) }),
            ("get property", { _ = try await database.properties(ofDevice: name, names: ["kept"]) }),
            ("database command", { _ = try await database.info() }),
            ("database import", { try await database.command("DbImportDevice", .string(name)) }),
            ("database change", { try await database.putProperties(ofObject: "o", [(name: "p", values: ["v"])]) }),
        ]
        var lines: [String] = []
        for (name, step) in steps { lines.append(await Self.outcome(name, step)) }
        return lines
    }

    /// Our client, made anew, is refused what PyTango is refused, with the same words.
    private static func compare(_ system: PeerSystem, _ device: String, refusals: Int) async throws {
        let theirs = try await system.python("refusals.py", [device, "sys/database/2"])
        #expect(theirs.status == 0, "\(theirs.output)")
        let client = ControlSystem(host: system.host)
        let ours = try await Self.outcomes(client, device)
        await client.shutdown()
        #expect(ours == theirs.output.split(separator: "\n").map(String.init))
        #expect(ours.filter { $0.contains("API_ReadOnlyMode") }.count == refusals, "\(ours)")
    }

    @Test func theCppServiceIsRespectedAsPyTangoRespectsIt() async throws {
        try await PeerSystem.withCpp { system, _ in
            let database = try system.client.database()
            try await database.addDevice("test/rw/1", server: "TangoTest/cpp", deviceClass: "TangoTest")
            try await database.putProperties(ofClass: "TangoTest", [(name: "AllowedAccessCmd", values: ["devstring", "DevDouble"])])
            let server = try await system.startCppTangoTest("test/ro/1")
            // Without a service everybody may do everything.
            try await Self.compare(system, "test/ro/1", refusals: 0)

            try await database.addServer(
                "TangoAccessControl/1", devices: [(name: "sys/access_control/1", deviceClass: "TangoAccessControl")])
            for (pattern, right) in [("test/ro/*", "read"), ("test/rw/*", "write"), ("sys/*/*", "read")] {
                try await system.allow(right, on: pattern)
            }
            let service = try await system.startAccessControl()
            try await Self.compare(system, "test/ro/1", refusals: 9)
            try await Self.compare(system, "test/rw/1", refusals: 3)

            for (arguments, environment, isAllowed) in [
                (["write", "test/ro/1", "double_scalar", "1"], [:], false), (["read", "test/ro/1", "double_scalar"], [:], true),
                (["write", "test/rw/1", "double_scalar", "1"], [:], true),
                (["write", "test/ro/1", "double_scalar", "1"], ["SUPER_TANGO": "TRUE"], true),
                (["command", "test/ro/1", "DevVoid"], ["SUPER_TANGO": "no"], false),
            ] {
                let result = try await system.tango(arguments, environment: environment)
                #expect((result.status == 0) == isAllowed, "\(arguments) \(environment): \(result.output)")
                #expect(result.output.contains("API_ReadOnlyMode") == !isAllowed)
            }
            await service.stop()
            // Defined but not there: nothing but reading, no command at all.
            try await Self.compare(system, "test/rw/1", refusals: 14)
            await server.stop()
        }
    }

    /// Runs the body beside our database with a service of ours.
    private static func withOurService(
        _ deviceClass: DeviceClass = AccessService.deviceClass(), _ body: (PeerSystem) async throws -> Void
    ) async throws {
        try await PeerSystem.withOurs { system, _ in
            let database = try system.client.database()
            let name = "sys/access_control/1"
            try await database.addServer("TangoAccessControl/1", devices: [(name: name, deviceClass: "TangoAccessControl")])
            let service = DeviceServer(
                classes: [deviceClass],
                configuration: .init(
                    name: "TangoAccessControl", arguments: ServerArguments(instance: "1", endPoint: .init(host: "127.0.0.1", port: 0)),
                    tangoHost: system.host))
            try await service.start()
            // A server may not even start for a user who may only read the database, as the C++ one.
            let server = try await system.startOurTangoTest("test/ro/1")
            let services = ["Other/x:a/b/c", "ACCESSCONTROL/Tango:SYS/access_control/1", "AccessControl/y:no/such/one"]
            try await database.putProperties(ofObject: "CtrlSystem", [(name: "Services", values: services)])
            AccessService.rights.withLock { $0 = ["test/ro/1": "read", "sys/database/2": "read"] }
            AccessService.questions.withLock { $0 = [] }
            do {
                try await body(system)
            } catch {
                await service.stop()
                throw error
            }
            await server.stop()
            await service.stop()
        }
    }

    @Test func ourDatabaseServesAnAccessServiceJustAsWell() async throws {
        try await Self.withOurService { system in try await Self.compare(system, "test/ro/1", refusals: 11) }
    }

    @Test func eachRightIsRequestedOnce() async throws {
        try await Self.withOurService { system in
            let client = ControlSystem(host: system.host)
            let device = try await client.device("test/ro/1")
            AccessService.questions.withLock { $0 = [] }
            _ = try await device.readAttribute("double_scalar")
            #expect(AccessService.questions.withLock { $0 }.isEmpty)
            for _ in 0..<3 {
                #expect(await Self.outcome("", { try await device.command("DevVoid") }).contains("API_ReadOnlyMode"))
                #expect(await Self.outcome("", { try await device.write("double_scalar", 1.0) }).contains("API_ReadOnlyMode"))
                try await device.command("DevString", .string("x"))
            }
            let questions = AccessService.questions.withLock { $0 }
            #expect(questions.count == 2, "\(questions)")
            #expect(questions.first?.prefix(2) == [NSUserName().lowercased(), "test/ro/1"])
            #expect(questions.last == ["TangoTest"])
            await client.shutdown()
        }
    }

    @Test func aServiceThatKnowsOneAddressOnlyGetsTheOldCommand() async throws {
        try await Self.withOurService(AccessService.deviceClass(knowsSeveralAddresses: false)) { system in
            let client = ControlSystem(host: system.host)
            let device = try await client.device("test/ro/1")
            #expect(await Self.outcome("", { try await device.write("double_scalar", 1.0) }).contains("API_ReadOnlyMode"))
            AccessService.rights.withLock { $0 = [:] }
            let other = ControlSystem(host: system.host)
            try await other.device("test/ro/1").write("double_scalar", 1.0)
            #expect(AccessService.questions.withLock { $0 }.allSatisfy { $0.count == 3 || $0.count == 1 })
            await client.shutdown()
            await other.shutdown()
        }
    }
}
