#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A point in time as Tango sends it (IDL `TimeVal`).
public struct Timestamp: Sendable, Hashable, Comparable {
    public var seconds: Int32
    public var microseconds: Int32
    public var nanoseconds: Int32

    public init(seconds: Int32, microseconds: Int32, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
        self.nanoseconds = nanoseconds
    }

    public static let zero = Timestamp(seconds: 0, microseconds: 0)

    /// The wall clock now.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int32(truncatingIfNeeded: time.tv_sec), microseconds: Int32(time.tv_nsec / 1000))
    }

    /// Milliseconds since 1970.
    public var milliseconds: Int64 { Int64(self.seconds) * 1000 + Int64(self.microseconds) / 1000 }

    /// Seconds since 1970.
    public var timeInterval: Double { Double(self.seconds) + Double(self.microseconds) * 1e-6 + Double(self.nanoseconds) * 1e-9 }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.microseconds, left.nanoseconds) < (right.seconds, right.microseconds, right.nanoseconds)
    }
}
