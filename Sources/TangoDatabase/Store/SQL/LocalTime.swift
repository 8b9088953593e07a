#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    package import Darwin
#endif

/// Local dates in the form of the tables: `YYYY-MM-DD HH:MM:SS`.
enum LocalTime {
    /// The current date.
    static var now: String {
        var seconds = time(nil)
        var fields = tm()
        localtime_r(&seconds, &fields)
        let date = [Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday)].map(Self.padded).joined(separator: "-")
        let clock = [Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec)].map(Self.padded).joined(separator: ":")
        return "\(date) \(clock)"
    }

    /// Returns a date as in `21st November 2026 at 02:10:51`; `?` without one.
    static func spelledOut(_ date: String?) -> String {
        guard let date else { return "?" }
        let halves = date.split(separator: " ")
        let fields = halves.first?.split(separator: "-").compactMap { Int($0) } ?? []
        guard halves.count == 2, fields.count == 3, (1...12).contains(fields[1]) else { return "?" }
        return "\(Self.ordinal(fields[2])) \(Self.months[fields[1] - 1]) \(fields[0]) at \(halves[1])"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    private static func ordinal(_ day: Int) -> String {
        switch day {
        case 1, 21, 31: "\(day)st"
        case 2, 22: "\(day)nd"
        case 3, 23: "\(day)rd"
        default: "\(day)th"
        }
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
