import TangoCore

/// The polling of a device as its properties describe it.
struct PollSettings: Sendable {
    private let properties: [String: [String]]

    init(_ configuration: DeviceConfiguration) {
        self.properties = configuration.properties
    }

    /// Smallest period, in milliseconds.
    static let smallestPeriod = 5

    /// Clients do not get records older than this many periods.
    var oldFactor: Int { self.number("poll_old_factor") ?? 4 }

    /// Records kept of one object.
    func depth(_ kind: PollKind, _ name: String) -> Int {
        self.pair(kind == .attribute ? "attr_poll_ring_depth" : "cmd_poll_ring_depth", name) ?? self.number("poll_ring_depth") ?? 10
    }

    /// Smallest period that clients may set, in milliseconds; `nil` without such a property.
    func minimumPeriod(_ kind: PollKind, _ name: String) -> Int? {
        self.pair(kind == .attribute ? "attr_min_poll_period" : "cmd_min_poll_period", name) ?? self.number("min_poll_period")
    }

    /// Names and periods of `polled_attr` and `polled_cmd`; entries without a usable period are left out.
    func polled(_ kind: PollKind) -> [(name: String, period: Int)] {
        self.pairs(Self.property(kind)).compactMap { name, text in Self.period(text).map { (name, $0) } }
    }

    /// The entries that `polled` leaves out: names with their texts, or a last name alone.
    func unusable(_ kind: PollKind) -> [[String]] {
        let entries = self.pairs(Self.property(kind)).filter { Self.period($0.value) == nil }.map { [$0.name, $0.value] }
        guard let texts = self.properties[Self.property(kind)], !texts.count.isMultiple(of: 2), let last = texts.last else {
            return entries
        }
        return entries + [[last]]
    }

    private static func property(_ kind: PollKind) -> String { kind == .attribute ? "polled_attr" : "polled_cmd" }

    private static func period(_ text: String) -> Int? {
        guard let period = Int(text), period == 0 || period >= Self.smallestPeriod, period <= Int(Int32.max) else { return nil }
        return period
    }

    /// Names of attributes or commands that the class's code polls and an operator stopped.
    func notPolled(_ kind: PollKind) -> [String] {
        self.properties[kind == .attribute ? "non_auto_polled_attr" : "non_auto_polled_cmd"] ?? []
    }

    /// Whether they name anything.
    var namesAny: Bool {
        [PollKind.attribute, .command].contains {
            !self.polled($0).isEmpty || !self.notPolled($0).isEmpty || !self.unusable($0).isEmpty
        }
    }

    private func number(_ name: String) -> Int? {
        self.properties[name]?.first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private func pair(_ property: String, _ name: String) -> Int? {
        let found = self.pairs(property).first { $0.name.tangoFolded == name.tangoFolded }
        return found.flatMap { Int($0.value) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private func pairs(_ property: String) -> [(name: String, value: String)] {
        let texts = self.properties[property] ?? []
        return stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
    }
}

extension Duration {
    /// The duration as a polling period: milliseconds, as many as the 32 bits of a period hold.
    var pollingPeriod: Int { Int(Int32(clamping: self.milliseconds)) }
}
