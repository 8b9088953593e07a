import Foundation
import TangoClient
import TangoTestSupport
import Testing

/// The gateway's page in a real browser.
@Suite(.serialized, .enabled(if: Peers.missingBrowser == nil, "Chromium or the peers are not installed")) struct PageTests {
    @Test func aPersonUsesThePage() async throws {
        try await PeerSystem.withOurs { system, _ in
            let database = try system.client.database()
            try await database.addServer("pagedevice/gone", devices: [(name: "test/showcase/dead", deviceClass: "Showcase")])
            let showcase = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/pagedevice.py")], server: "pagedevice/t", device: "test/showcase/1",
                deviceClass: "Showcase")
            try await system.client.device("sys/database/2").command("DbPutDeviceAlias", .stringArray(["test/showcase/1", "showcase"]))
            try await database.putProperties(
                ofDevice: "test/showcase/1", [(name: "Evil", values: ["<script>window.hacked = 1</script>"])])
            let tangoTest = try await system.startOurTangoTest("sys/tg_test/1")
            let (gateway, hostURL) = try await system.startGateway()
            let url = hostURL.components(separatedBy: "/tango/rest")[0]
            try await TestFolder.with { folder in
                let users = folder.file("users")
                try await RestSecurityTests.addUser("wall", "display", users)
                let (guarded, guardedURL) = try await system.startGateway(["--users", users])
                let login = ["--login", guardedURL.components(separatedBy: "/tango/rest")[0], "wall", "display"]
                let person = try await system.python("page.py", [url, "\(system.host)"] + login)
                #expect(person.status == 0, "\(person.output.suffix(4000))")
                await guarded.stop()
            }
            await gateway.stop()
            await tangoTest.stop()
            await showcase.stop()
        }
    }
}

extension Peers {
    static let chromium = "/usr/bin/chromium"

    /// What the page's test lacks; `nil` when all is there.
    static let missingBrowser: String? = {
        if let reason = Self.missing { return reason }
        guard !FileManager.default.isExecutableFile(atPath: Self.chromium) else { return nil }
        let reason = "browser not installed (make setup-test): \(Self.chromium)"
        print("skipped: \(reason)")
        return reason
    }()
}
