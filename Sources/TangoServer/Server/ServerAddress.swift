import NIOCore
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a server listens, and the address that clients get.
package struct ServerAddress: Sendable {
    /// Address bound; empty is all interfaces.
    let boundHost: String
    /// The same as a number, where it is a name.
    var boundAddress: String?
    /// Port it listens at.
    package let port: Int
    /// What `-ORBendPointPublish` names.
    let published: ServerArguments.EndPoint?

    /// Listens at the address that the arguments name.
    /// - Throws: `ServerStartError`.
    static func listen(
        _ arguments: ServerArguments, group: any EventLoopGroup, dispatcher: RequestDispatcher
    ) async throws(ServerStartError) -> (IIOPServer, ServerAddress) {
        let endPoint = arguments.endPoint ?? ServerArguments.EndPoint(host: "", port: 0)
        do {
            let server = try await IIOPServer.listen(
                group: group, host: endPoint.host, port: endPoint.port, dispatcher: dispatcher)
            return (
                server,
                ServerAddress(
                    boundHost: endPoint.host, boundAddress: server.address, port: server.port,
                    published: arguments.publishedEndPoint)
            )
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? String(describing: error)
            throw ServerStartError(
                "Cannot listen at \(TangoHost(host: endPoint.host.isEmpty ? "*" : endPoint.host, port: endPoint.port)): \(reason)")
        }
    }

    /// What stands for all interfaces.
    private static let allInterfaces: Set<String> = ["", "0.0.0.0", "::"]

    /// The host and port that references of the devices name.
    private var advertised: (host: String, port: UInt16) {
        let named = [self.published?.host, self.boundHost].compactMap { $0 }
        let host = named.first { !Self.allInterfaces.contains($0) } ?? LocalAddresses.reachable.first ?? "127.0.0.1"
        let port = self.published.map { $0.port == 0 ? self.port : $0.port } ?? self.port
        return (host, UInt16(truncatingIfNeeded: port))
    }

    /// Where events are published: the address to listen at, and those that clients get, the most likely to be reached first.
    var eventHosts: (bound: String, published: [String]) {
        let isEverywhere = Self.allInterfaces.contains(self.boundHost)
        let address = self.boundAddress ?? self.boundHost
        var hosts = isEverywhere ? LocalAddresses.reachable : [address]
        if let published, !Self.allInterfaces.contains(published.host), !hosts.contains(published.host) { hosts.append(published.host) }
        guard isEverywhere else { return (address, hosts) }
        return (self.boundHost == "::" ? "::" : "*", hosts.isEmpty ? ["127.0.0.1"] : hosts)
    }

    /// Returns the references (IORs) of the devices, in order.
    package func references(of devices: [DeviceRuntime]) -> [String] {
        let (host, port) = self.advertised
        return devices.map { device in
            IOR(typeID: "IDL:Tango/Device_\(device.interfaceVersion):1.0", host: host, port: port, objectKey: device.objectKey).text
        }
    }

    /// Returns the reference (IOR) of a device.
    package func reference(of device: DeviceRuntime) -> String { self.references(of: [device])[0] }

    /// The hosts and ports at which requests of this process come back to it.
    func own(hostName: String) -> [(hosts: [String], port: Int)] {
        let bound =
            switch self.boundHost {
            case "", "0.0.0.0", "::": LocalAddresses.all + ["localhost", hostName]
            case "127.0.0.1", "localhost": ["127.0.0.1", "localhost"]
            case "::1": ["::1", "localhost"]
            default: [self.boundHost]
            }
        guard let published, !published.host.isEmpty else { return [(bound, self.port)] }
        return [(bound, self.port), ([published.host], published.port == 0 ? self.port : published.port)]
    }
}
