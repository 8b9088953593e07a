import Synchronization
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    package import Darwin
#endif

/// The durations of the timed commands in milliseconds: the values of the `Timing_…` attributes.
final class Timings: Sendable {
    private struct Entry {
        var total = 0.0
        var minimum = 0.0
        var maximum = 0.0
        var calls = 0.0

        var average: Double { self.calls > 0 ? self.total / self.calls : 0 }
    }

    /// The timed commands in alphabetical order: the value of `Timing_index`.
    static let index = [
        "DbDeleteDeviceProperty", "DbExportDevice", "DbExportEvent", "DbGetClassPropertyList", "DbGetDataForServerCache",
        "DbGetDeviceAttributeProperty", "DbGetDeviceAttributeProperty2", "DbGetDeviceClassList", "DbGetDeviceDomainList",
        "DbGetDeviceExportedList", "DbGetDeviceFamilyList", "DbGetDeviceMemberList", "DbGetDevicePipeProperty", "DbGetDeviceProperty",
        "DbGetDevicePropertyList", "DbGetHostList", "DbGetHostServerList", "DbGetServerList", "DbImportDevice", "DbImportEvent", "DbInfo",
        "DbMySqlSelect", "DbPutClassProperty", "DbPutDeviceAttributeProperty", "DbPutDeviceAttributeProperty2", "DbPutDevicePipeProperty",
        "DbPutDeviceProperty", "DbUnExportServer",
    ]

    private static let positions = Dictionary(uniqueKeysWithValues: Timings.index.enumerated().map { ($1, $0) })

    private let entries = Mutex(Array(repeating: Entry(), count: Timings.index.count))

    /// Value of `Timing_average`.
    var average: [Double] { self.entries.withLock { $0.map(\.average) } }
    /// Value of `Timing_minimum`.
    var minimum: [Double] { self.entries.withLock { $0.map(\.minimum) } }
    /// Value of `Timing_maximum`.
    var maximum: [Double] { self.entries.withLock { $0.map(\.maximum) } }
    /// Value of `Timing_calls`.
    var calls: [Double] { self.entries.withLock { $0.map(\.calls) } }

    /// Returns the value of `Timing_info`: a table as text.
    func info(host: String) -> [String] {
        let entries = self.entries.withLock { $0 }
        let header = [
            "TANGO Database Timing info on host \(host)", " ", "command\taverage\tminimum\tmaximum\tcalls", " ",
        ]
        return header
            + zip(Self.index, entries).map { name, entry in
                let times = [entry.average, entry.minimum, entry.maximum].map(Self.formatted)
                return ([name] + times + ["\(Int64(entry.calls))"]).joined(separator: "\t")
            }
    }

    /// Sets all values to 0.
    func reset() {
        self.entries.withLock { entries in
            for index in entries.indices { entries[index] = Entry() }
        }
    }

    /// Records one successful call.
    func record(_ command: String, milliseconds: Double) {
        guard let position = Self.positions[command] else { return }
        self.entries.withLock { entries in
            let first = entries[position].calls == 0
            entries[position].minimum = first ? milliseconds : min(entries[position].minimum, milliseconds)
            entries[position].maximum = max(entries[position].maximum, milliseconds)
            entries[position].total += milliseconds
            entries[position].calls += 1
        }
    }

    /// Formats a number like C's `%6.3f`.
    private static func formatted(_ value: Double) -> String {
        let thousandths = Int64((value * 1000).rounded(.toNearestOrEven))
        let fraction = String(thousandths % 1000)
        let text = "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        return String(repeating: " ", count: max(0, 6 - text.utf8.count)) + text
    }
}
