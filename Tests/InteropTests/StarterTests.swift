import Foundation
import TangoClient
import TangoCore
import Testing

/// The incumbents' Starter, which starts, watches and stops the servers of a machine.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct StarterTests {
    private static let server = "TangoTest/swift"

    private static func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("did not come true in time")
    }

    private static func names(_ starter: DeviceProxy, _ command: String) async throws -> [String] {
        // The Starter is blocked for moments while it looks at servers that are not there.
        guard case .stringArray(let names)? = try? await starter.command(command, .boolean(true)) else { return [] }
        return names
    }

    private static func isRunning(_ starter: DeviceProxy) async throws -> Bool {
        try await Self.names(starter, "DevGetRunningServers").contains(Self.server)
    }

    private static func isStopped(_ starter: DeviceProxy) async throws -> Bool {
        try await Self.names(starter, "DevGetStopServers").contains(Self.server)
    }

    private func useStarter(_ system: TestSystem) async throws {
        let host = ProcessInfo.processInfo.hostName
        let folder = try Peers.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try system.client.database()
        try await database.addServer(Self.server, devices: [(name: "test/swift/1", deviceClass: "TangoTest")])
        try await database.addServer("Starter/\(host)", devices: [(name: "tango/admin/\(host)", deviceClass: "Starter")])
        let programs = URL(fileURLWithPath: Peers.program("TangoTest")).deletingLastPathComponent().path
        try await database.putProperties(
            ofDevice: "tango/admin/\(host)", [(name: "StartDsPath", values: [programs]), (name: "LogFileHome", values: [folder.path])])
        let process = try await PeerProcess(Peers.starter, [host], environment: system.environment)
        let starter = try await system.client.device("tango/admin/\(host)")
        try await Self.until { (try? await starter.state()) != nil }

        try await starter.command("DevStart", .string(Self.server))
        try await Self.until { try await Self.isRunning(starter) }
        let device = try await system.client.device("test/swift/1")
        #expect(try await device.state() == .running)
        let log = try await starter.command("DevReadLog", Self.server, as: String.self)
        #expect(log.contains("Ready to accept request"))

        // Killed the hard way it cannot tell the database; the Starter notices, and starts it again.
        try await starter.command("HardKillServer", .string(Self.server))
        try await Self.until { try await Self.isStopped(starter) }
        #expect(try await database.deviceInfo("test/swift/1").isExported)
        try await starter.command("DevStart", .string(Self.server))
        try await Self.until { try await Self.isRunning(starter) }
        #expect(try await device.state() == .running)

        try await starter.command("DevStop", .string(Self.server))
        try await Self.until { try await Self.isStopped(starter) }
        for name in ["test/swift/1", "dserver/\(Self.server)"] {
            #expect(try await database.deviceInfo(name).isExported == false, "\(name)")
        }
        await process.stop()
    }

    @Test func theStarterStartsWatchesKillsAndStopsOurServerInTheCppDatabase() async throws {
        try await TestSystem.withCpp { system, _ in try await self.useStarter(system) }
    }

    @Test func theStarterWorksOnOurDatabase() async throws {
        try await TestSystem.withOurs { system, _ in try await self.useStarter(system) }
    }
}
