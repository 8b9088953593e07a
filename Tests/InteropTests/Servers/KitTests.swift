import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// Twins and examples beside the peers' programs.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct KitTests {
    @Test func aTwinOfTheCppTangoTestHasItsInterface() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let mirror = try await PeerProcess(
                Peers.program("tango"), ["mirror", "test/cpp/1", "simu/cpp/1"], environment: system.environment,
                readyWhenPrinting: "Ready to accept request")
            let comparison = try await system.python("mirror.py", ["test/cpp/1", "simu/cpp/1"])
            #expect(comparison.status == 0, "\(comparison.output.suffix(4000))")
            #expect(try await system.client.database().deviceInfo("simu/cpp/1").server == "mirror/simu-cpp-1")
            mirror.signal(SIGINT)
            #expect(try await mirror.finished() == 0)
            #expect(try await system.client.database().deviceInfo("simu/cpp/1").isExported == false)
            // The name is taken: not by a mirror of another instance, but by the same again.
            let other = try await system.tango(["mirror", "test/cpp/1", "simu/cpp/1", "--instance", "other"])
            #expect(other.status == 1 && other.output.contains("belongs to the server mirror/simu-cpp-1"), "\(other.output)")
            let again = try await PeerProcess(
                Peers.program("tango"), ["mirror", "test/cpp/1", "simu/cpp/1", "--values", "random"], environment: system.environment,
                readyWhenPrinting: "Ready to accept request")
            let device = try await system.client.device("simu/cpp/1")
            let values = try await device.readAttributes(try await device.attributeConfigs().map(\.name))
            #expect(values.filter { $0.failure != nil }.map(\.name).sorted() == ["no_value", "throw_exception"])
            await again.stop()
            await cpp.stop()
        }
    }

    @Test func aTwinOfAPyTangoDeviceWorksWithoutADatabase() async throws {
        try await PeerSystem.withOurs { system, _ in
            let python = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/pyserver.py")], server: "pyserver/t", device: "test/py/1", deviceClass: "WirePy")
            let port = try freePort()
            let mirror = try await PeerProcess(
                Peers.program("tango"),
                ["mirror", "test/py/1", "simu/py/1", "--nodb", "--host", "127.0.0.1", "--port", "\(port)", "--follow", "--period", "0.1"],
                environment: system.environment, readyWhenPrinting: "Ready to accept request")
            let twin = try await system.client.device("tango://127.0.0.1:\(port)/simu/py/1#dbase=no")
            let original = try await system.client.device("test/py/1")
            for (left, right) in zip(try await original.attributeConfigs(), try await twin.attributeConfigs()) {
                // What this flag says of an attribute that is not memorized is chance.
                var (left, right) = (left, right)
                if !left.isMemorized { (left.isMemorizedWriteAtInit, right.isMemorizedWriteAtInit) = (false, false) }
                #expect(left == right)
            }
            #expect(try await twin.commandList() == original.commandList())
            await mirror.stop()
            await python.stop()
        }
    }

    @Test func pyTangoUsesTheExamples() async throws {
        try await PeerSystem.withOurs { system, _ in
            let database = try system.client.database()
            var servers: [PeerProcess] = []
            for (program, deviceClass, device, properties) in [
                ("PowerSupply", "PowerSupply", "test/ps/1", [(name: "RampRate", values: ["1000"])]),
                ("Camera", "Camera", "test/camera/1", []),
                ("Detectors", "Detector", "test/detector/1", [(name: "Model", values: ["gated"])]),
                ("GasAnalyzer", "GasAnalyzer", "test/rga/1", []),
            ] {
                if !properties.isEmpty { try await database.putProperties(ofDevice: device, properties) }
                servers.append(
                    try await system.startServer(
                        Peers.program(program), server: "\(program)/t", device: device, deviceClass: deviceClass))
            }
            let python = try await system.python("examples.py", [])
            #expect(python.status == 0, "\(python.output.suffix(3000))")
            for server in servers { await server.stop() }
        }
    }
}
