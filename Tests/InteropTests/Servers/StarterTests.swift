import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// The C++ Starter, which starts, watches and stops the servers of a host, with ours.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct StarterTests {
    private static let server = "TangoTest/watched"
    private static let device = "test/watched/1"

    /// This host as the Starter calls it: the name of its device and of its instance.
    private static func hostName() throws -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { throw PeerFailure("this host has no name") }
        let bytes = name.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: ".") }, as: UTF8.self).lowercased()
    }

    /// Waits for a condition; whatever fails meanwhile counts as "not yet".
    private static func wait(_ what: String, _ starter: PeerProcess, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while (try? await condition()) != true {
            guard ContinuousClock.now < end else { throw PeerFailure("not in time: \(what)\n\(starter.output)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func watch(_ system: PeerSystem, _ control: DeviceProxy, _ starter: PeerProcess) async throws {
        let database = try system.client.database()
        func isListed(_ command: String) async throws -> Bool {
            // True: have a look now, not what was seen a moment ago.
            try await control.command(command, true, as: [String].self).contains(Self.server)
        }
        func begin() async throws -> Int32 {
            try await control.command("DevStart", .string(Self.server))
            try await Self.wait("\(Self.server) runs", starter) {
                let answers = try await system.client.device(Self.device).command("DevString", "hello", as: String.self) == "hello"
                let runs = try await isListed("DevGetRunningServers")
                return answers && runs
            }
            #expect(try await isListed("DevGetStopServers") == false)
            let info = try await database.deviceInfo(Self.device)
            #expect(info.isExported && info.server == Self.server && info.pid > 0, "\(info)")
            return info.pid
        }

        let first = try await begin()
        // What is running is not started twice.
        let refusal = await #expect(throws: DevFailed.self) { try await control.command("DevStart", .string(Self.server)) }
        #expect(refusal.map { "\($0)".contains("already running") } == true, "\(String(describing: refusal))")
        #expect(try await database.deviceInfo(Self.device).pid == first)
        let lines = try await control.read("Servers", as: [String].self).valueIfValid ?? []
        #expect(lines.contains { $0.hasPrefix("\(Self.server)\tON\t") }, "\(lines)")

        try await control.command("DevStop", .string(Self.server))
        try await Self.wait("\(Self.server) has stopped", starter) {
            let isStopped = try await isListed("DevGetStopServers")
            return kill(first, 0) != 0 && isStopped
        }
        let stopped = try await database.deviceInfo(Self.device)
        #expect(!stopped.isExported && stopped.stopped.contains(" at "), "\(stopped)")

        // One that dies is noticed, and started again on demand.
        let second = try await begin()
        #expect(second != first)
        kill(second, SIGKILL)
        try await Self.wait("the death of \(Self.server) is noticed", starter) { try await isListed("DevGetStopServers") }
        let third = try await begin()
        #expect(third != second)

        // The hard way.
        try await control.command("HardKillServer", .string(Self.server))
        try await Self.wait("\(Self.server) is killed", starter) {
            let isStopped = try await isListed("DevGetStopServers")
            return kill(third, 0) != 0 && isStopped
        }
    }

    @Test(.timeLimit(.minutes(4))) func theCppStarterStartsWatchesAndStopsOurServer() async throws {
        try await PeerSystem.withCpp { system, _ in
            let host = try Self.hostName()
            let name = "tango/admin/\(host)"
            let logs = try TestFolder.make()
            defer { try? FileManager.default.removeItem(at: logs) }
            let database = try system.client.database()
            try await database.addServer(Self.server, devices: [(name: Self.device, deviceClass: "TangoTest")])
            try await database.addServer("Starter/\(host)", devices: [(name: name, deviceClass: "Starter")])
            let programs = URL(fileURLWithPath: Peers.program("TangoTest")).deletingLastPathComponent().path
            try await database.putProperties(
                ofDevice: name,
                [(name: "StartDsPath", values: [programs]), (name: "LogFileHome", values: [logs.path]), (name: "UseEvents", values: ["0"])])
            let starter = try await PeerProcess(
                Peers.starter, [host], environment: system.environment, readyWhenPrinting: "Ready to accept request")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await Self.watch(system, try await system.client.device(name), starter))
            } catch {
                outcome = .failure(error)
            }
            // The Starter leaves what it has started; that would also keep its files and pipes open.
            if let info = try? await database.deviceInfo(Self.device), info.isExported, info.pid > 0 { kill(info.pid, SIGKILL) }
            await starter.stop()
            try outcome.get()
        }
    }
}
