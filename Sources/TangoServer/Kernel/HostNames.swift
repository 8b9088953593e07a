import TangoIIOP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Names of hosts by their addresses, as black box and lock status show them.
enum HostNames {
    static func isLocal(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

    /// The name of the address, the address itself when it has none. May block for as long as the name service takes.
    static func lookUp(_ address: String) -> String {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, nil, &hints, &found) == 0, let found else { return address }
        defer { freeaddrinfo(found) }
        var name = [CChar](repeating: 0, count: 1025)
        guard getnameinfo(found.pointee.ai_addr, found.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, 0) == 0 else {
            return address
        }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension ServerEnvironment {
    /// Name of a client's host; looked up on the pool where it is not this one.
    func hostName(of peer: PeerAddress) async -> String {
        guard !HostNames.isLocal(peer.host) else { return "localhost" }
        return await withCheckedContinuation { continuation in
            self.pool.submit { state in continuation.resume(returning: state == .active ? HostNames.lookUp(peer.host) : peer.host) }
        }
    }
}
