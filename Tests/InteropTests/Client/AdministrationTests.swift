import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// The tools that administer servers, on ours.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct AdministrationTests {
    @Test func pyTangoAdministersOursAsTheCppServer() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            let database = try system.client.database()
            try await database.putAlias("cppalias", ofDevice: "test/cpp/1")
            try await database.putAlias("swiftalias", ofDevice: "test/swift/1")
            let theirs = try await system.python("admin.py", ["test/cpp/1", "cppalias"])
            let own = try await system.python("admin.py", ["test/swift/1", "swiftalias"])
            #expect(theirs.status == 0 && theirs.output.split(separator: "\n").count > 150, "\(theirs.output)")
            #expect(own.output.split(separator: "\n") == theirs.output.split(separator: "\n"))
            await cpp.stop()
            await ours.stop()
        }
    }

    /// Options and exit status, in order.
    private static let tangoAdmin: [(String, Int32)] = [
        ("--ping-database", 0), ("--ping-database 2", 0), ("--add-server Adm/x Adm adm/x/1,adm/x/2", 0), ("--check-server Adm/x", 0),
        ("--check-server adm/X", 0), ("--check-server Adm/nope", 255), ("--check-device ADM/X/2", 0), ("--check-device adm/x/9", 255),
        ("--add-property adm/x/1 numbers 1,2,3", 0), ("--add-property adm/x/1 word hello", 0), ("--add-property adm/x/9 word hello", 255),
        ("--delete-property adm/x/1 word", 0), ("--delete-property adm/x/1 never", 0), ("--ping-device adm/x/1", 255),
        ("--ping-device no/such/device", 255), ("--ping-device test/swift/1", 0), ("--ping-device test/swift/1 2", 0),
        ("--ping-device dserver/TangoTest/swift", 0), ("--ping-network 2", 0), ("--delete-server nope", 255),
        ("--add-server Bad Adm a/b/c", 255), ("--add-server Bad/x Adm a/b", 255),
    ]

    private func useTangoAdmin(_ system: PeerSystem) async throws {
        func run(_ options: String) async throws -> (status: Int32, output: String) {
            try await PeerProcess.run(
                Peers.tangoAdmin, options.split(separator: " ").map(String.init), environment: system.environment)
        }
        let server = try await system.startOurTangoTest("test/swift/1")
        for (options, status) in Self.tangoAdmin {
            let result = try await run(options)
            #expect(result.status == status, "\(options): \(result.output)")
        }
        let servers = try await run("--server-list").output.split(separator: " ")
        #expect(servers.contains("Adm") && servers.contains("TangoTest"))
        #expect(try await run("--server-instance-list adm").output.split(separator: " ").first == "x")
        let database = try system.client.database()
        #expect(try await database.properties(ofDevice: "adm/x/1", names: ["numbers"]).first?.values == ["1", "2", "3"])
        #expect(try await run("--delete-server Adm/x --with-properties").status == 0)
        #expect(try await run("--check-server Adm/x").status == 255)
        #expect(try await run("--check-device adm/x/1").status == 255)
        #expect(try await run("--delete-server Adm/x").status == 255)
        #expect(try await database.propertyNames(ofDevice: "adm/x/1").isEmpty)
        await server.stop()
        #expect(try await run("--ping-device test/swift/1").status == 255)
    }

    @Test func tangoAdminWorksOnOurDatabaseAndServer() async throws {
        try await PeerSystem.withOurs { system, _ in try await self.useTangoAdmin(system) }
    }

    @Test func tangoAdminWorksOnOurServerInTheCppDatabase() async throws {
        try await PeerSystem.withCpp { system, _ in try await self.useTangoAdmin(system) }
    }
}
