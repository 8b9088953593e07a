#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Clocks of the machine.
enum Clock {
    /// Since some moment in the past.
    static var nanoseconds: UInt64 { Self.read(CLOCK_MONOTONIC) }

    /// Processor time this process used.
    static var ownProcessor: UInt64 { Self.read(CLOCK_PROCESS_CPUTIME_ID) }

    /// Processor time another process used; 0 where that cannot be known.
    static func processor(of pid: Int32) -> UInt64 {
        #if canImport(Glibc)
            var clock = clockid_t()
            guard pid > 0, clock_getcpuclockid(pid, &clock) == 0 else { return 0 }
            return Self.read(clock)
        #else
            return 0
        #endif
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
