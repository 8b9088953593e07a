import NIOCore
import TangoCore
import TangoWire

/// The result of one poll.
enum PollRecord: Sendable {
    case attribute(AttributeValue)
    case command(CommandData, errors: [DevError])

    var errors: [DevError] {
        switch self {
        case .attribute(let value): value.errors
        case .command(_, let errors): errors
        }
    }

    /// The result as that of a command: State and Status are polled as attributes and read as both.
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

/// An attribute or command that is polled, with its last results.
struct PolledObject: Sendable {
    /// Name as declared.
    let name: String
    let kind: PollKind
    /// Milliseconds; 0 is polled only when the device's code triggers it.
    var period: Int
    var ring: PollRing<PollRecord>
    /// Duration of the last poll; `nil` if the device's code filled the ring.
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

    /// Returns the newest record if it is fresh enough for a client.
    /// - Throws: `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    func fresh(oldFactor: Int, now: NIODeadline) throws(DevFailed) -> PollRing<PollRecord>.Record {
        guard let newest = self.ring.newest else { throw self.noData("Device::read_attributes_from_cache") }
        // Objects that are triggered have no period, and do not age.
        let limit = Double(self.period) * 1e6 * Double(oldFactor)
        guard self.period == 0 || Double((now - self.updated).nanoseconds) <= limit else {
            throw DevFailed(
                "API_NotUpdatedAnyMore", "Data in cache for \(self.kind.label) \(self.name) not updated any more",
                origin: "Device::read_attributes_from_cache")
        }
        return newest
    }

    func noData(_ origin: String) -> DevFailed {
        DevFailed("API_NoDataYet", "No data available in cache for \(self.kind.label) \(self.name)", origin: origin)
    }
}
