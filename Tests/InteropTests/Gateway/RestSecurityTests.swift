import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoGateway
import TangoServer
import TangoTestSupport
import Testing

/// The gateway's users, access rights and transport, as the program `tango` offers them.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct RestSecurityTests {
    /// Runs `tango rest user add` as a pipe would.
    static func addUser(_ name: String, _ password: String, _ file: String) async throws {
        let result = try await PeerProcess.run(
            "/bin/sh",
            ["-c", "printf '%s\\n' \"$2\" | \"$0\" rest user add \"$1\" --users \"$3\"", Peers.program("tango"), name, password, file])
        guard result.status == 0 else { throw PeerFailure(result.output) }
    }

    /// Statuses of what a user may try: reading, an allowed command, State, another command, writing, a property, the configuration.
    private static func statuses(_ device: String, _ options: [String]) async throws -> [Int] {
        let json = ["-H", "Content-Type: application/json"]
        let requests: [(String, [String])] = [
            ("attributes/double_scalar/value", []), ("commands/DevString", ["-X", "PUT", "-d", "\"x\""] + json),
            ("commands/State", ["-X", "PUT"]), ("commands/DevVoid", ["-X", "PUT"]), ("attributes/double_scalar/value?v=1", ["-X", "PUT"]),
            ("attributes/value?double_scalar=1", ["-X", "PUT"]), ("properties?a=1", ["-X", "POST"]), ("properties/a", ["-X", "DELETE"]),
            ("attributes/double_scalar/info", ["-X", "PUT", "-d", "{}"] + json),
        ]
        var statuses: [Int] = []
        for (path, arguments) in requests { statuses.append(try await PeerSystem.http("\(device)/\(path)", options + arguments).status) }
        return statuses
    }

    private static let everything = [200, 200, 200, 200, 200, 200, 200, 204, 200]
    private static let readingOnly = [200, 200, 200, 403, 403, 403, 403, 403, 403]
    private static let nobodyToAsk = [200, 403, 200, 403, 403, 403, 403, 403, 403]

    @Test func theCppAccessServiceDecidesForEachUser() async throws {
        try await PeerSystem.withCpp { system, _ in
            let database = try system.client.database()
            try await database.addServer(
                "TangoAccessControl/1", devices: [(name: "sys/access_control/1", deviceClass: "TangoAccessControl")])
            try await database.putProperties(ofClass: "TangoTest", [(name: "AllowedAccessCmd", values: ["DevString"])])
            let server = try await system.startCppTangoTest("test/cpp/1")
            let users = system.folder.appendingPathComponent("users").path
            for user in ["ann", "Bob", "eve"] { try await Self.addUser(user, "secret of \(user)", users) }
            // This process's own user may only read; that right is not checked.
            try await system.allow("read", on: "*/*/*")
            try await system.allow("write", on: "test/cpp/*", to: "ann")
            try await system.allow("read", on: "*/*/*", to: "bob")
            // Without this the service lets those do everything whom it does not know.
            try await system.allow("read", on: "*/*/*", to: "*")
            let (gateway, hostURL) = try await system.startGateway(["--users", users, "--access-control", "--access-lifetime", "0.5"])
            let device = "\(hostURL)/devices/test/cpp/1"
            func login(_ user: String) -> [String] { ["-u", "\(user):secret of \(user)"] }
            #expect(try await Self.statuses(device, login("Bob")) == Self.everything, "no service, no limits")

            let service = try await system.startAccessControl()
            // Until the gateway asks again whether there is a service.
            try await eventually {
                try await PeerSystem.http("\(device)/commands/DevVoid", ["-X", "PUT"] + login("Bob")).status == 403
            }
            #expect(try await Self.statuses(device, login("ann")) == Self.everything)
            #expect(try await Self.statuses(device, login("Bob")) == Self.readingOnly)
            #expect(try await Self.statuses(device, login("eve")) == Self.readingOnly)
            let refusal = try await PeerSystem.http("\(device)/attributes/double_scalar/value?v=1", ["-X", "PUT"] + login("Bob"))
            #expect(refusal.body.contains("\"reason\":\"API_ReadOnlyMode\""))
            #expect(refusal.body.contains("Writing attribute(s) on device test/cpp/1 is not authorized"))
            await service.stop()
            try await eventually {
                try await PeerSystem.http("\(device)/commands/DevVoid", ["-X", "PUT"] + login("ann")).status == 403
            }
            #expect(try await Self.statuses(device, login("ann")) == Self.nobodyToAsk)
            await gateway.stop()
            await server.stop()
        }
    }

    @Test func rightsAreThoseOfTheDeviceThatIsReached() async throws {
        try await PeerSystem.withCpp { system, _ in
            let database = try system.client.database()
            try await database.addServer(
                "TangoAccessControl/1", devices: [(name: "sys/access_control/1", deviceClass: "TangoAccessControl")])
            let server = try await system.startCppTangoTest("test/cpp/1")
            try await database.command("DbPutDeviceAlias", .stringArray(["test/cpp/1", "short"]))
            let users = system.folder.appendingPathComponent("users").path
            for user in ["Ann", "änn"] { try await Self.addUser(user, "secret", users) }
            try await system.allow("read", on: "*/*/*", to: "*")
            try await system.allow("read", on: "test/cpp/*", to: "ann")
            try await system.allow("write", on: "*/*/*", to: "ann")
            let service = try await system.startAccessControl()
            let (gateway, hostURL) = try await system.startGateway(["--users", users, "--access-control"])
            let ann = ["-u", "aNN:secret"]
            func status(_ path: String, _ options: [String]) async throws -> Int {
                try await PeerSystem.http("\(hostURL)/devices/\(path)", ["-X", "PUT"] + options).status
            }
            #expect(try await status("sys/database/2/properties/a?value=1", ann) == 200)
            // The database compares letters without accents, and "ä" is "a" for it.
            for name in [
                "test/cpp/1", "TEST/cpp/1", "%74est/cpp/1", "t%C3%A9st/cpp/1", "t%E9st/cpp/1", "tango:test/cpp/1", "test/cpp/1%20",
                "test/cpp/%27",
                "test/cpp/1%00", "test/cpp/1%01", "tes%C5%A5/cpp/1",
            ] {
                for path in ["attributes/double_scalar_w/value?v=66.5", "properties/a?value=1", "commands/DevVoid"] {
                    let status = try await status("\(name)/\(path)", ann)
                    #expect([400, 403, 404].contains(status), "\(name)/\(path): \(status)")
                }
            }
            #expect(try await status("sys/database/2/properties/a?value=2", ["-u", "änn:secret"]) == 400)
            #expect(try await status("sys/database/2/properties/%C3%A1?value=2", ann) == 400)
            #expect(try await status("sys/database/2/properties?x%27y=2", ann) == 400)
            let root = hostURL.components(separatedBy: "/hosts/")[0]
            for name in ["short", "SHORT", "shört", "t\u{E9}st/cpp/1", "test/cpp/1"] {
                let body = #"[{"host":"\#(system.host)","device":"\#(name)","name":"double_scalar_w","value":66.5}]"#
                let answer = try await PeerSystem.http(
                    "\(root)/attributes", ["-X", "PUT", "-H", "Content-Type: application/json", "-d", body] + ann)
                #expect(answer.body.contains("errors"), "\(name): \(answer)")
            }
            let value = try await PeerSystem.http("\(hostURL)/devices/test/cpp/1/attributes/double_scalar_w/value", ann)
            #expect(value.status == 200 && !value.body.contains("66.5"))
            for process in [service, gateway, server] { await process.stop() }
        }
    }

    @Test func theProgramServesTLSWithItsOwnCertificateAndStops() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startOurTangoTest("test/swift/1")
            let (certificate, key) = ("\(system.folder.path)/certificate.pem", "\(system.folder.path)/key.pem")
            let files = ["--certificate", certificate, "--key", key]
            let made = try await system.tango(["rest", "certificate"] + files)
            #expect(made.status == 0, "\(made.output)")
            let again = try await system.tango(["rest", "certificate"] + files)
            #expect(again.status == 1 && again.output.contains("--force"))
            #expect(try await system.tango(["rest", "certificate", "--force", "--host", "127.0.0.1"] + files).status == 0)
            let (gateway, hostURL) = try await system.startGateway(files)
            #expect(hostURL.hasPrefix("https://"))
            for version in ["--http2", "--http1.1"] {
                let url = "\(hostURL)/devices/test/swift/1"
                let device = try await PeerSystem.http(url, [version, "--cacert", certificate])
                #expect(device.status == 200 && device.body.contains("\"state\":\"\(url)/state\""), "\(device)")
                let value = try await PeerSystem.http(
                    "\(url)/attributes/double_scalar/value?v=25", [version, "--cacert", certificate, "-X", "PUT"])
                #expect(value.status == 200, "\(value)")
            }
            // Stops while a request is answered: it is answered.
            let url = "\(hostURL)/devices/test/swift/1/commands/SwitchStates"
            _ = try await PeerSystem.http(url, ["--cacert", certificate, "-X", "PUT"])
            gateway.signal(SIGTERM)
            #expect(try await gateway.finished(within: .seconds(60)) == 0)
            await server.stop()
        }
    }

    @Test func theProgramRefusesToBeOpenByAccident() async throws {
        let folder = try TestFolder.make()
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["XDG_CONFIG_HOME": folder.path, "TANGO_HOST": "127.0.0.1:1"]
        func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
            try await PeerProcess.run(Peers.program("tango"), arguments, environment: environment, within: .seconds(20))
        }
        for (arguments, text) in [
            (["rest", "--host", "0.0.0.0", "--port", "0"], "tango rest user add"),
            (["rest", "--host", "0.0.0.0", "--port", "0", "--no-authentication"], "--open-to-network"),
            (["rest", "--host", "::", "--port", "0", "--no-authentication"], "--open-to-network"),
            (["up", "--host", "0.0.0.0", "--port", "0", "--rest-port", "0", "--in-memory", "--no-authentication"], "--open-to-network"),
            (["rest", "--port", "0", "--certificate", "c"], "belong together"), (["rest", "--config", "/no/such"], "/no/such"),
        ] {
            let result = try await run(arguments)
            #expect(result.status == 1, "\(arguments)")
            #expect(result.output.contains(text) && result.output.split(separator: "\n").count == 1, "\(arguments): \(result.output)")
        }
        #expect(
            try await run(["rest", "--print-config", "--port", "7"]).output.contains("\"port\": {\"value\":7,\"from\":\"command line\"}"))

        let users = folder.appendingPathComponent("u").path
        try await Self.addUser("ann", "1", users)
        #expect(try await run(["rest", "user", "list", "--users", users]).output == "ann\n")
        #expect(try await run(["rest", "user", "remove", "bob", "--users", users]).status == 1)
        #expect(try await run(["rest", "user", "remove", "ann", "--users", users]).status == 0)
        #expect(try await run(["rest", "user", "add", "ann", "--users", users]).output.contains("no password"))
        for arguments in [
            ["rest", "--host", "0.0.0.0", "--port", "0", "--no-authentication", "--open-to-network"],
            ["up", "--in-memory", "--port", "0", "--rest-port", "0", "--host", "127.0.0.1"],
        ] {
            let process = try await PeerProcess(
                Peers.program("tango"), arguments, environment: environment, readyWhenPrinting: "Ready to accept request")
            await process.stop()
        }
    }
}
