import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// Logging beside the C++ TangoTest and a PyTango log device.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct LoggingPeerTests {
    /// Both servers write their default files into one folder.
    private func withBoth(_ body: (PeerSystem, _ cpp: DeviceProxy, _ ours: DeviceProxy, _ folder: URL) async throws -> Void) async throws {
        let folder = try TestFolder.make()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await PeerSystem.withOurs { system, _ in
            let database = try system.client.database()
            for instance in ["cpp", "swift"] {
                try await database.putProperties(
                    ofDevice: "dserver/TangoTest/\(instance)", [(name: "logging_path", values: [folder.path])])
                try await database.putProperties(
                    ofDevice: "test/\(instance)/1",
                    [
                        (name: "logging_level", values: ["Info"]), (name: "logging_target", values: ["file", "bogus", "console::cout"]),
                        (name: "logging_rft", values: ["500"]),
                    ])
            }
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            // The console of both has the line of the start, in the same form and before the server is ready.
            for (process, device) in [(cpp, "test/cpp/1"), (ours, "test/swift/1")] {
                let form = "^[0-9]{10} \\[[0-9]+\\] INFO \(device) .*init device \(device)$"
                let before = process.output.components(separatedBy: "Ready to accept request")[0].split(separator: "\n")
                #expect(before.contains { $0.range(of: form, options: .regularExpression) != nil }, "\(before)")
            }
            try await body(system, try await system.client.device("test/cpp/1"), try await system.client.device("test/swift/1"), folder)
            await cpp.stop()
            await ours.stop()
        }
    }

    @Test func theLoggingCommandsAnswerAsThoseOfTheCppServer() async throws {
        try await self.withBoth { system, _, _, _ in
            let comparison = try await system.python(
                "compare.py", ["\(system.host)", "test/cpp/1", "\(system.host)", "test/swift/1", "--also", "logging"])
            #expect(comparison.status == 0, "\(comparison.output.suffix(6000))")
        }
    }

    @Test func filesHaveTheFormAndTheNamesOfTheCppServer() async throws {
        try await self.withBoth { system, cpp, ours, folder in
            for (device, instance) in [(cpp, "cpp"), (ours, "swift")] {
                let admin = try await system.client.device("dserver/TangoTest/\(instance)")
                try await admin.command(
                    "SetLoggingLevel", .longStringArray(LongStringArray(longs: [5], strings: [device.name])))
                for _ in 0..<4000 { try await device.command("DevString", .string("x")) }
                let path = "\(folder.path)/TangoTest/\(instance)/test_\(instance)_1.log"
                #expect(
                    try await admin.command("GetLoggingTarget", .string(device.name)) == .stringArray(["console::cout", "file::\(path)"]))
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent).sorted()
                        == ["test_\(instance)_1.log", "test_\(instance)_1.log.1"])
                let old = try String(contentsOfFile: "\(path).1", encoding: .utf8)
                #expect((512_000..<513_000).contains(old.utf8.count))
                let event =
                    "<log4j:event logger=\"\(device.name)\" timestamp=\"[0-9]{13}\" level=\"(DEBUG|INFO)\" thread=\"[0-9]+\">\r\n"
                    + "<log4j:message><!\\[CDATA\\[[^\\]]*\\]\\]></log4j:message>\r\n<log4j:NDC><!\\[CDATA\\[\\]\\]></log4j:NDC>\r\n"
                    + "</log4j:event>\r\n\r\n"
                #expect(old.range(of: "^(\(event))+$", options: .regularExpression) == old.startIndex..<old.endIndex, "\(old.prefix(400))")
            }
        }
    }

    @Test func aPyTangoLogDeviceHearsOurServerAsItHearsTheCppOne() async throws {
        try await self.withBoth { system, cpp, ours, _ in
            let python = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/logconsumer.py")], server: "logconsumer/t", device: "test/log/1",
                deviceClass: "LogConsumer")
            let consumer = try await system.client.device("test/log/1")
            var heard: [[[String]]] = []
            for (device, instance) in [(cpp, "cpp"), (ours, "swift")] {
                try await consumer.command("Init")
                let admin = try await system.client.device("dserver/TangoTest/\(instance)")
                try await admin.command(
                    "SetLoggingLevel", .longStringArray(LongStringArray(longs: [5], strings: [device.name])))
                try await admin.command("AddLoggingTarget", .stringArray([device.name, "device::Test/Log/1"]))
                #expect(
                    try await admin.command("GetLoggingTarget", .string(device.name))
                        == .stringArray(["console::cout", "device::test/log/1", try await self.file(admin, device)]))
                try await device.command("DevString", .string("x"))
                _ = try await self.calls(of: consumer) { calls in calls.contains { $0.count > 4 && $0[4].contains("DevString") } }
                try await admin.command("RemoveLoggingTarget", .stringArray([device.name, "device::*"]))
                heard.append(try await self.calls(of: consumer) { $0.last?.first == "UnRegister" })
            }
            for (calls, name) in zip(heard, ["test/cpp/1", "test/swift/1"]) {
                #expect(calls.first == ["Register", name] && calls.last == ["UnRegister", name])
                for call in calls.dropFirst().dropLast() {
                    #expect(call.count == 7 && call[0] == "Log" && call[1].count == 13 && call[2] == "DEBUG" && call[3] == name)
                    #expect(call.count == 7 && call[5] == "" && call[6].hasPrefix("@"))
                }
            }
            await python.stop()
        }
    }

    /// What the log device was called with, once that is true of it; for at most ten seconds.
    private func calls(of consumer: DeviceProxy, until condition: ([[String]]) -> Bool) async throws -> [[String]] {
        var calls: [[String]] = []
        for _ in 0..<500 where !condition(calls) {
            try await Task.sleep(for: .milliseconds(20))
            guard case .string(let strings) = try await consumer.readAttribute("Calls").data else { continue }
            calls = strings.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        }
        return calls
    }

    /// The file target of a device.
    private func file(_ admin: DeviceProxy, _ device: DeviceProxy) async throws -> String {
        guard case .stringArray(let targets) = try await admin.command("GetLoggingTarget", .string(device.name)) else { return "" }
        return targets.first { $0.hasPrefix("file::") } ?? ""
    }
}
