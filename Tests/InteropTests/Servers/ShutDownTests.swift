import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// The ends of our programs, as their clients and their database see them.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct ShutDownTests {
    enum End: CaseIterable, Sendable {
        case interrupt, terminate, quit, kill

        var signal: Int32? {
            switch self {
            case .interrupt: SIGINT
            case .terminate: SIGTERM
            case .quit: SIGQUIT
            case .kill: nil
            }
        }
    }

    @Test(arguments: End.allCases) func aServerAnswersWhatIsUnderWayAndTellsTheDatabaseBeforeItEnds(end: End) async throws {
        try await PeerSystem.withOurs { system, _ in
            let port = try freePort()
            let database = try system.client.database()
            try await database.addServer("Camera/one", devices: [(name: "test/camera/1", deviceClass: "Camera")])
            let server = try await PeerProcess(
                Peers.program("Camera"), ["one", "-ORBendPoint", "giop:tcp:127.0.0.1:\(port)"], environment: system.environment,
                readyWhenPrinting: "Ready to accept request")
            let camera = try await system.client.device("test/camera/1")
            // Somebody who only listens: what is the last the server says?
            let listener = try await PeerProcess(
                Peers.python,
                [
                    "-c",
                    "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); print('connected', flush=True); print(s.recv(99).hex())",
                    "\(port)",
                ], readyWhenPrinting: "connected")
            try await camera.write("Exposure", 1.0)
            server.signal(SIGHUP)

            async let picture = camera.command("Snap")
            while try await camera.blackBox(1).first?.contains("cmd = Snap") != true { try await Task.sleep(for: .milliseconds(5)) }
            if let number = end.signal {
                server.signal(number)
            } else {
                try await system.client.device("dserver/Camera/one").command("Kill")
            }
            #expect(try await picture == .long64(1))
            #expect(try await server.finished(within: .seconds(80)) == 0)

            #expect(try await listener.finished() == 0)
            // GIOP, version, byte order, message 5 is CloseConnection, length 0.
            let words = listener.output.split(separator: "\n")
            #expect(words.last?.hasPrefix("47494f50") == true && words.last?.dropFirst(14).hasPrefix("0500000000") == true, "\(words)")
            for name in ["test/camera/1", "dserver/Camera/one"] {
                let info = try await database.deviceInfo(name)
                #expect(!info.isExported && info.stopped.contains(" at "), "\(name): \(info)")
            }
        }
    }

    /// Starts a program whose standard output is a pipe that nobody reads any more.
    private func startUnheard(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> PeerProcess {
        try await PeerProcess(
            "/bin/bash", ["-c", "exec 3> >(exec true); wait $!; exec \"$0\" \"$@\" >&3", Peers.program(program)] + arguments,
            environment: environment)
    }

    @Test func programsServeThoughNobodyHearsWhatTheySay() async throws {
        let folder = try TestFolder.make()
        defer { try? FileManager.default.removeItem(at: folder) }
        let host = TangoHost(host: "127.0.0.1", port: try freePort())
        let database = try await self.startUnheard(
            "tango",
            ["database", "--file", folder.appendingPathComponent("tango.sqlite").path, "--host", "127.0.0.1", "--port", "\(host.port)"])
        let client = ControlSystem(host: host)
        func answers(_ device: String) async -> Bool {
            for _ in 0..<400 {
                if (try? await client.device(device).ping()) != nil { return true }
                try? await Task.sleep(for: .milliseconds(25))
            }
            return false
        }
        #expect(await answers("sys/database/2"), "\(database.output)")
        try await client.database().addServer("TangoTest/unheard", devices: [(name: "test/unheard/1", deviceClass: "TangoTest")])
        let server = try await self.startUnheard("TangoTest", ["unheard", "-v4"], environment: ["TANGO_HOST": "\(host)"])
        #expect(await answers("test/unheard/1"), "\(server.output)")
        for (process, name) in [(server, "TangoTest"), (database, "tango")] {
            process.signal(SIGTERM)
            #expect(try await process.finished(within: .seconds(80)) == 0, "\(name): \(process.output)")
        }
        await client.shutdown()
    }
}
