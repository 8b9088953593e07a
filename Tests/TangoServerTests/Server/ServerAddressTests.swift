import TangoClient
import TangoCore
import TangoWire
import Testing

@testable import TangoServer

/// The addresses that references of devices name, and those that lead back to the server itself.
@Suite struct ServerAddressTests {
    private typealias EndPoint = ServerArguments.EndPoint

    private static func advertised(_ address: ServerAddress) throws -> String {
        let context = DeviceContext.isolated(try DeviceName("t/a/1"), of: BenchDevice.deviceClass())
        let profile = try #require(try IOR(parsing: address.reference(of: context.runtime)).iiopProfile)
        return "\(profile.host):\(profile.port)"
    }

    @Test func referencesNameTheAddressThatIsBoundUnlessAnotherIsPublished() throws {
        let bound = ServerAddress(boundHost: "10.1.2.3", port: 4711, published: nil)
        #expect(try Self.advertised(bound) == "10.1.2.3:4711")
        let published = ServerAddress(boundHost: "10.1.2.3", port: 4711, published: EndPoint(host: "gate.example.org", port: 9000))
        #expect(try Self.advertised(published) == "gate.example.org:9000")
        let onlyHost = ServerAddress(boundHost: "", port: 4711, published: EndPoint(host: "gate.example.org", port: 0))
        #expect(try Self.advertised(onlyHost) == "gate.example.org:4711")
    }

    @Test(arguments: ["", "0.0.0.0"]) func aServerOnAllInterfacesNamesOneThatOthersReach(host: String) throws {
        let reachable = LocalAddresses.reachable.first ?? "127.0.0.1"
        #expect(try Self.advertised(ServerAddress(boundHost: host, port: 1, published: nil)) == "\(reachable):1")
    }

    @Test func requestsOfTheProcessComeBackAtBoundAndPublishedAddresses() {
        let local = ServerAddress(boundHost: "127.0.0.1", port: 7, published: EndPoint(host: "gate.example.org", port: 9)).own(
            hostName: "me")
        #expect(local.map(\.hosts) == [["127.0.0.1", "localhost"], ["gate.example.org"]] && local.map(\.port) == [7, 9])
        let all = ServerAddress(boundHost: "", port: 7, published: nil).own(hostName: "me")
        #expect(all.count == 1 && all[0].hosts.contains("localhost") && all[0].hosts.contains("me"))
    }
}
