import Synchronization
import TangoCore

/// Dates of HTTP headers (RFC 9110, 5.6.7).
enum HTTPDate {
    /// Texts of recent seconds, by their last two bits: the present, the last reading and the next expiry have different entries.
    private static let known = Mutex([(second: Int64, text: String)](repeating: (0, "Thu, 01 Jan 1970 00:00:00 GMT"), count: 4))

    /// Text of the present second.
    static var now: String { Self.recent(Timestamp.now.milliseconds / 1000) }

    /// Returns the same as `format`, cached for seconds that are used repeatedly.
    static func recent(_ second: Int64) -> String {
        self.known.withLock { known in
            let index = Int(second & 3)
            if known[index].second != second { known[index] = (second, Self.format(second)) }
            return known[index].text
        }
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Formats seconds since 1970: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(_ seconds: Int64) -> String {
        let day = Int(seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400)
        let second = Int(seconds) - day * 86400
        let date = Self.civil(day)
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        let weekday = Self.days[((day % 7) + 7) % 7]
        return "\(weekday), \(Self.padded(date.day, 2)) \(Self.months[date.month - 1]) \(Self.padded(date.year, 4)) \(time) GMT"
    }

    /// Parses any of the three formats to seconds since 1970; `nil` when it is none of them.
    static func parse(_ text: String) -> Int64? {
        var fields = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        guard fields.count >= 5 else { return nil }
        if Self.months.contains(fields[1]) {
            // asctime: Sun Nov  6 08:49:37 1994
            fields = [fields[0], fields[2], fields[1], fields[4], fields[3], "GMT"]
        }
        guard fields.count == 6, fields[5] == "GMT", let day = Int(fields[1]), (1...31).contains(day),
            let month = Self.months.firstIndex(of: fields[2]), var year = Int(fields[3]), (0...9999).contains(year)
        else { return nil }
        let clock = fields[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2]) else { return nil }
        if fields[3].count == 2 { year += year < 70 ? 2000 : 1900 }
        return Int64(Self.dayNumber(year: year, month: month + 1, day: day) * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// Returns the days since 1970 of a Gregorian date. Years start in March, so that the leap day is last.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
