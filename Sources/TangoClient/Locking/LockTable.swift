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
    /// Devices, in lower case, whose lock was lost without a call that said so.
    private var unreported: Set<String> = []

    var isEmpty: Bool { self.entries.isEmpty && self.unreported.isEmpty }
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
        self.unreported.remove(name.tangoFolded)
    }

    /// Takes over how often a device is still locked.
    /// - Parameter remaining: the server's count.
    mutating func unlocked(_ name: String, remaining: Int32) {
        if remaining > 0 { self.entries[name.tangoFolded]?.count = remaining } else { _ = self.reportLoss(of: name) }
    }

    /// Forgets a lock.
    mutating func lost(_ name: String) {
        guard self.entries.removeValue(forKey: name.tangoFolded) != nil else { return }
        self.unreported.insert(name.tangoFolded)
    }

    /// Forgets a lock, and that it was lost.
    /// - Returns: whether there was a lock, or a lost one that was not reported yet.
    mutating func reportLoss(of name: String) -> Bool {
        let wasHeld = self.entries.removeValue(forKey: name.tangoFolded) != nil
        let wasUnreported = self.unreported.remove(name.tangoFolded) != nil
        return wasHeld || wasUnreported
    }
}
