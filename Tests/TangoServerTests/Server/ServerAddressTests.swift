import TangoClient
import TangoCore
import TangoTestSupport
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

    @Test(arguments: ["", "0.0.0.0", "::"]) func aServerOnAllInterfacesNamesOneThatOthersReach(host: String) throws {
        let reachable = LocalAddresses.reachable.first ?? "127.0.0.1"
        #expect(try Self.advertised(ServerAddress(boundHost: host, port: 1, published: nil)) == "\(reachable):1")
    }

    @Test func eventsArePublishedWhereClientsCanConnect() {
        let numeric = ServerAddress(boundHost: "10.1.2.3", port: 1, published: nil).eventHosts
        #expect(numeric.bound == "10.1.2.3" && numeric.published == ["10.1.2.3"])
        let named = ServerAddress(
            boundHost: "localhost", boundAddress: "127.0.0.1", port: 1, published: EndPoint(host: "gate.example.org", port: 0)
        ).eventHosts
        #expect(named.bound == "127.0.0.1" && named.published == ["127.0.0.1", "gate.example.org"])
        let reachable = LocalAddresses.reachable
        for (host, bound) in [("", "*"), ("0.0.0.0", "*"), ("::", "::")] {
            let everywhere = ServerAddress(boundHost: host, port: 1, published: EndPoint(host: "0.0.0.0", port: 9)).eventHosts
            #expect(everywhere.bound == bound && everywhere.published == (reachable.isEmpty ? ["127.0.0.1"] : reachable))
        }
    }

    /// The address travels without brackets, as in references of omniORB.
    @Test func anAddressOfIPv6IsServedAndAdvertised() async throws {
        let arguments = ServerArguments(
            instance: "six", source: .none([.init(name: "t/a/1")]), endPoint: EndPoint(host: "::1", port: 0))
        let server = DeviceServer(classes: [BenchDevice.deviceClass()], configuration: .init(name: "Test", arguments: arguments))
        try await server.start()
        let client = ControlSystem()
        let device = try await client.device("tango://[::1]:\(server.port)/t/a/1#dbase=no")
        #expect(try await device.state() == .on)
        let reference = try #require(server.reference(ofDevice: "t/a/1"))
        #expect(try IOR(parsing: reference).iiopProfile?.host == "::1")
        await client.shutdown()
        await server.stop()
    }

    /// As cppTango 9.3.4: such a device is there, though no client can address it.
    @Test func aServerWithoutNamedDevicesHasOneWithoutName() async throws {
        let arguments = ServerArguments(instance: "none", source: .none([]), endPoint: EndPoint(host: "127.0.0.1", port: 0))
        let server = DeviceServer(classes: [BenchDevice.deviceClass()], configuration: .init(name: "Test", arguments: arguments))
        try await server.start()
        let client = ControlSystem()
        let admin = try await client.device("tango://127.0.0.1:\(server.port)/dserver/Test/none#dbase=no")
        #expect(try await admin.command("QueryDevice") == .stringArray(["Bench::NoName"]))
        try await admin.command("DevRestart", .string("noname"))
        await client.shutdown()
        await server.stop()
        let two = DeviceServer(
            classes: [BenchDevice.deviceClass(), DeviceClass("Plain", PlainDevice.self)],
            configuration: .init(name: "Test", arguments: arguments))
        let error = await #expect(throws: ServerStartError.self) { try await two.start() }
        #expect(error?.description.contains("NoName") == true)
        await two.stop()
    }

    @Test func requestsOfTheProcessComeBackAtBoundAndPublishedAddresses() {
        let local = ServerAddress(boundHost: "127.0.0.1", port: 7, published: EndPoint(host: "gate.example.org", port: 9)).own(
            hostName: "me")
        #expect(local.map(\.hosts) == [["127.0.0.1", "localhost"], ["gate.example.org"]] && local.map(\.port) == [7, 9])
        let six = ServerAddress(boundHost: "::1", port: 7, published: nil).own(hostName: "me")
        #expect(six.map(\.hosts) == [["::1", "localhost"]])
        let all = ServerAddress(boundHost: "", port: 7, published: nil).own(hostName: "me")
        #expect(all.count == 1 && all[0].hosts.contains("localhost") && all[0].hosts.contains("me"))
    }
}
