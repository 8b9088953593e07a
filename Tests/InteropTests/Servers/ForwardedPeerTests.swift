import Foundation
import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// Forwarded attributes of a PyTango server and of ours, with the C++ TangoTest as root.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct ForwardedPeerTests {
    private static let roots = [
        "Scalar": "double_scalar", "Spectrum": "double_spectrum", "Image": "short_image_ro", "Text": "string_scalar",
        "Fixed": "short_scalar_ro", "Failing": "throw_exception",
    ]
    /// Roots of the devices of class Misled, one in a PyTango server each: there the last root is that of the whole class. What `loop` says
    /// depends there on which of the two in the loop started first.
    private static let cases: [(name: String, root: String?)] = [
        ("none", nil), ("device", "no/such/device/x"), ("attribute", "test/root/1/Nope"), ("syntax", "test/root/1"),
        ("case", "tango://HOST/Test/Root/1/Float_Scalar"), ("state", "test/root/1/State"), ("nobody", "tango://127.0.0.1:1/a/b/c/d"),
        ("late", "test/late/1/double_scalar"), ("loop", "PREFIX/back/Wrong"), ("back", "PREFIX/loop/Wrong"),
    ]

    private func put(_ system: PeerSystem, _ device: String, _ roots: [String: String]) async throws {
        for (attribute, root) in roots {
            try await system.client.database().command(
                "DbPutDeviceAttributeProperty2", .stringArray([device, "1", attribute, "1", "__root_att", "1", root]))
        }
    }

    private func define(_ system: PeerSystem, _ prefix: String, server: (String) -> String) async throws {
        let database = try system.client.database()
        try await database.addDevice("\(prefix)/1", server: server("1"), deviceClass: "Forwarding")
        try await self.put(system, "\(prefix)/1", Self.roots.mapValues { "test/root/1/\($0)" })
        for (name, root) in Self.cases {
            try await database.addDevice("\(prefix)/\(name)", server: server(name), deviceClass: "Misled")
            guard let root else { continue }
            let text = root.replacingOccurrences(of: "HOST", with: "\(system.host)").replacingOccurrences(of: "PREFIX", with: prefix)
            try await self.put(system, "\(prefix)/\(name)", ["Wrong": text])
        }
    }

    private func compare(_ system: PeerSystem, root: PeerProcess) async throws {
        try await system.client.database().addServer("TangoTest/late", devices: [(name: "test/late/1", deviceClass: "TangoTest")])
        try await self.define(system, "fwd/python") { "fwdserver/\($0)" }
        try await self.define(system, "fwd/swift") { _ in "Forwarders/swift" }
        var python: [PeerProcess] = []
        for instance in ["1"] + Self.cases.map(\.name) {
            python.append(
                try await PeerProcess(
                    Peers.python, [Peers.script("peers/servers/fwdserver.py"), instance], environment: system.environment,
                    readyWhenPrinting: "Ready to accept request"))
        }
        let server = DeviceServer(
            classes: [ForwardingDevice.deviceClass, MisledDevice.deviceClass],
            configuration: .init(
                name: "Forwarders", arguments: ServerArguments(instance: "swift", endPoint: .init(host: "127.0.0.1", port: 0)),
                tangoHost: system.host))
        try await server.start()
        let comparison = try await system.python(
            "forwarded.py", ["test/root/1", "fwd/python", "fwd/swift"] + Self.cases.map(\.name).filter { $0 != "loop" })
        #expect(comparison.status == 0, "\(comparison.output.suffix(12_000))")
        // The root that was late comes.
        let late = try await PeerProcess(
            Peers.cppTangoTest, ["late"], environment: system.environment, readyWhenPrinting: "Ready to accept request")
        let device = try await system.client.device("fwd/swift/late")
        for _ in 0..<1000 where (try? await device.readAttribute("Wrong")) == nil { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await device.readAttribute("Wrong").type == .double)
        #expect(try await device.state() == .on)
        await server.stop()
        for process in python { process.signal(SIGKILL) }
        await late.stop()
        await root.stop()
    }

    @Test func ourForwardedAttributesAreThoseOfPyTango() async throws {
        try await PeerSystem.withCpp { system, _ in
            try await self.compare(system, root: try await system.startCppTangoTest("test/root/1", instance: "root"))
        }
    }
}
