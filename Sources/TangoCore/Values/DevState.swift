/// The state of a device (IDL `DevState`).
public enum DevState: UInt32, Sendable, Hashable, CaseIterable {
    /// `ON`
    case on = 0
    /// `OFF`
    case off
    /// `CLOSE`
    case close
    /// `OPEN`
    case open
    /// `INSERT`
    case insert
    /// `EXTRACT`
    case extract
    /// `MOVING`
    case moving
    /// `STANDBY`
    case standby
    /// `FAULT`
    case fault
    /// `INIT`
    case `init`
    /// `RUNNING`
    case running
    /// `ALARM`
    case alarm
    /// `DISABLE`
    case disable
    /// `UNKNOWN`
    case unknown

    /// Upper-case name as every Tango tool prints it, such as `RUNNING`.
    public var name: String {
        switch self {
        case .on: "ON"
        case .off: "OFF"
        case .close: "CLOSE"
        case .open: "OPEN"
        case .insert: "INSERT"
        case .extract: "EXTRACT"
        case .moving: "MOVING"
        case .standby: "STANDBY"
        case .fault: "FAULT"
        case .`init`: "INIT"
        case .running: "RUNNING"
        case .alarm: "ALARM"
        case .disable: "DISABLE"
        case .unknown: "UNKNOWN"
        }
    }

    /// Returns the state of that name, compared without case; `nil` when there is none.
    public init?(name: String) {
        let upper = name.uppercased()
        guard let state = Self.allCases.first(where: { $0.name == upper }) else { return nil }
        self = state
    }
}
