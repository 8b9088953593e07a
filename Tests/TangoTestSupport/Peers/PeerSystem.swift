package import Foundation
package import TangoClient
package import TangoCore
package import TangoServer

/// A control system around a database program: ours, or the C++ one on MariaDB.
package final class PeerSystem: Sendable {
    package let host: TangoHost
    package let client: ControlSystem
    package let folder: URL
    private let mariaDB: Bool

    private init(host: TangoHost, folder: URL, mariaDB: Bool) {
        self.host = host
        // Machines may be slow and busy.
        var options = ClientOptions()
        options.timeout = .seconds(30)
        options.databaseTimeout = .seconds(60)
        self.client = ControlSystem(host: host, options: options)
        self.folder = folder
        self.mariaDB = mariaDB
    }

    package var environment: [String: String] { ["TANGO_HOST": "\(self.host)"] }

    /// So many control systems run at once: the peers are processes, and the machine may be small.
    private static let turns = Turns(2)

    /// Runs the body beside our database program on a file of its own.
    package static func withOurs(_ body: (PeerSystem, PeerProcess) async throws -> Void) async throws {
        try await Self.turns.run {
            let system = PeerSystem(
                host: TangoHost(host: "127.0.0.1", port: try freePort()), folder: try TestFolder.make(), mariaDB: false)
            let database = try await system.startOurDatabase()
            try await system.run(database, body)
        }
    }

    /// Starts our database program on this system's file and port; again after a crash.
    package func startOurDatabase() async throws -> PeerProcess {
        try await PeerProcess(
            Peers.program("tango"),
            [
                "database", "--file", self.folder.appendingPathComponent("tango.sqlite").path, "--host", "127.0.0.1", "--port",
                "\(self.host.port)",
            ],
            readyWhenPrinting: "Ready to accept request")
    }

    /// Runs the body beside the C++ database server on a private MariaDB.
    package static func withCpp(_ body: (PeerSystem, PeerProcess) async throws -> Void) async throws {
        try await Self.turns.run {
            let system = PeerSystem(
                host: TangoHost(host: "127.0.0.1", port: try freePort()), folder: try TestFolder.make(), mariaDB: true)
            let start = try await PeerProcess.run("/bin/bash", [Peers.script("peers/launchers/mariadb.sh"), "start", system.folder.path])
            guard start.status == 0 else { throw PeerFailure(start.output) }
            let database = try await PeerProcess(
                "/bin/bash", [Peers.script("peers/launchers/databaseds.sh"), system.folder.path, "\(system.host.port)"],
                readyWhenPrinting: "Ready to accept request")
            try await system.run(database, body)
        }
    }

    private func run(_ database: PeerProcess, _ body: (PeerSystem, PeerProcess) async throws -> Void) async throws {
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(self, database))
        } catch {
            outcome = .failure(error)
        }
        await self.client.shutdown()
        await database.stop()
        if self.mariaDB {
            _ = try? await PeerProcess.run("/bin/bash", [Peers.script("peers/launchers/mariadb.sh"), "stop", self.folder.path])
        }
        try? FileManager.default.removeItem(at: self.folder)
        try outcome.get()
    }

    /// Declares a server with one device and starts its program.
    package func startServer(_ program: String, _ arguments: [String] = [], server: String, device: String, deviceClass: String)
        async throws
        -> PeerProcess
    {
        let instance = String(server.split(separator: "/")[1])
        try await self.client.database().addServer(server, devices: [(name: device, deviceClass: deviceClass)])
        return try await PeerProcess(
            program, arguments + [instance], environment: self.environment, readyWhenPrinting: "Ready to accept request")
    }

    package func startCppTangoTest(_ device: String, instance: String = "cpp") async throws -> PeerProcess {
        try await self.startServer(Peers.cppTangoTest, server: "TangoTest/\(instance)", device: device, deviceClass: "TangoTest")
    }

    package func startOurTangoTest(_ device: String, instance: String = "swift") async throws -> PeerProcess {
        try await self.startServer(Peers.program("TangoTest"), server: "TangoTest/\(instance)", device: device, deviceClass: "TangoTest")
    }

    /// Starts the C++ access service beside the C++ database and makes it known to clients.
    package func startAccessControl() async throws -> PeerProcess {
        let service = try await PeerProcess(
            "/bin/bash", [Peers.script("peers/launchers/accesscontrol.sh"), self.folder.path, "\(self.host.port)"],
            readyWhenPrinting: "Ready to accept request")
        try await self.client.device("sys/access_control/1").command("RegisterService")
        return service
    }

    /// Gives a user, that of this process by default, a right on devices.
    package func allow(_ right: String, on pattern: String, to user: String = NSUserName()) async throws {
        let result = try await PeerProcess.run(
            "/bin/bash", [Peers.script("peers/launchers/accesscontrol.sh"), self.folder.path, "allow", user, pattern, right])
        guard result.status == 0 else { throw PeerFailure(result.output) }
    }

    /// Starts a server with one device in this process.
    package func startInProcess(_ deviceClass: DeviceClass, name: String, instance: String = "swift", device: String) async throws
        -> DeviceServer
    {
        try await self.client.database().addServer("\(name)/\(instance)", devices: [(name: device, deviceClass: deviceClass.name)])
        let server = DeviceServer(
            classes: [deviceClass],
            configuration: .init(
                name: name, arguments: ServerArguments(instance: instance, endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: self.host))
        try await server.start()
        return server
    }

    /// Runs a Python script of the peers and gives its status and output.
    package func python(_ script: String, _ arguments: [String], environment: [String: String] = [:]) async throws
        -> (status: Int32, output: String)
    {
        try await PeerProcess.run(
            Peers.python, [Peers.script("peers/checks/\(script)")] + arguments,
            environment: self.environment.merging(environment) { _, given in given })
    }

    /// Runs our command line.
    package func tango(_ arguments: [String], environment: [String: String] = [:]) async throws -> (status: Int32, output: String) {
        try await PeerProcess.run(
            Peers.program("tango"), arguments, environment: self.environment.merging(environment) { _, given in given })
    }

    /// Starts our REST gateway and gives it with the URL of a device's resources.
    package func startGateway(_ options: [String] = []) async throws -> (process: PeerProcess, hostURL: String) {
        let process = try await PeerProcess(
            Peers.program("tango"), ["rest", "--port", "0", "--tango-host", "\(self.host)"] + options,
            readyWhenPrinting: "Ready to accept request")
        guard let line = process.output.split(separator: "\n").first(where: { $0.hasPrefix("REST API at ") }),
            let url = line.split(separator: " ").last
        else { throw PeerFailure(process.output) }
        return (process, "\(url)/v1.0/hosts/\(self.host.host);port=\(self.host.port)")
    }

    /// Sends a request with curl; the status is the last line of the answer.
    package static func http(_ url: String, _ options: [String] = []) async throws -> (status: Int, body: String) {
        let answer = try await PeerProcess.run("/usr/bin/curl", ["-sS", "-w", "\n%{http_code}"] + options + [url])
        let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }
}
