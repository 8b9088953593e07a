#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A point in time, as seconds and fractions since 1970 UTC (IDL `TimeVal`).
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Whole seconds since 1970.
    public var seconds: Int32
    /// Whole microseconds of the second.
    public var microseconds: Int32
    /// Nanoseconds of the microsecond; 0 from most servers.
    public var nanoseconds: Int32

    /// Creates a point in time.
    public init(seconds: Int32, microseconds: Int32, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
        self.nanoseconds = nanoseconds
    }

    /// 1970, which stands for "no time".
    public static let zero = Timestamp(seconds: 0, microseconds: 0)

    /// The current time of the system's clock, in microseconds.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int32(truncatingIfNeeded: time.tv_sec), microseconds: Int32(time.tv_nsec / 1000))
    }

    /// Milliseconds since 1970.
    public var milliseconds: Int64 { Int64(self.seconds) * 1000 + Int64(self.microseconds) / 1000 }

    /// Seconds since 1970.
    public var timeInterval: Double { Double(self.seconds) + Double(self.microseconds) * 1e-6 + Double(self.nanoseconds) * 1e-9 }

    /// Whether the left one is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.microseconds, left.nanoseconds) < (right.seconds, right.microseconds, right.nanoseconds)
    }
}
