import Foundation
import TangoClient
import TangoTestSupport
import Testing

/// What the programs print, and where it must not go.
@Suite struct ConsoleTests {
    @Test(arguments: [["list"], ["list", "--json"], ["--help"], ["--version"], ["rest", "--print-config"]])
    func outputThatIsLostIsAFailure(words: [String]) async throws {
        try await PeerSystem.withOurs { system, _ in
            for (redirection, text) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
                let command = "'\(Peers.program("tango"))' \(words.joined(separator: " ")) \(redirection)"
                let result = try await PeerProcess.run("/bin/sh", ["-c", command], environment: system.environment)
                #expect(result.status == 1)
                #expect(result.output == "tango: cannot write to standard output: \(text)\n")
            }
        }
    }

    @Test func pingGoesOnAfterAFailure() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startOurTangoTest("test/console/1")
            await server.stop()
            let ping = try await PeerProcess(
                Peers.program("tango"), ["ping", "-n", "100000", "--interval", "0.05", "test/console/1"], environment: system.environment)
            try await ping.wait(for: "(API_DeviceNotExported)", within: .seconds(60))
            let again = try await PeerProcess(
                Peers.program("TangoTest"), ["swift"], environment: system.environment, readyWhenPrinting: "Ready to accept request")
            try await ping.wait(for: "test/console/1\t", within: .seconds(60))
            await again.stop()
            await ping.stop()
            // Few, of which all fail; a name that is wrong fails once.
            let failed = try await system.tango(["ping", "-n", "3", "--interval", "0", "test/console/1"])
            #expect(failed.status == 1)
            #expect(failed.output.split(separator: "\n").count == 3)
            let unknown = try await system.tango(["ping", "-n", "3", "--interval", "0", "test/console/nothing"])
            #expect(unknown.status == 1)
            #expect(unknown.output.split(separator: "\n").count == 1)
        }
    }

    /// The log of a server without a console would otherwise be written into a socket or an event loop.
    @Test func closedDescriptorsStayOfNoUse() async throws {
        let programs = [
            (
                "'\(Peers.program("TangoTest"))' closed -v4 -nodb -dlist test/closed/1 -ORBendPoint giop:tcp:127.0.0.1:",
                "dserver/TangoTest/closed"
            ),
            ("'\(Peers.program("tango"))' database --in-memory --host 127.0.0.1 --port ", "dserver/databaseds/2"),
        ]
        let client = ControlSystem()
        for (program, admin) in programs {
            let port = try freePort()
            let server = try await PeerProcess("/bin/sh", ["-c", "exec \(program)\(port) 0<&- 1>&- 2>&-"])
            try await eventually { (try? await client.device("tango://127.0.0.1:\(port)/\(admin)#dbase=no").ping()) != nil }
            for descriptor in 0...2 {
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(server.pid)/fd/\(descriptor)")
                #expect(target == "/dev/null")
            }
            await server.stop()
        }
        await client.shutdown()
    }
}
