/// The locks a client holds on the devices of one server. No clock, no network.
struct LockTable: Sendable {
    struct Entry: Sendable, Hashable {
        /// The device's name as the server spells it.
        var name: String
        /// Whole seconds.
        var validity: Int32
        /// How often it was locked, at least 1.
        var count: Int32
    }

    /// By name in lower case.
    private(set) var entries: [String: Entry] = [:]

    var isEmpty: Bool { self.entries.isEmpty }
    var names: [String] { self.entries.values.map(\.name).sorted() }

    /// Renewal interval: 80 % of the shortest validity. Short enough, too, that neither end takes the connection for idle and closes it:
    /// a lock belongs to the connection.
    var period: Duration? {
        self.entries.values.map(\.validity).min().map { min(.milliseconds(Int64($0) * 800), Self.longestPeriod) }
    }

    /// Longest renewal interval.
    static let longestPeriod = Duration.seconds(50)

    /// Counts a lock.
    mutating func locked(_ name: String, validity: Int32) {
        let (count, isTooLarge) = (self.entries[name.tangoFolded]?.count ?? 0).addingReportingOverflow(1)
        self.entries[name.tangoFolded] = Entry(name: name, validity: validity, count: isTooLarge ? .max : count)
    }

    /// Takes over how often a device is still locked.
    /// - Parameter remaining: the server's count.
    mutating func unlocked(_ name: String, remaining: Int32) {
        if remaining > 0 { self.entries[name.tangoFolded]?.count = remaining } else { self.lost(name) }
    }

    /// Forgets a lock.
    mutating func lost(_ name: String) { self.entries[name.tangoFolded] = nil }
}
