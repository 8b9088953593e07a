import NIOCore
import NIOPosix

/// Addresses of this machine.
package enum LocalAddresses {
    /// Addresses of all interfaces, IPv4 addresses first.
    package static var all: [String] {
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address)
        var texts: [String] = []
        for address in addresses { if case .v4 = address, let ip = address.ipAddress { texts.append(ip) } }
        for address in addresses { if case .v6 = address, let ip = address.ipAddress { texts.append(ip) } }
        return texts
    }

    /// IPv4 addresses that other machines can reach; the loopback when there is no other.
    package static var reachable: [String] {
        let addresses = Self.all.filter { !$0.contains(":") }
        let others = addresses.filter { !$0.hasPrefix("127.") }
        return others.isEmpty ? Array(addresses.prefix(1)) : others
    }
}
