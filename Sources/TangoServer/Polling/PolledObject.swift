import NIOCore
import TangoCore
import TangoWire

/// What one poll gave.
enum PollRecord: Sendable {
    case attribute(AttributeValue)
    case command(CommandData, errors: [DevError])

    var errors: [DevError] {
        switch self {
        case .attribute(let value): value.errors
        case .command(_, let errors): errors
        }
    }

    /// As the result of a command: State and Status are polled as attributes and read as both.
    var commandResult: CommandData {
        switch self {
        case .command(let result, _): return result
        case .attribute(let value):
            switch value.data {
            case .deviceState(let state): return .state(state)
            case .state(let states): return states.first.map { .state($0) } ?? .void
            case .string(let texts): return texts.first.map { .string($0) } ?? .void
            default: return .void
            }
        }
    }
}

/// An attribute or command that is polled, and what polling it gave.
struct PolledObject: Sendable {
    /// As the class declared it.
    let name: String
    let kind: PollKind
    /// Milliseconds; 0 is polled when the device's code says so.
    var period: Int
    var ring: PollRing<PollRecord>
    /// How long the last poll took; `nil` when the device's code filled the ring.
    var duration: TimeAmount?
    /// When the last poll began.
    var updated = NIODeadline.distantPast

    init(name: String, kind: PollKind, period: Int, depth: Int) {
        self.name = name
        self.kind = kind
        self.period = period
        self.ring = PollRing(depth: depth)
    }

    mutating func record(_ record: PollRecord, date: Timestamp, began: NIODeadline, duration: TimeAmount?) {
        self.ring.append(record, at: date)
        self.duration = duration
        self.updated = began
    }

    private var label: String { self.kind == .attribute ? "attribute" : "command" }

    /// The newest record, when it is fresh enough for a client.
    /// - Throws: `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    func fresh(oldFactor: Int, now: NIODeadline) throws(DevFailed) -> PollRing<PollRecord>.Record {
        guard let newest = self.ring.newest else { throw self.noData("Device::read_attributes_from_cache") }
        // Nobody knows how often something triggered is renewed.
        let limit = Double(self.period) * 1e6 * Double(oldFactor)
        guard self.period == 0 || Double((now - self.updated).nanoseconds) <= limit else {
            throw DevFailed(
                "API_NotUpdatedAnyMore", "Data in cache for \(self.label) \(self.name) not updated any more",
                origin: "Device::read_attributes_from_cache")
        }
        return newest
    }

    func noData(_ origin: String) -> DevFailed {
        DevFailed("API_NoDataYet", "No data available in cache for \(self.label) \(self.name)", origin: origin)
    }

    // MARK: - Status

    /// The block of DevPollStatus about this object (measured texts).
    /// - Parameters:
    ///   - together: names of the attributes read with this one, itself included.
    ///   - asCommand: State and Status are shown as commands too.
    func statusText(together: [String], asCommand: Bool = false, now: NIODeadline) -> String {
        var text = "Polled \(asCommand ? "command" : self.label) name = \(self.name)"
        text += self.period == 0 ? "\nPolling externally triggered" : "\nPolling period (mS) = \(self.period)"
        text += "\nPolling ring buffer depth = \(self.ring.depth)"
        guard let newest = self.ring.newest else { return text + "\nNo data recorded yet" }
        if let duration = self.duration {
            if self.period != 0 {
                text += "\nTime needed for the last "
                switch (self.kind, asCommand) {
                case (.command, _): text += "command execution"
                case (.attribute, true):
                    text += together.count > 1 ? "commands (\(Self.list(together))) reading" : "command reading"
                case (.attribute, false):
                    text += together.count > 1 ? "attributes (\(Self.list(together))) reading" : "attribute reading"
                }
                text += " (mS) = \(Self.milliseconds(duration))"
                text += "\nData not updated since \(Self.age(now - self.updated - duration))"
            }
        } else {
            text += "\nThe polling buffer is externally filled in"
        }
        let deltas = self.ring.deltas(4)
        if !deltas.isEmpty {
            text += "\nDelta between last records (in mS) = " + deltas.map { String($0) }.joined(separator: ", ")
        }
        if let error = newest.value.errors.first {
            let action = self.kind == .command ? "command execution" : asCommand ? "command read" : "attribute read"
            text += "\nLast \(action) FAILED :"
            text += "\n\tReason = \(error.reason)\n\tDesc = \(error.description)\n\tOrigin = \(error.origin)"
        }
        return text
    }

    /// Each of the attributes shows the whole list: of very many it is cut, since it would be squared.
    private static func list(_ names: [String]) -> String {
        names.count <= 100 ? names.joined(separator: " + ") : names.prefix(100).joined(separator: " + ") + " + ..."
    }

    /// With three decimals, rounded.
    private static func milliseconds(_ duration: TimeAmount) -> String {
        let microseconds = (max(0, duration.nanoseconds) + 500) / 1000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func age(_ age: TimeAmount) -> String {
        let milliseconds = max(0, age.nanoseconds) / 1_000_000
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        if seconds == 0 { return "\(rest) mS" }
        if seconds < 60 { return "\(seconds) S and \(rest) mS" }
        return "\(seconds / 60) MN" + (seconds % 60 == 0 ? "" : " ,\(seconds % 60) S") + (rest == 0 ? "" : " and \(rest) mS")
    }
}
