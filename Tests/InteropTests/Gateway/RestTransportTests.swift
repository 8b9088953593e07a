import Foundation
import TangoTestSupport
import Testing

/// What only real sockets show of the REST gateway.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct RestTransportTests {
    /// The long form is Scripts/peers/checks/rest_robust.py without options: a minute, 1,000 devices.
    @Test func devicesThatHangDieAndComeBackHoldUpNobody() async throws {
        let programs = URL(fileURLWithPath: Peers.program("tango")).deletingLastPathComponent().path
        let run = try await PeerProcess.run(
            Peers.python,
            [
                Peers.script("peers/checks/rest_robust.py"), "--programs", programs, "--timeout", "9", "--seconds", "4", "--devices", "200",
                "--dead", "12",
            ])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("200 of 200 + 12 devices"), "\(run.output)")
    }

    @Test func requestsThatAreTooLargeAreRefusedWithTheErrorBody() async throws {
        try await PeerSystem.withOurs { system, _ in
            let ours = try await system.startOurTangoTest("test/swift/1")
            let (gateway, hostURL) = try await system.startGateway()
            let device = "\(hostURL)/devices/test/swift/1"
            let folder = try TestFolder.make()
            defer { try? FileManager.default.removeItem(at: folder) }
            let large = folder.appendingPathComponent("large.json")
            try Data(repeating: UInt8(ascii: "1"), count: 17 * 1024 * 1024).write(to: large)
            let json = ["-X", "PUT", "-H", "Content-Type: application/json"]
            for (name, options, path, status, reason) in [
                ("declared", json + ["--data-binary", "@\(large.path)"], "/commands/DevLong", 413, "REST_PayloadTooLarge"),
                (
                    "chunked", json + ["-H", "Transfer-Encoding: chunked", "-H", "Expect:", "--data-binary", "@\(large.path)"],
                    "/commands/DevLong", 413, "REST_PayloadTooLarge"
                ),
                ("URI", [], "/attributes/" + String(repeating: "a", count: 9000), 414, "REST_URITooLong"),
                ("headers", ["-H", "X-Large: " + String(repeating: "a", count: 40_000)], "", 431, "REST_HeadersTooLarge"),
            ] {
                // The connection ends while the rest of the body is on its way: curl may complain, and shows the answer nevertheless.
                let answer = try await PeerSystem.http(device + path, options)
                #expect(answer.status == status && answer.body.contains(reason), "\(name): \(answer.status) \(answer.body.prefix(300))")
            }
            // Just within the limits, chunked and not.
            let words = "[" + (0..<200_000).map { "\($0)" }.joined(separator: ",") + "]"
            let list = folder.appendingPathComponent("list.json")
            try Data(words.utf8).write(to: list)
            for options in [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]] {
                let answer = try await PeerSystem.http(
                    "\(device)/commands/DevVarLongArray", json + options + ["--data-binary", "@\(list.path)"])
                #expect(answer.status == 200 && answer.body.hasSuffix(",199999]}"), "\(options) \(answer.status)")
            }
            #expect(try await PeerSystem.http("\(device)/state").status == 200)
            await gateway.stop()
            await ours.stop()
        }
    }

    @Test func picturesAreDecodedByOtherPrograms() async throws {
        try await PeerSystem.withOurs { system, _ in
            let ours = try await system.startOurTangoTest("test/swift/1")
            let (gateway, hostURL) = try await system.startGateway()
            let image = "\(hostURL)/devices/test/swift/1/attributes/ushort_image"
            let data = "{\"data\":[\((0..<35).map { "\($0 * 100)" }.joined(separator: ","))],\"width\":7,\"height\":5}"
            let written = try await PeerSystem.http("\(image)/value", ["-X", "PUT", "-H", "Content-Type: application/json", "-d", data])
            #expect(written.status == 200, "\(written)")
            let check = try await system.python("pictures.py", ["\(image)/value", "7", "5", "100"])
            #expect(check.status == 0, "\(check.output)")
            await gateway.stop()
            await ours.stop()
        }
    }
}
