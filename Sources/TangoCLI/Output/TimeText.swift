import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Formats times.
enum TimeText {
    /// Returns `2026-11-21T02:14:51.123456Z` (RFC 3339), for programs.
    static func utc(_ time: Timestamp) -> String {
        var seconds = time_t(time.seconds)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        return "\(Self.date(fields))T\(Self.clock(fields, time))Z"
    }

    /// Returns `2026-11-21 03:14:51.123456` in the local time zone, for people.
    static func local(_ time: Timestamp) -> String {
        var seconds = time_t(time.seconds)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return "\(Self.date(fields)) \(Self.clock(fields, time))"
    }

    private static func date(_ fields: tm) -> String {
        "\(Self.padded(Int(fields.tm_year) + 1900, 4))-\(Self.padded(Int(fields.tm_mon) + 1, 2))-\(Self.padded(Int(fields.tm_mday), 2))"
    }

    private static func clock(_ fields: tm, _ time: Timestamp) -> String {
        let micro = Self.padded(max(0, Int(time.microseconds)), 6)
        return "\(Self.padded(Int(fields.tm_hour), 2)):\(Self.padded(Int(fields.tm_min), 2)):\(Self.padded(Int(fields.tm_sec), 2)).\(micro)"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// Returns milliseconds with three decimals.
    static func milliseconds(_ duration: Duration) -> String {
        let micro = max(0, duration.microseconds)
        return "\(micro / 1000).\(Self.padded(Int(micro % 1000), 3))"
    }
}
