import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds out that a peer has vanished without closing the connection.
enum KeepAlive {
    /// Seconds without traffic before the first probe, and between probes; number of probes without an answer that end the connection.
    private static let (idle, interval, probes) = (30, 10, 3)

    /// Sets how often the kernel probes an idle connection; the platform's defaults, two hours, where that is not possible.
    static func set(on channel: any Channel) {
        guard let options = channel.syncOptions else { return }
        #if canImport(Glibc)
            let idleOption = TCP_KEEPIDLE
        #else
            let idleOption = TCP_KEEPALIVE
        #endif
        for (name, value) in [(idleOption, Self.idle), (TCP_KEEPINTVL, Self.interval), (TCP_KEEPCNT, Self.probes)] {
            try? options.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: name)), value: value)
        }
    }
}
