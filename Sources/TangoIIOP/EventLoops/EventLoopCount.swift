import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    public import Darwin
#endif

/// How many event loops a process has: one policy for device servers, database, gateway and clients.
///
/// An event loop that is busy takes the processor from the handlers, and from the clients and servers of the same machine; a second one
/// on two processors halves the throughput and multiplies the latency of both. One loop serves about 90,000 reads per second. Connections
/// stay on the loop that accepted them, so the number does not follow the load; idle loops sleep.
package enum EventLoopCount {
    /// The environment variable that replaces the policy.
    package static let variable = "TANGO_EVENT_LOOPS"
    /// Largest number that the policy chooses: processes of a Tango machine are many.
    static let largest = 4
    /// Largest number that can be set.
    static let limit = 256

    /// The number for this machine and environment.
    static var ofProcess: Int {
        Self.count(processors: System.coreCount, setting: getenv(Self.variable).map { String(cString: $0) })
    }

    /// The number for a machine: half of the processors, from one to four.
    /// - Parameter setting: the number that the environment asks for; text that is no positive number counts as none.
    static func count(processors: Int, setting: String?) -> Int {
        if let setting, let count = Int(setting), count > 0 { return Self.clamped(count) }
        return max(1, min(processors / 2, Self.largest))
    }

    /// A given number, from one to the limit.
    static func clamped(_ count: Int) -> Int { max(1, min(count, Self.limit)) }
}
